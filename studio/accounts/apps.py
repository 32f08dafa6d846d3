from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and machines: users, sessions, API keys."""

    name = "studio.accounts"
    label = "accounts"
