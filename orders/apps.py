"""Baskets, checkouts and orders."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """Application."""

    name = "orders"
    verbose_name = _("Orders")
