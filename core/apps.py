"""The grammar of the house: no nouns of the trade."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Application."""

    name = "core"
