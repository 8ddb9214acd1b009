"""Distributors who sell, and their documents."""

from django.apps import AppConfig


class VendorsConfig(AppConfig):
    """Application."""

    name = "vendors"
