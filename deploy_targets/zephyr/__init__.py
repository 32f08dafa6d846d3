"""Deploy target ``zephyr``: the pipeline as a Zephyr module, with a sample application."""
