"""People, the businesses they work for, and how they sign in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Application."""

    name = "accounts"
