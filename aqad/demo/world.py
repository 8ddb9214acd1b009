"""Who and what the demo's past is about, as its parts hand it to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from accounts.models import Business, User
from aqad.demo.chronicle import Chronicle
from retailers.models import Address

SEED = 1001


@dataclass
class Party:
    """A business with its people and, if it buys, the place it wants its goods brought to."""

    profile: Any
    people: list[User] = field(default_factory=list)
    address: Address | None = None
    since: datetime | None = None
    left: datetime | None = None

    @property
    def business(self) -> Business:
        found: Business = self.profile.business
        return found

    @property
    def head(self) -> User:
        """Who acts for it: the first of its people."""
        return self.people[0]

    def of(self, role: str) -> list[User]:
        """Its people of one role."""
        return [user for user in self.people if user.role == role]


@dataclass
class World:
    """Everything the parts of the demo share: the moment, the dice, the story so far, and who takes part."""

    now: datetime
    staff: User
    rng: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311  # nosec B311
    vendors: dict[str, Party] = field(default_factory=dict)
    shops: list[Party] = field(default_factory=list)
    carriers: list[Party] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chronicle = Chronicle(self.now)

    def carrier_for(self, emirate: str) -> Party:
        """The carrier that covers it."""
        return next(carrier for carrier in self.carriers if emirate in carrier.profile.covers)

    @property
    def selling(self) -> list[Party]:
        """The vendors that were ever let in."""
        return [party for party in self.vendors.values() if party.since]
