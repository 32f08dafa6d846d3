from django.apps import AppConfig


class WebConfig(AppConfig):
    """What every app shares: errors, parsers, pages, health, security headers."""

    name = "studio.web"
    label = "web"
