"""Where the laboratory gets into the processes: once Django has loaded every app."""

from django.apps import AppConfig
from django.conf import settings


class Faults(AppConfig):
    """Installs tripwires and sabotage; all of them sleep until the laboratory lays a file."""

    name = "tests.faults"
    label = "faults"

    def ready(self) -> None:
        """After every app is loaded."""
        from tests.faults import sabotage, tripwires

        lab = settings.VAR / "lab"
        tripwires.install(lab / "armed")
        sabotage.install(lab / "sabotage")
