from django.apps import AppConfig


class ExampleConfig(AppConfig):
    """A ready-made project on real recordings, to look around in."""

    name = "studio.example"
    label = "example"
