"""Runs: a pipeline executed on a dataset version; their metrics, artifacts and log."""
