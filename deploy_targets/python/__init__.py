"""Deploy target ``python``: the pipeline as a wheel for Linux."""
