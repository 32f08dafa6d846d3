"""Deploy target ``c``: the pipeline as a plain C library."""
