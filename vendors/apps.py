"""Distributors who sell, and their documents."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VendorsConfig(AppConfig):
    """Application."""

    name = "vendors"
    verbose_name = _("Vendors")
