"""Supermarkets who buy, and their addresses."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetailersConfig(AppConfig):
    """Application."""

    name = "retailers"
    verbose_name = _("Retailers")
