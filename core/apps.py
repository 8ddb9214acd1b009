"""The grammar of the house: no nouns of the trade."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """Application."""

    name = "core"
    verbose_name = _("Records")

    def ready(self) -> None:
        """Register what is checked of the servers."""
        from core import checks  # noqa: F401
