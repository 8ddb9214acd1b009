"""Lifecycles: one table of moves per noun, and the one engine that carries them out.

The same table gives the buttons of a page, the `moves` of the API, the actions of the Admin, `docs/lifecycles.md`
and the tests. Nothing else writes a `status`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.db import connection, models
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from core import binding, events
from core.access import Actor, Owned
from core.errors import Forbidden, NotThere, WrongMoment
from core.prepared import Question
from core.slots import Slot
from core.transactions import atomically

if TYPE_CHECKING:
    from core.models import Event


@dataclass(frozen=True)
class Move:
    """One row of a table: who may take a thing from any of `sources` to `target`; `label` stands on the button."""

    name: str
    sources: tuple[str, ...]
    target: str
    who: frozenset[str]
    label: StrOrPromise
    stamp: str = ""


Row = tuple[str, Iterable[str], str, Iterable[str], StrOrPromise]


class Lifecycle:
    """The table of moves of one noun.

    `noun` is the word in event names (`order.accept`), `start` the status of a new thing, `stamps` the column that
    keeps the time of a move. Rows: move, from, to, who may, label of the button.
    """

    def __init__(self, noun: str, start: str, *rows: Row, stamps: dict[str, str] | None = None) -> None:
        self.noun, self.start = noun, start
        self.table = [
            Move(name, tuple(sources), target, frozenset(who), label, (stamps or {}).get(name, ""))
            for name, sources, target, who, label in rows
        ]

    def open(self, status: str, roles: Iterable[str]) -> list[Move]:
        """The moves these roles may make from this status, in the order of the table."""
        mine = set(roles)
        return [move for move in self.table if status in move.sources and move.who & mine]

    def allow(self, name: str, status: str, roles: Iterable[str]) -> Move:
        """The move, or the refusal: stranger 404, wrong role 403, wrong moment 409."""
        mine = set(roles)
        named = [move for move in self.table if move.name == name]
        if not mine or not named:
            raise NotThere
        mine_too = [move for move in named if move.who & mine]
        if not mine_too:
            raise Forbidden
        for move in mine_too:
            if status in move.sources:
                return move
        raise WrongMoment

    def step(
        self,
        thing: Moving,
        name: str,
        by: Actor,
        *,
        note: str = "",
        also: Any = None,
        **data: Any,
    ) -> None:
        """Carry out one move on a thing whose row the caller has locked: status, version, history, news.

        `also` has the columns, by name, that are true with the new status.
        """
        move = self.allow(name, thing.status, thing.roles_of(by))
        before, columns = thing.status, also or {}
        if not _moved(thing, move, columns):
            raise WrongMoment
        vars(thing).update(columns, status=move.target, version=thing.version + 1)
        events.record(
            thing,
            f"{self.noun}.{name}",
            by,
            before=before,
            after=move.target,
            seq=thing.version,
            note=note,
            data=data,
        )

    def begin(self, thing: Moving, by: Actor, *, name: str = "create", **data: Any) -> Event:
        """Write the first line in the history of a thing that was just inserted with version 1."""
        return events.record(thing, f"{self.noun}.{name}", by, after=thing.status, seq=1, data=data)

    def first(self, thing: Moving, by: Actor, *, name: str = "create", **data: Any) -> Event:
        """The same line, for the caller to write together with the thing."""
        return events.told(thing, f"{self.noun}.{name}", by, after=thing.status, seq=1, data=data)


def _moved(thing: Moving, move: Move, also: Mapping[str, Any]) -> bool:
    """Write the new status; False where the old one is no longer there."""
    fields: Any = type(thing)._meta
    values = [fields.get_field(name).get_db_prep_save(value, connection) for name, value in also.items()]
    with binding.cursor() as cursor:
        cursor.execute(
            _moving(type(thing), move.stamp, *also), [move.target, *values, thing.pk, thing.status]
        )
        return bool(cursor.rowcount)


@lru_cache(500)
def _moving(noun: type[Moving], stamp: str, *also: str) -> str:
    """The UPDATE of a move, in the table that has the status."""
    fields: Any = noun._meta.get_field("status").model._meta
    told = ["status = %s", *(f"{fields.get_field(name).column} = %s" for name in also)]
    stamped = [f"{fields.get_field(stamp).column} = statement_timestamp()"] if stamp else []
    sets = ", ".join([*told, *stamped, "version = version + 1"])
    return binding.numbered(
        f"UPDATE {fields.db_table} SET {sets} WHERE {fields.pk.column} = %s AND status = %s"  # noqa: S608
    )


class Moving(Owned):
    """Mixin of a noun with a lifecycle. `version` counts its history and is the number of the last entry."""

    LIFECYCLE: ClassVar[Lifecycle]

    status = models.CharField(_("status"), max_length=20, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    @property
    def code(self) -> str:
        """The name people read."""
        raise AttributeError("a noun with a lifecycle has a code")

    def locked(self) -> Self:
        """The same row, fresh and locked until the end of the transaction; parents first where a noun has them."""
        found: Self | None = _locking(type(self)).first(pk=self.pk)
        if found is None:
            raise type(self).DoesNotExist
        return found

    def moves_for(self, user: Any) -> list[Move]:
        """The moves open to this user now: the buttons of a page, the `moves` of the API."""
        return self.LIFECYCLE.open(self.status, self.roles_of(user))


T = TypeVar("T", bound=Moving)


@cache
def _locking(noun: type[T]) -> Question[T]:
    rows = noun._base_manager
    return Question(lambda: rows.filter(pk=Slot("pk")).select_for_update(no_key=True, of=("self",)))


Effect = Callable[..., Any]


def move(name: str) -> Callable[[Effect], Callable[..., Any]]:
    """Make a verb of an effect: open a transaction, lock, check role and status, write both, then run the effect.

    The decorated function receives the locked row, the actor and the facts; stock, always locked last, is its
    business. `note` of the facts is kept in the history.
    """

    def wrap(effect: Effect) -> Callable[..., Any]:
        @wraps(effect)
        @atomically
        def verb(thing: T, by: Actor, **facts: Any) -> T:
            row = thing.locked()
            row.LIFECYCLE.step(row, name, by, note=str(facts.get("note", "")))
            effect(row, by, **facts)
            return row

        return verb

    return wrap
