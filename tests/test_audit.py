"""The audit finds nothing on a market that is right, and everything that is broken on purpose."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import InternalError, connection, transaction
from django.test import Client, override_settings
from django.utils import timezone

from aqad import demo, stored
from aqad.invariants import INVARIANTS
from core import audit, selftest
from core.audit import Invariant, Part
from core.models import Audit, Event, Reaction
from core.tidying import tidy
from orders import actions as orders
from orders.models import Line, Order
from orders.pricing import Wish
from payments import actions as payments
from payments.models import Payment
from tests.cast import Cast, bank_says, workers_run
from tests.stage import undone

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def whole_demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The demo, loaded once for all tests here and undone after them; answers where its pictures are."""
    public = tmp_path_factory.mktemp("public")
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        with override_settings(MEDIA_ROOT=public):
            demo.load()
        yield public
        transaction.set_rollback(True)


@pytest.fixture
def demo_market(whole_demo: Path, settings: Any) -> None:
    """The demo with its pictures."""
    settings.MEDIA_ROOT = whole_demo


def said(*options: str) -> tuple[int, str]:
    """Exit code and output of `manage.py audit`."""
    out = StringIO()
    try:
        call_command("audit", *options, stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def test_the_demo_is_clean(demo_market: None) -> None:
    code, text = said("--json")
    told = json.loads(text)
    assert [check for check in told["checks"] if check["broken"]] == []
    assert (code, told["ok"]) == (0, True)


@pytest.mark.parametrize("number", [invariant.id for invariant in INVARIANTS])
def test_the_audit_sees_each_break(demo_market: None, number: str) -> None:
    trials = list(selftest.selftest(only=number))
    assert trials
    assert [trial for trial in trials if not trial.seen] == []
    assert audit.audit(files=number == "I21").ok


def test_the_object_for_programs(demo_market: None) -> None:
    told = json.loads(said("--json")[1])
    assert set(told) == {"ok", "checks", "seconds"}
    for check in told["checks"]:
        assert set(check) == {"id", "name", "checked", "broken", "offenders", "seconds"}
        assert (check["broken"], check["offenders"]) == (0, [])
    assert [check["id"] for check in told["checks"]] == [row.id for row in INVARIANTS if row.id != "I21"]
    assert {check["id"] for check in json.loads(said("--json", "--files")[1])["checks"]} >= {"I21"}


def test_what_is_broken_is_named_and_ends_with_1(demo_market: None) -> None:
    with undone():
        Line.objects.filter(order_id=1005).update(hold="released")
        code, text = said()
        assert code == 1
        assert "ORD1005: a line's movements are not those of its state" in text
        assert "BROKEN: I3, I4" in text
        told = json.loads(said("--json")[1])
        assert told["ok"] is False
        assert "ORD1005" in next(check for check in told["checks"] if check["id"] == "I4")["offenders"]
    assert said()[0] == 0


def test_at_most_twenty_offenders_are_listed(demo_market: None) -> None:
    with undone():
        Reaction.objects.update(done_at=None, due_at=timezone.now() - timedelta(hours=1))
        outbox = next(found for found in audit.audit().findings if found.invariant.id == "I16")
    assert outbox.broken > 1000
    assert len(outbox.offenders) == 20


def test_the_self_test_says_what_it_saw(demo_market: None, monkeypatch: pytest.MonkeyPatch) -> None:
    blind = Part(
        "nothing is seen", "SELECT 'x' AS who WHERE false", ("UPDATE catalog_stock SET reserved = 1",)
    )
    monkeypatch.setattr(selftest, "invariants", lambda: [Invariant("I99", "Blind", "SELECT 1", (blind,))])
    code, text = said("--selftest")
    assert (code, text.split()) == (1, ["BLIND", "I99", "nothing", "is", "seen"])
    monkeypatch.setattr(selftest, "invariants", lambda: INVARIANTS[:1])
    code, text = said("--selftest", "--json")
    assert (code, json.loads(text)["ok"]) == (0, True)


def test_the_self_test_is_for_the_demo_only(settings: Any, db: None) -> None:
    settings.TESTING = settings.DEMO = False
    with pytest.raises(CommandError, match="only for AQAD_DEMO"):
        said("--selftest")


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
    Reaction.objects.update(done_at=timezone.now())
    assert broken() <= {"I17"}


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


def test_files_that_no_row_names(demo_market: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "I21" not in audit.audit(files=True).broken
    default_storage.save("products/nobodys.webp", ContentFile(b"x"))
    assert "I21" not in audit.audit(files=True).broken  # a file may be a moment older than its row
    monkeypatch.setattr(stored, "YOUNG", timedelta(0))
    assert audit.audit(files=True).broken["I21"]["offenders"] == ["products/nobodys.webp"]


@pytest.mark.django_db(transaction=True)
def test_no_false_alarm_beside_a_storm_of_orders(settings: Any) -> None:
    """Four buyers order, pay and cancel without a pause; every look sees one moment."""
    settings.RATELIMIT_ENABLE = False
    cast, stop = Cast(), threading.Event()
    storm = [threading.Thread(target=trade, args=(cast, stop, number)) for number in range(4)]
    for one in storm:
        one.start()
    looks = []
    try:
        while Order.objects.count() < 60 or len(looks) < 8:
            looks.append(audit.audit().broken)
    finally:
        stop.set()
        for one in storm:
            one.join()
    assert looks == [{}] * len(looks)
    assert said()[0] == 0


def trade(cast: Cast, stop: threading.Event, number: int) -> None:
    """Order, then pay, cancel or let the bank refuse, again and again."""
    wish = [Wish(cast.pepsi.code, 1)]
    while not stop.is_set():
        with payments.checking_out(wish, address=cast.deira, method="card", by=cast.fatima) as made:
            pass
        order, payment = made.orders.get(), made.payments.get()
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
    with pytest.raises(InternalError, match="read-only"), audit.snapshot():
        Audit.objects.create(ok=True, seconds=0)
