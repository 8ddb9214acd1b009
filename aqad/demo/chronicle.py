"""What happened in the demo's past, and when: moves through the real lifecycles, told to the people of that day.

Things move in memory through the very tables that move them in the market, so nothing impossible can have happened.
Written at the end in order of time: events, the outbox (all of it done), and inboxes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.inbox import news
from accounts.kinds import title_of
from accounts.models import Notification, User
from core.access import Actor
from core.codes import Coded
from core.events import LEASE, reactions
from core.lifecycle import Moving
from core.models import Event, Reaction
from core.roles import Role

BATCH = 2000
TOLD_AFTER = timedelta(seconds=2)
READ_WITHIN = timedelta(days=2)


@dataclass
class Happening:
    """One event to be: everything but the readable id of its subject, which may not have a number yet."""

    at: datetime
    thing: Moving
    by: Actor
    audience: dict[str, list[User]]
    event: Event

    @property
    def subject(self) -> str:
        return self.thing.code


@dataclass
class Chronicle:
    """Everything that happened, collected first and written once."""

    now: datetime
    happenings: list[Happening] = field(default_factory=list)

    def begin(
        self, at: datetime, thing: Moving, by: Actor, name: str = "create", *,
        tell: dict[str, list[User]] | None = None, **data: Any,
    ) -> None:  # fmt: skip
        """The first line in the history of a thing."""
        thing.version = 1
        self._add(at, thing, by, f"{thing.LIFECYCLE.noun}.{name}", tell, after=thing.status, seq=1, data=data)

    def step(
        self, at: datetime, thing: Moving, name: str, by: Actor, *,
        tell: dict[str, list[User]] | None = None, note: str = "", **data: Any,
    ) -> None:  # fmt: skip
        """A move by its table, with its time stamp on the thing."""
        move = thing.LIFECYCLE.allow(name, thing.status, {by.role})
        before, thing.status, thing.version = thing.status, move.target, thing.version + 1
        if move.stamp:
            setattr(thing, move.stamp, at)
        facts = {"before": before, "after": thing.status, "seq": thing.version, "note": note, "data": data}
        self._add(at, thing, by, f"{thing.LIFECYCLE.noun}.{name}", tell, **facts)

    def beside(self, at: datetime, thing: Moving, name: str, by: Actor, note: str = "", **data: Any) -> None:
        """Something that happened to a thing beside its lifecycle."""
        self._add(at, thing, by, name, None, note=note, data=data)

    def _add(
        self, at: datetime, thing: Moving, by: Actor, name: str, tell: dict[str, list[User]] | None,
        **facts: Any,
    ) -> None:  # fmt: skip
        event = Event(at=at, name=name, actor_id=by.pk, actor=by.label, **facts)
        self.happenings.append(Happening(at, thing, by, tell or {}, event))

    def write(self) -> None:
        """Everything, in order of time."""
        self.happenings.sort(key=lambda happening: happening.at)
        for happening in self.happenings:
            happening.event.subject = happening.subject
            happening.event.data = {key: _readable(value) for key, value in happening.event.data.items()}
        Event.objects.bulk_create([happening.event for happening in self.happenings], batch_size=BATCH)
        Reaction.objects.bulk_create(
            [done for happening in self.happenings for done in _outbox(happening)], batch_size=BATCH
        )
        Notification.objects.bulk_create(
            [told for happening in self.happenings for told in self._inboxes(happening)], batch_size=BATCH
        )

    def _inboxes(self, happening: Happening) -> Iterable[Notification]:
        lines = news().get(happening.event.name, {})
        told_at = happening.at + TOLD_AFTER
        old = told_at < self.now - READ_WITHIN
        for role, line in lines.items():
            for user in happening.audience.get(role, []):
                yield Notification(
                    user=user,
                    event=happening.event,
                    title=title_of(line),
                    url=happening.thing.page_for(role),  # type: ignore[attr-defined]
                    created_at=told_at,
                    read_at=told_at + timedelta(hours=1) if old else None,
                )


def _outbox(happening: Happening) -> Iterable[Reaction]:
    """What followed from it, long done. Nobody is sent letters about a past they did not have."""
    for handler in reactions().get(happening.event.name, ()):
        yield Reaction(
            event=happening.event,
            handler=handler,
            due_at=happening.at + LEASE,
            attempts=1,
            done_at=happening.at + TOLD_AFTER,
        )


def _readable(value: Any) -> Any:
    """Things are told by their readable ids, which they have once they are written."""
    return value.code if isinstance(value, Coded) else value


def audience(*people: User) -> dict[str, list[User]]:
    """People by role, as news asks for them."""
    found: dict[str, list[User]] = {role: [] for role in Role.values}
    for user in people:
        found[user.role].append(user)
    return found
