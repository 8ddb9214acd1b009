"""The audit beside a market at work: no false alarm, news once, and only of what is really broken."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client
from django.utils import timezone

from core import audit
from core.audit import Invariant, Part
from core.models import Audit, Event, Reaction
from core.moments import share, snapshot
from core.tidying import tidy
from orders import actions as orders
from orders.models import Order
from orders.pricing import Wish
from payments import actions as payments
from payments.models import Payment
from tests.cast import Cast, bank_says, workers_run
from tests.stage import Stage, undone

pytestmark = pytest.mark.django_db


def test_a_refund_that_waits_in_the_outbox_counts_as_written(cast: Cast) -> None:
    made = cast.order(10)
    bank_says(made["payments"][0]["id"])
    orders.cancel(Order.objects.get(), cast.fatima)
    assert broken() == set()
    with undone():
        Reaction.objects.filter(handler="payments.actions.order_ended").update(done_at=timezone.now())
        assert broken() == {"I8"}
    workers_run()
    assert broken() <= {"I16"}


def test_every_kind_of_history_is_whole(db: None, settings: Any) -> None:
    """Of the whole stage: businesses, papers, goods, a file of goods, orders, money, deliveries."""
    settings.RATELIMIT_ENABLE = False
    Stage()
    assert broken() == set()


def test_money_that_came_late_is_on_its_way_back(cast: Cast) -> None:
    made = cast.order(10)
    bank_says(made["payments"][0]["id"], "failed", why="card_declined")
    bank_says(made["payments"][0]["id"], "captured")
    assert broken() == set()


def test_a_favour_of_staff_beside_an_order_is_no_break(cast: Cast) -> None:
    code = cast.order(10)["payments"][0]["id"]
    bank_says(code)
    payments.refund_by_staff(Payment.objects.get(), Decimal(5), "A dented carton", cast.sara)
    assert broken() == set()
    orders.cancel(Order.objects.get(), cast.sara)
    payments.order_ended(Event.objects.get(name="order.cancel"))
    Reaction.objects.filter(handler__startswith="payments.").update(done_at=timezone.now())
    assert broken() == set()


def test_events_from_before_a_handler_was_in_the_map_owe_it_nothing(cast: Cast) -> None:
    """News are demanded from an hour after the first of their kind; goods and money always."""
    cast.order(10)
    with undone():
        Reaction.objects.filter(event__name="order.create").delete()
        assert broken() == set()
    bank_says(Payment.objects.get().code)
    orders.cancel(Order.objects.get(), cast.sara)
    Reaction.objects.filter(event__name="order.cancel", handler="logistics.actions.call_off").delete()
    assert broken() == {"I15"}


def broken() -> set[str]:
    """What does not hold, by number."""
    return set(audit.audit().broken)


def test_staff_hear_of_a_change_and_only_of_a_change(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    names = Event.objects.filter(subject__startswith="AUD").order_by("id").values_list("name", "note")
    for broken_now in ([], ["I3"], ["I3"], ["I3", "I4"], [], []):
        rows = [Invariant(number, number, "SELECT 1", (always(number),)) for number in broken_now]
        monkeypatch.setattr(audit, "invariants", lambda rows=rows: rows)
        run = audit.watch()
        assert run
        assert (run.ok, list(run.broken)) == (not broken_now, broken_now)
        if broken_now == ["I3", "I4"]:
            assert "something is broken" in staff_page(cast, "/admin/")
    assert list(names) == [("audit.broken", "I3"), ("audit.broken", "I3, I4"), ("audit.whole", "")]
    workers_run()
    told = cast.sara.notifications.filter(event__name="audit.broken")
    assert [note.title for note in told] == ["The audit found something that must never be"] * 2
    assert "PAY7" in staff_page(cast, told[0].url)
    assert "PAY7" in staff_page(cast, "/admin/core/audit/")
    assert "all invariants hold" in staff_page(cast, "/admin/")


def always(number: str) -> Part:
    """A part that always finds somebody."""
    return Part(f"{number} is broken", "SELECT 'PAY7' AS who", ())


def staff_page(cast: Cast, url: str) -> str:
    """A page of the Admin as Sara sees it."""
    browser = Client()
    browser.force_login(cast.sara, backend="accounts.backends.EmailBackend")
    answer = browser.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_old_runs_are_forgotten(db: None) -> None:
    old, new = audit.watch(), audit.watch()
    assert old
    assert new
    Audit.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=31))
    assert tidy()["audits"] == 1
    assert list(Audit.objects.all()) == [new]


@pytest.mark.django_db(transaction=True)
def test_no_false_alarm_beside_a_storm_of_orders(settings: Any) -> None:
    """Four buyers order, pay and cancel without a pause; every look sees one moment."""
    settings.RATELIMIT_ENABLE = False
    cast, stop = Cast(), threading.Event()
    storm = [threading.Thread(target=trade, args=(cast, stop, number)) for number in range(4)]
    for one in storm:
        one.start()
    looks: list[Any] = []
    try:
        while Order.objects.count() < 60 or len(looks) < 8:
            looks.append(audit.audit().broken)
    finally:
        stop.set()
        for one in storm:
            one.join()
    assert looks == [{}] * len(looks)
    assert audit.audit().ok


def trade(cast: Cast, stop: threading.Event, number: int) -> None:
    """Order, then pay, cancel or let the bank refuse, again and again."""
    wish = [Wish(cast.pepsi.code, 1)]
    while not stop.is_set():
        with payments.checking_out(wish, address=cast.deira, method="card", by=cast.fatima) as bought:
            pass
        order, payment = bought.placed[0].order, bought.payments[0]
        bank_says(payment.code, "captured" if number % 2 else "failed")
        if number % 2:
            orders.cancel(order, cast.fatima)
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_two_looks_of_the_scheduler_do_not_pile_up() -> None:
    with ThreadPoolExecutor() as pool, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('core.audit'))")
        assert pool.submit(apart, audit.watch).result() is None
    with ThreadPoolExecutor() as pool:
        run = pool.submit(apart, audit.watch).result()
    assert run
    assert run.ok


def apart(look: Any) -> Any:
    """On a connection of its own."""
    try:
        return look()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_look_can_write_nothing() -> None:
    with pytest.raises(InternalError, match="read-only"), snapshot():
        Audit.objects.create(ok=True, seconds=0)


@pytest.mark.django_db(transaction=True)
def test_a_session_beside_sees_the_same_moment() -> None:
    """What breaks after the first session began to look is not in it; without its moment the other sees it."""
    Stage()
    outbox = [row for row in audit.invariants() if row.id == "I16"]

    def overdue() -> None:
        Reaction.objects.update(done_at=None, dead=False, due_at=timezone.now() - timedelta(minutes=2))

    def looked(moment: Any) -> int:
        [found] = audit.beside(moment, iter(outbox), lambda finding: None)
        return found.broken

    with ThreadPoolExecutor(1) as pool, snapshot():
        moment = share()
        pool.submit(apart, overdue).result()
        assert pool.submit(looked, moment).result() == 0
        assert pool.submit(looked, None).result() == Reaction.objects.count()
    assert "I16" in broken()
