"""Guards taken away while a file `sabotage/<name>` lies there, so that the laboratory can see itself notice."""

from __future__ import annotations

import errno
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db.models import F

from catalog import stock
from catalog.models import Stock
from core import events, limits
from payments import actions, api, settling
from payments.gateways import sandbox
from payments.lifecycle import REFUND
from payments.models import Payment, Refund

Function = Callable[..., Any]


def install(folder: Path) -> None:
    """Put a switch before every guard."""
    for owner, name, wrong in WRONGS:
        setattr(owner, name, _switched(getattr(owner, name), wrong, folder))


def _switched(right: Function, wrong: Callable[[Function], Function], folder: Path) -> Function:
    other = wrong(right)
    file = folder / wrong.__name__

    @wraps(right)
    def chosen(*args: Any, **options: Any) -> Any:
        return (other if file.exists() else right)(*args, **options)

    return chosen


def stock_guard(right: Function) -> Function:
    """Read, decide, write, as the shops of the field do."""

    def naive(take: stock.Take) -> bool:
        row = Stock.objects.get(pk=take.product_id)
        if row.available < take.quantity:
            return False
        time.sleep(0.1)
        Stock.objects.filter(pk=row.pk).update(reserved=row.reserved + take.quantity)
        return True

    return naive


def same_key(right: Function) -> Function:
    """Every request has a key of its own, whatever it says."""

    def forgetful(owner: str, key: str | None, *rest: Any, **options: Any) -> Any:
        return right(owner, uuid.uuid4().hex, *rest, **options)

    return forgetful


def known_event(right: Function) -> Function:
    """Every copy of a callback looks like news."""

    def always_new(*args: Any) -> str:
        right(*args)
        return uuid.uuid4().hex

    return always_new


def signature(right: Function) -> Function:
    """Nobody looks at the signature."""

    def trusting(self: Any, headers: Any, body: bytes) -> str:
        return uuid.uuid4().hex

    return trusting


def amount_taken(right: Function) -> Function:
    """Whatever the bank took counts as the whole."""

    def generous(payment: Payment, every: Any, fact: Any) -> Any:
        return right(payment, every, replace(fact, amount=payment.amount, currency=payment.currency))

    return generous


def refund_guard(right: Function) -> Function:
    """Give back without looking how much is left."""

    def blind(payment: Payment, amount: Any, *, reason: str, by: Any, order: Any = None) -> Refund:
        Payment.objects.filter(pk=payment.pk).update(refunding=F("refunding") + amount)
        made = Refund.objects.create(
            payment=payment, order=order, amount=amount, reason=reason, status=REFUND.start
        )
        REFUND.begin(made, by, amount=str(amount), reason=reason)
        return made

    return blind


def refund_key(right: Function) -> Function:
    """Ask for each try of a refund as if it were another one."""

    def anew(self: Any, refund: Refund) -> str:
        refund.key = uuid.uuid4()
        return str(right(self, refund))

    return anew


def lost_news(right: Function) -> Function:
    """Every reaction is thrown away and marked as done: what an outbox that is not a table does in a crash."""

    def careless(reaction: Any) -> bool:
        return bool(type(reaction).objects.filter(pk=reaction.pk).update(done_at=reaction.event.at))

    return careless


def media_full(right: Function) -> Function:
    """No space left on the device."""

    def full(*args: Any) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    return full


def limits_on(right: Function) -> Function:
    """Request limits as in production, which are lifted for the load otherwise."""

    def limited(*args: Any, **options: Any) -> Any:
        settings.RATELIMIT_ENABLE = True
        return right(*args, **options)

    return limited


WRONGS: list[tuple[Any, str, Callable[[Function], Function]]] = [
    (stock, "_reserve", stock_guard),
    (api, "once_made", same_key),
    (sandbox.Sandbox, "event_id", known_event),
    (sandbox.Sandbox, "event_id", signature),
    (settling, "_captured", amount_taken),
    (actions, "refund", refund_guard),
    (sandbox.Sandbox, "refund", refund_key),
    (events, "carry_out", lost_news),
    (FileSystemStorage, "_save", media_full),
    (limits, "hit", limits_on),
]
