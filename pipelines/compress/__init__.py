"""Compression: a trained network to ``.tflite`` variants; one file per method."""
