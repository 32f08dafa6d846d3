from django.apps import AppConfig


class DataConfig(AppConfig):
    """Samples, uploads and dataset versions."""

    name = "studio.data"
    label = "data"
