from django.apps import AppConfig


class SigningConfig(AppConfig):
    """The key with which a project's devices sign the recordings that they send."""

    name = "studio.signing"
    label = "signing"
