"""Jobs: long-running work with a state, progress, a log, live events, cancel and retry."""
