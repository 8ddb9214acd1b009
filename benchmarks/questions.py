"""What people, programs and the scheduler ask of a market every day, for `benchmarks.growth`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks import past

WAITING = 20  # orders that wait for the first vendor
OPENED = {
    "fatima": (
        "/catalog/", "/catalog/?search=pepsi", "/catalog/?sort=price", "/catalog/P{product}-x/", "/cart/", "/orders/",
        "/orders/?status=delivered", "/orders/ORD{hers}/", "/notifications/", "/lists/", "/account/sessions/",
        "/vendors/V1001-x/",
    ),
    "ahmed": (
        "/vendor/", "/vendor/orders/", "/vendor/orders/?status=delivered", "/orders/ORD{middle}/", "/vendor/products/",
        "/vendor/products/P{product}/movements/", "/notifications/", "/account/team/",
    ),
    "bilal": ("/driver/",),
    "deepa": ("/carrier/",),
    "sara": (
        "/admin/", "/admin/find/?q=ORD{middle}", "/admin/orders/order/", "/admin/orders/order/?q=ORD{middle}",
        "/admin/orders/order/?status=placed", "/admin/orders/order/{middle}/change/", "/admin/payments/payment/",
        "/admin/payments/payment/{middle}/change/", "/admin/payments/refund/", "/admin/payments/callback/",
        "/admin/logistics/delivery/", "/admin/logistics/delivery/{middle}/change/", "/admin/catalog/product/",
        "/admin/vendors/vendor/", "/admin/retailers/retailer/", "/admin/accounts/user/", "/admin/accounts/letter/",
        "/admin/core/event/", "/admin/core/event/?q=ORD{middle}", "/admin/core/reaction/", "/metrics", "/health/ready",
    ),
}  # fmt: skip
ASKED = {
    "fatima": ("/orders", "/orders/ORD{hers}", "/products", "/products?search=pepsi", "/notifications"),
    "ahmed": ("/orders?status=delivered", "/orders/ORD{middle}"),
    "bilal": ("/deliveries",),
}
MANY = 20_000  # rows; the desk's lists stop counting at half of it
ALL_THERE_IS = {"core.tasks.audit", "catalog.tasks.standing"}
WITHOUT_A_BANK = {"payments.tasks.books", "payments.tasks.month"}
Question = Callable[[], Any]


def every_day(cast: Any, size: int) -> dict[str, Question]:
    """Pages, programs, an order, and every job of the scheduler that looks at what is open or over."""
    for _ in range(WAITING):
        _ordered(cast)
    facts = _facts(cast, size)
    return {
        **_pages(cast, facts),
        **_programs(cast, facts),
        "an order is placed": lambda: _ordered(cast),
        **{f"job: {name}": job for name, job in _jobs().items() if name not in ALL_THERE_IS | WITHOUT_A_BANK},
    }


def growing() -> dict[str, Question]:
    """The jobs that look at the whole market, or at four weeks of it."""
    return {f"job: {name}": job for name, job in _jobs().items() if name in ALL_THERE_IS}


def scanning(asked: dict[str, Question]) -> dict[str, list[str]]:
    """Which of these walk through a long table, past where lists stop counting, and which table."""
    found = {}
    for name, question in asked.items():
        question()
        before = _scans()
        question()
        after = _scans()
        if tables := sorted(table for table in after if after[table] - before[table] > MANY):
            found[name] = tables
    return found


def _scans() -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT relname, seq_tup_read FROM pg_stat_user_tables WHERE relname = ANY(%s)", [list(past.LONG)]
        )
        return {table: int(rows or 0) for table, rows in cursor.fetchall()}


def _facts(cast: Any, size: int) -> dict[str, int]:
    """Numbers of an order of the first vendor, of one of the first shop, and of a product."""
    from catalog.models import Product
    from orders.models import Order

    first = Product.objects.filter(vendor=cast.ahmed_foods).order_by("pk").first()
    parties = max(1, size // past.EACH)
    hers = Order.objects.filter(retailer=cast.fresh_mart, pk__lte=size).order_by("-pk").first()
    assert first and hers
    return {"middle": size // 2 // parties * parties, "hers": hers.pk, "product": first.pk}


def _ordered(cast: Any) -> None:
    from catalog.models import Product
    from orders.pricing import Wish
    from payments import actions

    product = Product.objects.filter(vendor=cast.ahmed_foods).first()
    assert product
    wish = Wish(product.code, 1)
    with actions.checking_out([wish], address=cast.deira, method="cash_on_delivery", by=cast.fatima):
        pass


def _pages(cast: Any, facts: dict[str, int]) -> dict[str, Question]:
    """What people open, past everything remembered."""
    from django.test import Client

    asked: dict[str, Question] = {}
    for name, paths in OPENED.items():
        client = Client()
        client.force_login(getattr(cast, name), backend="accounts.backends.EmailBackend")
        for path in paths:
            asked[f"{name}: {path}"] = _good(partial(client.get, path.format(**facts), follow=True))
    return asked


def _programs(cast: Any, facts: dict[str, int]) -> dict[str, Question]:
    """What programs ask of the API, with tokens that outlast the larger market's building."""
    from django.conf import settings

    from tests.cast import Api

    settings.HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 86_400
    asked: dict[str, Question] = {}
    for name, paths in ASKED.items():
        api = Api(getattr(cast, name))
        for path in paths:
            asked[f"{name}: /api{path}"] = _good(partial(api.get, path.format(**facts)))
    return asked


def _good(ask: Callable[[], Any]) -> Question:
    def asked() -> None:
        answer = ask()
        assert answer.status_code == 200, (ask, answer.status_code, answer.content[:300])

    return asked


def _jobs() -> dict[str, Question]:
    """Each of the scheduler's, done here and now."""
    from django.conf import settings

    from aqad.celery import app

    app.loader.import_default_modules()
    return {entry["task"]: app.tasks[entry["task"]] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
