"""Reports that a driver's phone kept while the network was away: they may come late, or twice.

Each carries a key made on the phone. Whatever is answered to it, a refusal included, is stored with the key, so that a
twin changes nothing: not the delivery, and not the count of wrong codes. Only when a part of the market is away
nothing is stored, and the phone asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from core.access import Actor
from core.errors import NotThere, Refusal
from core.files import Checked
from core.idempotency import once
from core.words import headline
from logistics import actions, proof
from logistics.models import Delivery

PAST = timedelta(hours=24)
VERBS: Mapping[str, Callable[..., Delivery]] = {
    "pick_up": actions.pick_up,
    "out_for_delivery": actions.out_for_delivery,
    "deliver": actions.hand_over,
    "fail": actions.fail,
}


def report(
    delivery: Delivery, by: Actor, move: str, *, key: str, told: dict[str, Any], at: datetime | None
) -> dict[str, Any]:
    """Make a move once for this key of this driver.

    Answers `{"message"}`, or the refusal `{"message", "code", "errors", "status"}`; raises only what may pass by
    itself, and `KeyReused`. `at` is what the phone's clock said; it is kept in the history as `reported_at`.
    """
    if move not in VERBS:
        raise NotThere
    photo: Checked | None = told.pop("photo", None)
    asked = [delivery.code, move, told, photo and photo.sha256]
    with proof.kept(delivery, photo) as name:
        extra = {"photo": name} if photo else {}
        said = {"reported_at": at.isoformat()} if at else {}
        facts = told | extra | said
        answer: dict[str, Any] = once(str(by.pk), key, asked, lambda: _answer(delivery, by, move, facts))
    return answer


def _answer(delivery: Delivery, by: Actor, move: str, facts: dict[str, Any]) -> dict[str, Any]:
    """What came of it, as it is stored; the transaction goes on, so that a wrong code stays counted."""
    try:
        row = VERBS[move](delivery, by, **facts)
    except Refusal as refusal:
        if refusal.status >= 429:
            raise
        return {
            "status": refusal.status,
            "message": str(refusal.message),
            "code": refusal.code,
            "errors": {name: [str(line) for line in lines] for name, lines in refusal.errors.items()},
        }
    return {"message": f"{row.code}: {headline(move)}"}


def clock(said: str) -> datetime | None:
    """What a phone's clock said, if that lies within the last day: a wrong clock must not cost a report."""
    try:
        at = parse_datetime(said)
    except ValueError:
        return None
    now = timezone.now()
    return at if at and timezone.is_aware(at) and now - PAST <= at <= now else None
