"""Supermarkets who buy, and their addresses."""

from django.apps import AppConfig


class RetailersConfig(AppConfig):
    """Application."""

    name = "retailers"
