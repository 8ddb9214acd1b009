"""For machines that measure: what waits, what happens and what went wrong, in the text format that Prometheus reads.

What waits is counted in the database at this moment; what happens was counted by every process (`core.metrics`). Only
those who ask from inside get an answer: the numbers are nobody else's business.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.core.cache import caches
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from aqad.backups import JOB
from core.errors import NotThere
from core.limits import client_address
from core.metrics import told as counted
from core.models import Reaction, Sweep
from core.releases import release
from core.sweepers import all_of_them as _sweepers
from orders.lifecycle import OrderStatus
from orders.models import Checkout
from payments.lifecycle import PaymentStatus, RefundStatus
from payments.models import Callback, Payment, Refund

QUEUES = ("celery", "slow")
TEXT = "text/plain; version=0.0.4; charset=utf-8"
WAITING: dict[str, tuple[str, Callable[[], QuerySet[Any]]]] = {
    "aqad_reactions_due": (
        "Reactions of the outbox whose time has come.",
        lambda: Reaction.objects.filter(done_at=None, dead=False, due_at__lte=Now()),
    ),
    "aqad_reactions_dead": (
        "Reactions given up after too many tries.",
        lambda: Reaction.objects.filter(dead=True),
    ),
    "aqad_callbacks_due": (
        "Callbacks of gateways that wait to be settled.",
        lambda: Callback.objects.filter(applied_at=None, parked=False),
    ),
    "aqad_callbacks_parked": (
        "Callbacks that nobody understood.",
        lambda: Callback.objects.filter(parked=True),
    ),
    "aqad_payments_unknown": (
        "Payments of which nobody knows what became of them.",
        lambda: Payment.objects.filter(status=PaymentStatus.UNKNOWN),
    ),
    "aqad_refunds_waiting": (
        "Refunds that have not come to an end.",
        lambda: Refund.objects.filter(status__in=[RefundStatus.PENDING, RefundStatus.UNKNOWN]),
    ),
    "aqad_checkouts_overdue": (
        "Unpaid checkouts whose stock should be free again.",
        lambda: Checkout.objects.filter(
            reserved_until__lt=Now(), orders__status=OrderStatus.AWAITING_PAYMENT
        ).distinct(),
    ),
}


GAUGES: dict[str, tuple[str, Callable[[], Mapping[str, float]]]] = {
    "aqad_outbox_oldest_seconds": ("How long the oldest due reaction has waited.", lambda: {"": oldest()}),
    "aqad_queue_depth": ("Messages that wait for a worker; -1 with Valkey away.", lambda: _queues()),
    "aqad_sweeper_age_seconds": (
        "Since a job of the scheduler last came to its end.",
        lambda: {f'task="{each.job}"': each.age for each in _sweepers() if each.age is not None},
    ),
    "aqad_sweeper_late": (
        "Whether a job has missed three of its turns.",
        lambda: {f'task="{each.job}"': float(each.late) for each in _sweepers()},
    ),
    "aqad_backup_age_seconds": ("Since the last backup; none before the first.", lambda: _backup()),
    "aqad_database_connections": ("Connections to this database.", lambda: {"": _connections()}),
    "aqad_release": (
        "What serves here.",
        lambda: {f'release="{re.sub(r"[^A-Za-z0-9._-]", "-", release())}"': 1.0},
    ),
}


def metrics(request: HttpRequest) -> HttpResponse:
    """All numbers at this moment. 404 from outside."""
    if not inside(request):
        raise NotThere
    told = [_told(name, says, rows().count()) for name, (says, rows) in WAITING.items()]
    told += [_labelled(name, says, look()) for name, (says, look) in GAUGES.items()]
    return HttpResponse("".join(told) + counted(), content_type=TEXT)


def _told(name: str, says: str, number: int) -> str:
    return f"# HELP {name} {says}\n# TYPE {name} gauge\n{name} {number}\n"


def _labelled(name: str, says: str, numbers: Mapping[str, float]) -> str:
    rows = (f"{name}{{{labels}}} {number:.3f}\n" for labels, number in numbers.items())
    return f"# HELP {name} {says}\n# TYPE {name} gauge\n" + "".join(rows).replace("{}", "")


def oldest() -> float:
    """Seconds that the oldest due reaction has waited; 0 when none does."""
    due = Reaction.objects.filter(done_at=None, dead=False, due_at__lte=Now()).order_by("due_at")
    since = due.values_list("due_at", flat=True).first()
    return max(0.0, (timezone.now() - since).total_seconds()) if since else 0.0


def _backup() -> dict[str, float]:
    last = Sweep.objects.filter(job=JOB, succeeded_at__isnull=False).first()
    return {"": (timezone.now() - last.succeeded_at).total_seconds()} if last and last.succeeded_at else {}


def _connections() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return float(cursor.fetchone()[0])


def _queues() -> dict[str, float]:
    depths = {queue: queue_depth(queue) for queue in QUEUES}
    return {f'queue="{queue}"': -1.0 if depth is None else float(depth) for queue, depth in depths.items()}


def queue_depth(queue: str = QUEUES[0]) -> int | None:
    """Messages that wait for a worker; None with Valkey away. They only say "look now", so a few are nothing."""
    cache: Any = caches["ratelimit"]
    try:
        return int(cache.client.get_client().llen(queue))
    except (RedisError, ConnectionInterrupted, OSError):
        return None


def inside(request: HttpRequest) -> bool:
    """Whether this is asked from a private address."""
    try:
        return ipaddress.ip_network(client_address(request)).is_private
    except ValueError:
        return False
