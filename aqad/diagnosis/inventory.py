"""Stock does not add up: the ledger beside the rows, the rows beside what buyers are told, and who changed what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db.models import CheckConstraint, Q
from django.db.models.functions import Now
from django.test import Client

from aqad.diagnosis import database, surroundings, trail
from aqad.diagnosis.grammar import Check, Finding, Seen, ago, rows, shares
from catalog.models import Movement, Product
from core import audit, recent
from core.moments import unhurried
from orders.lifecycle import OrderStatus
from orders.models import Order
from payments.lifecycle import PaymentStatus
from payments.models import Callback, Payment

OF_STOCK = ("I1", "I2", "I3", "I4")
LEDGERS = ("catalog_movement", "core_event")
GUARDED = ("core", "catalog", "orders", "payments")
ASKED = 40
PATIENCE = timedelta(minutes=5)
HOUR = timedelta(hours=1)


def checks(product: str = "") -> list[Check]:
    """The whole market, or one product with its trail first."""
    one = [Check(f"the trail of {product}", lambda: trail.of(product))] if product else []
    return [
        *one,
        Check("database", database.answers, apart=True),
        Check("ledger", ledger),
        Check("guards of the schema", guards),
        Check("holds", holds),
        Check("corrections", corrections),
        Check("what buyers are told", lambda: answers(product), apart=True),
        Check("refused orders", refused),
        Check("callbacks", callbacks),
        Check("locks", database.waiting),
        Check("workers", surroundings.workers),
        Check("deployment", surroundings.deployment),
        Check("migrations", database.migrations),
    ]


def ledger() -> Iterator[Seen]:
    """The invariants of stock, each with who breaks it."""
    unhurried()
    for each in audit.invariants():
        if each.id in OF_STOCK:
            found = audit.look(each)
            yield f"{each.id} {each.sentence}: {found.checked} checked, {found.broken} broken"
            if found.broken:
                yield Finding(
                    97, f"{each.id} does not hold: {each.sentence}",
                    tuple(f"{one.who}: {one.why}" for one in found.offenders[:10]),
                    "manage.py diagnose inventory --product P… shows the trail; correct by a movement with a reason.",
                )  # fmt: skip


def guards() -> Iterator[Seen]:
    """Triggers that keep the ledger append-only, and constraints that refuse overselling, are there and awake."""
    off = rows(
        """SELECT tgrelid::regclass::text, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
           WHERE NOT tgisinternal AND tgenabled NOT IN ('O', 'A') AND relname ~ %s ORDER BY 1, 2""",
        f"^({'|'.join(GUARDED)})_",
    )
    names = {name for (name,) in rows("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")}
    known = {name for (name,) in rows("SELECT conname FROM pg_constraint")}
    gone = [f"{table}_append_only" for table in LEDGERS if f"{table}_append_only" not in names]
    gone += [name for name in _constraints() if name not in known]
    yield f"{len(names)} triggers, {len(known)} constraints"
    if off or gone:
        yield Finding(
            93, "Guards of the schema are off or gone", (*(f"{table}: {name} is off" for table, name in off), *gone),
            "ALTER TABLE … ENABLE TRIGGER …; somebody changed rows past the market: find out who and what.",
        )  # fmt: skip


def _constraints() -> list[str]:
    found: Iterator[Any] = (model for label in GUARDED for model in apps.get_app_config(label).get_models())
    return [
        each.name for model in found for each in model._meta.constraints if isinstance(each, CheckConstraint)
    ]


def holds() -> Iterator[Seen]:
    """Stock that unpaid orders hold, and whose time is over."""
    unpaid = Order.objects.filter(status=OrderStatus.AWAITING_PAYMENT)
    late = list(unpaid.filter(checkout__reserved_until__lt=Now() - PATIENCE).order_by("pk")[:10])
    yield f"{unpaid.count()} unpaid orders hold stock, {len(late)} longer than they may"
    if late:
        yield Finding(
            84, "Unpaid orders hold stock beyond their time", tuple(order.code for order in late),
            "The holds job does not run or its gateway does not answer: manage.py sweep, and look at the workers.",
        )  # fmt: skip


def corrections() -> Iterator[Seen]:
    """Movements that a person made and that stand out."""
    lately = Movement.objects.filter(at__gt=Now() - timedelta(days=7))
    yield f"movements in 7 days: {shares(Counter(lately.values_list('kind', flat=True))) or 'none'}"
    nameless = [
        f"P{each.product_id} #{each.pk} {each.kind}" for each in Movement.objects.filter(actor="")[:10]
    ]
    if nameless:
        yield Finding(
            80, "Movements without a name", tuple(nameless), "The market always writes one: who wrote these?"
        )
    emptied = rows(
        """SELECT 'P' || product_id, at, on_hand, before, actor, reason FROM (
               SELECT *, sum(on_hand) OVER (PARTITION BY product_id ORDER BY id) - on_hand AS before
               FROM catalog_movement
           ) moved WHERE kind = 'adjust' AND on_hand <= -50 AND -on_hand >= 0.9 * before
             AND at > now() - interval '7 days' ORDER BY at DESC LIMIT 10"""
    )
    if emptied:
        yield Finding(
            58, "Corrections took nearly all there was",
            tuple(f"{code} {at:%Y-%m-%d %H:%M} {change} of {before} by {who}: {why or 'no reason'}"
                  for code, at, change, before, who, why in emptied),
            "Ask the vendor; a mistake is put right by another movement.",
        )  # fmt: skip
    busy = rows(
        """SELECT 'P' || product_id, actor, count(*) FROM catalog_movement
           WHERE kind = 'adjust' AND at > now() - interval '1 hour'
           GROUP BY 1, 2 HAVING count(*) >= 5 ORDER BY 3 DESC LIMIT 10"""
    )
    if busy:
        yield Finding(
            54, "The same stock is corrected again and again",
            tuple(f"{code}: {many} times by {who}" for code, who, many in busy),
            "Two systems that each set what is on hand? Compare with their own counts.",
        )  # fmt: skip


def answers(product: str) -> Iterator[Seen]:
    """What `GET /api/products/…` says, cached parts and all, beside the rows."""
    listed = Product.objects.on_sale().select_related("stock")
    some = listed.coded(product) if product else listed.order_by("-updated_at")
    host = urlsplit(settings.SITE_URL).netloc
    browser = Client(raise_request_exception=False, HTTP_HOST=host)
    asked, wrong = 0, list[str]()
    for row in some[:ASKED]:
        asked += 1
        told = browser.get(f"/api/products/{row.code}", secure=settings.HTTPS)
        fresh = Product.objects.select_related("stock").get(pk=row.pk)
        wrong += _differences(fresh, told.json().get("data", {}) if told.status_code == 200 else {})
    yield f"{asked} products asked for, {len(wrong)} facts differ"
    if wrong:
        yield Finding(
            86, "Buyers are told what is not so", tuple(wrong[:10]),
            "A row was changed past the market, so no copy was renewed: it passes within a minute. Who did it?",
        )  # fmt: skip


def _differences(row: Product, told: dict[str, Any]) -> Iterator[str]:
    is_so = {"name": row.name, "price": f"{row.price:.2f}", "available": row.available, "status": row.status}
    for name, value in is_so.items():
        if told.get(name) != value:
            yield f"{row.code} {name}: told {told.get(name)!r}, is {value!r}"


def refused() -> Iterator[Seen]:
    """Orders refused for want of stock in the last hour, by product."""
    lines = Counter(str(line["product"]) for line in recent.lately("stock", HOUR))
    yield f"refused for want of stock in an hour: {shares(dict(lines.most_common(10))) or 'none'}"


def callbacks() -> Iterator[Seen]:
    """What gateways said and nobody settled: money that came and stock that waits."""
    waiting = Callback.objects.filter(applied_at=None, parked=False, received_at__lt=Now() - PATIENCE)
    parked = Callback.objects.filter(parked=True)
    yield f"callbacks: {waiting.count()} wait, {parked.count()} parked"
    if waiting.exists():
        yield Finding(
            64, "Callbacks wait to be settled", tuple(f"{each.code} {each.problem}" for each in waiting[:5]),
            "manage.py settle; is the worker running?",
        )  # fmt: skip
    if parked.exists():
        yield Finding(
            56, "Callbacks that nobody understood", tuple(f"{each.code} {each.problem[:120]}" for each in parked[:5]),
            "Admin, Callbacks: read them, settle them once more.",
        )  # fmt: skip
    old = Q(status=PaymentStatus.UNKNOWN, created_at__lt=Now() - 2 * PATIENCE)
    unknown = [payment.code for payment in Payment.objects.filter(old).order_by("pk")[:10]]
    if unknown:
        yield Finding(
            57, "Nobody knows what became of some payments, whose stock is held", tuple(unknown),
            f"The gateway does not answer for more than {ago(600)}: manage.py settle, then reconcile.",
        )  # fmt: skip
