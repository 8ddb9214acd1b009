"""Carriers, drivers and deliveries."""

from django.apps import AppConfig


class LogisticsConfig(AppConfig):
    """Application."""

    name = "logistics"
