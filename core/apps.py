"""The grammar of the house: no nouns of the trade."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """Application."""

    name = "core"
    verbose_name = _("Records")

    def ready(self) -> None:
        """Watch every connection and what becomes of every job, and say what is checked of the servers."""
        from core import checks, statements, sweepers  # noqa: F401

        connection_created.connect(statements.install, dispatch_uid="statements")
        sweepers.listen()
