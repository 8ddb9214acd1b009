"""Today at a glance: what waits for staff and what went wrong, each figure with the list of just those rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.lifecycle import BusinessStatus
from core.desk import listing, midnight
from core.models import Audit, Reaction
from core.money import in_words
from logistics.handover import TRIES
from logistics.lifecycle import LIVE, DeliveryStatus
from logistics.models import Delivery
from orders.lifecycle import OrderStatus
from orders.models import Order
from payments.lifecycle import BreakStatus, PaymentStatus, RefundStatus
from payments.models import Break, Callback, Payment, Refund
from vendors.models import Vendor
from vendors.queue import waiting

PATIENCE = timedelta(minutes=5)
SOON = timedelta(days=30)
RECENT = timedelta(days=7)
WAYS = f"{DeliveryStatus.PICKED_UP},{DeliveryStatus.OUT_FOR_DELIVERY}"
REFUNDS_OPEN = f"{RefundStatus.PENDING},{RefundStatus.UNKNOWN}"


@dataclass(frozen=True)
class Figure:
    """A number, what it counts and where its rows are. `tone` is empty while nothing is to be done."""

    label: StrOrPromise
    number: int
    url: str
    beside: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Group:
    """Figures of one kind of work."""

    title: StrOrPromise
    figures: list[Figure]


def overview() -> list[Group]:
    """All figures, in one query for each table."""
    return [
        Group(_("Orders"), list(_orders())),
        Group(_("Review"), list(_review())),
        Group(_("Deliveries"), list(_deliveries())),
        Group(_("System"), list(_system())),
        Group(_("Money"), list(_money())),
    ]


def last_audit() -> Audit | None:
    """The latest run; None before the first."""
    return Audit.objects.order_by("-pk").first()


def _orders() -> Iterator[Figure]:
    day = midnight()
    today = Q(created_at__gte=day, placed_at__isnull=False)
    placed, unpaid = Q(status=OrderStatus.PLACED), Q(status=OrderStatus.AWAITING_PAYMENT)
    seen = Order.objects.filter(today | placed | unpaid).aggregate(
        today=Count("pk", filter=today), worth=Sum("total", filter=today),
        placed=Count("pk", filter=placed), oldest=Min("placed_at", filter=placed),
        unpaid=Count("pk", filter=unpaid), first=Min("created_at", filter=unpaid),
    )  # fmt: skip
    name = "orders_order"
    rows = listing(name, created_at__gte=day, placed_at__isnull=False)
    yield Figure(_("Placed today"), seen["today"], rows, str(in_words(seen["worth"] or Decimal(0))))
    rows = listing(name, status__exact=OrderStatus.PLACED)
    late = seen["oldest"] and timezone.now() - seen["oldest"] > timedelta(days=1)
    yield Figure(
        _("Waiting to be accepted"), seen["placed"], rows, _age(seen["oldest"]), "warning" if late else ""
    )
    rows = listing(name, status__exact=OrderStatus.AWAITING_PAYMENT)
    yield Figure(_("Unpaid, stock held"), seen["unpaid"], rows, _age(seen["first"]))


def _review() -> Iterator[Figure]:
    queue = waiting()
    rows = listing("vendors_vendor", status__exact=BusinessStatus.PENDING_APPROVAL)
    since = queue[0].waiting_since if queue else None
    yield Figure(_("Vendors to review"), len(queue), rows, _age(since), "warning" if queue else "")
    asked: dict[str, Any] = {
        "status__exact": BusinessStatus.ACTIVE,
        "licence_expiry__lte": timezone.localdate() + SOON,
    }
    found = Vendor.objects.filter(**asked).aggregate(count=Count("pk"), first=Min("licence_expiry"))
    yield Figure(
        _("Licences ending within 30 days"), found["count"], listing("vendors_vendor", **asked),
        _date(found["first"]), "warning" if found["count"] else "",
    )  # fmt: skip


def _deliveries() -> Iterator[Figure]:
    asked: dict[str, dict[str, Any]] = {
        "stranded": {"status__exact": DeliveryStatus.ASSIGNED, "carrier__isnull": True},
        "under_way": {"status__in": WAYS},
        "locked": {"status__exact": DeliveryStatus.OUT_FOR_DELIVERY, "tries__gte": TRIES},
    }
    seen = Delivery.objects.filter(status__in=LIVE).aggregate(
        stranded=Count("pk", filter=Q(**asked["stranded"])),
        under_way=Count("pk", filter=Q(status__in=WAYS.split(","))),
        locked=Count("pk", filter=Q(**asked["locked"])),
    )
    labels = {
        "stranded": (_("Without a carrier"), "danger"),
        "under_way": (_("On the way"), ""),
        "locked": (_("Locked after wrong codes"), "danger"),
    }
    for name, (label, tone) in labels.items():
        rows = listing("logistics_delivery", **asked[name])
        yield Figure(label, seen[name], rows, tone=tone if seen[name] else "")


def _money() -> Iterator[Figure]:
    unknown: dict[str, Any] = {"status__exact": PaymentStatus.UNKNOWN}
    yield _bad(_("Payments being checked"), Payment, "payments_payment", unknown, "warning")
    lately = {"status__exact": RefundStatus.FAILED, "created_at__gte": midnight() - RECENT}
    under_way = Q(status__in=REFUNDS_OPEN.split(","))
    seen = Refund.objects.filter(under_way | Q(**lately)).aggregate(
        open=Count("pk", filter=under_way), failed=Count("pk", filter=Q(**lately))
    )
    yield Figure(_("Refunds on their way"), seen["open"], listing("payments_refund", status__in=REFUNDS_OPEN))
    yield Figure(
        _("Refunds failed in 7 days"), seen["failed"], listing("payments_refund", **lately),
        tone="danger" if seen["failed"] else "",
    )  # fmt: skip
    parked = {"parked__exact": 1}
    yield _bad(_("Callbacks parked"), Callback, "payments_callback", parked, "danger")
    differ = {"status__exact": BreakStatus.OPEN}
    yield _bad(_("Differences of the books"), Break, "payments_break", differ, "danger")


def _system() -> Iterator[Figure]:
    due = timezone.now() - PATIENCE
    late: dict[str, Any] = {"done_at__isnull": True, "dead__exact": 0, "due_at__lt": due}
    seen = Reaction.objects.filter(Q(dead=True) | Q(**late)).aggregate(
        given_up=Count("pk", filter=Q(dead=True)), late=Count("pk", filter=Q(**late))
    )
    for label, name, asked in (
        (_("Dead letters"), "given_up", {"dead__exact": 1}),
        (_("Overdue in the outbox"), "late", late),
    ):
        rows = listing("core_reaction", **asked)
        yield Figure(label, seen[name], rows, tone="danger" if seen[name] else "")


def _bad(label: StrOrPromise, model: Any, name: str, asked: dict[str, Any], tone: str) -> Figure:
    """Rows of which there should be none."""
    number = model.objects.filter(**asked).count()
    return Figure(label, number, listing(name, **asked), tone=tone if number else "")


def _age(since: datetime | None) -> str:
    """How long the oldest waits."""
    return str(_("oldest: %(age)s") % {"age": timesince(since, depth=1)}) if since else ""


def _date(day: Any) -> str:
    return str(_("first: %(day)s") % {"day": day.isoformat()}) if day else ""
