"""Products, their stock and pictures."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Application."""

    name = "catalog"
