"""Carriers, drivers and deliveries."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LogisticsConfig(AppConfig):
    """Application."""

    name = "logistics"
    verbose_name = _("Deliveries")
