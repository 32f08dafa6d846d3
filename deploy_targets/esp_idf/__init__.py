"""Deploy target ``esp-idf``: the pipeline as a component for Espressif's ESP-IDF, with an example project."""
