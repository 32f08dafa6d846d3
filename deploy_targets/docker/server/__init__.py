"""A small HTTP server around a pipeline: windows and recordings in, decisions out. Python's standard library alone."""
