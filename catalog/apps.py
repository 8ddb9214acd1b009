"""Products, their stock and pictures."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """Application."""

    name = "catalog"
    verbose_name = _("Catalogue")
