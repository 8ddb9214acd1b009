"""Baskets, checkouts and orders."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Application."""

    name = "orders"
