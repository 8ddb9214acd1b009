"""People, the businesses they work for, and how they sign in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Application."""

    name = "accounts"
    verbose_name = _("People and businesses")

    def ready(self) -> None:
        """From now on whoever signs in is counted, and the device remembered."""
        from accounts import devices, noticing  # noqa: F401

        noticing.listen()
