"""Firmware for 8-bit AVR chips: Arduino Uno, Mega and their like."""
