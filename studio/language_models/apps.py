from django.apps import AppConfig


class LanguageModelsConfig(AppConfig):
    """Language models of projects, to be packaged for a web page."""

    name = "studio.language_models"
    label = "language_models"
