"""The bank itself: what it was told, what it remembers, and the two signals its threads wait for."""

from dataclasses import dataclass, field
from threading import Event

from sandbox.settings import Settings
from sandbox.store import Store


@dataclass
class Bank:
    """`news` is set when a callback may be due, `closing` when the process is on its way out."""

    settings: Settings
    store: Store
    news: Event = field(default_factory=Event)
    closing: Event = field(default_factory=Event)

    @classmethod
    def open(cls, settings: Settings) -> "Bank":
        """A bank on its file, made if it is not there yet."""
        return cls(settings, Store(settings.store))

    def close(self) -> None:
        """Wake everybody who waits, so that they can leave."""
        self.closing.set()
        self.news.set()
