"""Reconciling with the real sandbox bank, by command and in the Admin."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from core.models import Event
from orders.models import Order
from payments import actions, asking, tasks
from payments.books import Break, Reconciliation
from payments.gateways import sandbox
from payments.models import Payment, Refund
from payments.reconciling import BEGINNING, reconcile
from sandbox.tests.world import KEY, SECRET, SILENT, RunningBank, Shop
from tests.cast import Cast, workers_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(tmp_path: Path, settings: Any) -> Iterator[RunningBank]:
    """A bank of this test's own, whose book begins empty."""
    shop = Shop()
    running = RunningBank(tmp_path / "bank.sqlite3", shop).start()
    settings.SANDBOX_BANK_URL = f"http://127.0.0.1:{running.port}"
    settings.SANDBOX_BANK_KEY, settings.SANDBOX_BANK_CALLBACK_SECRET = KEY, SECRET
    settings.SITE_URL, settings.RATELIMIT_ENABLE = shop.url, False
    yield running
    running.stop(kill=True)
    shop.close()


def order(cast: Cast) -> Payment:
    code = cast.order(1)["payments"][0]["id"]
    payment: Payment = Payment.objects.coded(code).get()
    actions.open_page(payment)
    payment.refresh_from_db()
    return payment


def paid(cast: Cast, bank: RunningBank) -> Payment:
    payment = order(cast)
    bank.pay(payment.gateway_ref, SILENT)
    return payment


def command(*options: str) -> tuple[int, str, str]:
    """Exit code, what was printed, what was said about it."""
    out, code, said = io.StringIO(), 0, ""
    try:
        call_command("reconcile", "--all", "--patience", "0", *options, stdout=out)
    except CommandError as error:
        code, said = error.returncode, str(error)
    return code, out.getvalue(), said


def test_a_callback_that_never_came(cast: Cast, bank: RunningBank) -> None:
    payment = paid(cast, bank)
    code, told, _ = command()
    payment.refresh_from_db()
    assert (code, payment.status, Order.objects.get().status) == (0, "captured", "placed")
    assert "Facts we had missed: 1" in told
    assert "The two books are equal." in told


def test_a_page_whose_address_was_lost(cast: Cast, bank: RunningBank) -> None:
    payment = paid(cast, bank)
    Payment.objects.update(gateway_ref="", gateway_url="")
    assert reconcile("sandbox", since=BEGINNING, patience=timedelta(0)).healed == 1
    payment.refresh_from_db()
    assert payment.gateway_ref


def test_a_refund_whose_answer_was_lost(cast: Cast, bank: RunningBank) -> None:
    payment = paid(cast, bank)
    asking.ask(payment)
    bank.spoil("refund", "drop", payment.code)
    actions.refund_by_staff(payment, payment.amount, "Wet cartons.", cast.sara)
    workers_run()
    assert Refund.objects.get().status == "unknown"
    assert command()[0] == 0
    assert Refund.objects.get().status == "done"
    assert [kind for kind, *_ in bank.book()] == ["capture", "refund"]


def test_a_long_book_comes_in_pages(cast: Cast, bank: RunningBank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "PAGE", 2)
    for _ in range(5):
        paid(cast, bank)
    run = reconcile("sandbox", since=BEGINNING, patience=timedelta(0))
    assert (run.entries, run.healed) == (5, 5)


@pytest.mark.parametrize(
    "line", ["x", None, [], {}, {"kind": "capture"}, {"kind": "refund", "refund": 7, "amount": "x"}], ids=str
)
def test_a_line_we_cannot_read_is_shown_as_it_is(line: Any) -> None:
    entry = sandbox._entry(line)
    assert (entry.kind, entry.reference) == ("unreadable", json.dumps(line))


def test_differences_are_a_table_and_exit_code_1(cast: Cast, bank: RunningBank) -> None:
    payment = paid(cast, bank)
    bank.control("callbacks", {"reference": "PAY999999", "fact": "captured", "amount": "12.50"})
    code, told, said = command()
    assert (code, said) == (1, "Differences that are open: 1")
    [row] = [line for line in told.splitlines() if line.startswith("BRK")]
    assert row.split()[1:3] == ["capture_unknown", "PAY999999"]
    payment.refresh_from_db()
    assert payment.status == "captured"


def test_the_same_as_json(cast: Cast, bank: RunningBank) -> None:
    paid(cast, bank)
    bank.control("callbacks", {"reference": "PAY999999", "fact": "captured", "amount": "12.50"})
    told = json.loads(command("--json")[1])
    assert {name: told[name] for name in ("entries", "healed", "found", "resolved", "open")} == {
        "entries": 2, "healed": 1, "found": 1, "resolved": 0, "open": 1,
    }  # fmt: skip
    [found] = told["breaks"]
    assert (found["what"], found["reference"]) == ("Taken there, no such payment here", "PAY999999")


def test_a_bank_that_is_away_is_exit_code_2(cast: Cast, bank: RunningBank) -> None:
    paid(cast, bank)
    bank.stop(kill=True)
    code, _, said = command()
    assert code == 2
    assert "gave no whole answer" in said
    assert "nothing was changed" in said
    assert not Reconciliation.objects.exists()
    assert Payment.objects.get().status == "pending"


def test_a_wrong_key_is_no_book(cast: Cast, bank: RunningBank, settings: Any) -> None:
    settings.SANDBOX_BANK_KEY = "another"
    code, _, said = command()
    assert code == 2
    assert "no whole answer (status 401)" in said


@pytest.mark.parametrize("since", ["2026-11-01", "2026-11-01T08:00:00Z", "2026-11-01T08:00:00"])
def test_a_window_is_a_date_or_a_time(bank: RunningBank, since: str) -> None:
    out = io.StringIO()
    call_command("reconcile", "--since", since, stdout=out)
    assert "since 2026-1" in out.getvalue()


def test_a_window_that_is_none(bank: RunningBank) -> None:
    with pytest.raises(CommandError, match="yesterday is not an ISO date or time"):
        call_command("reconcile", "--since", "yesterday")


def test_the_workers_do_it_too_and_bear_a_bank_that_is_away(cast: Cast, bank: RunningBank) -> None:
    tasks.books()
    tasks.month()
    assert Reconciliation.objects.filter(finished_at__isnull=False).count() == 2
    bank.stop(kill=True)
    tasks.books()
    assert Reconciliation.objects.count() == 2


@pytest.fixture
def desk(cast: Cast, bank: RunningBank) -> Client:
    """Sara's Admin, with one difference to look into."""
    paid(cast, bank)
    bank.control("callbacks", {"reference": "PAY999999", "fact": "captured", "amount": "12.50"})
    command()
    client = Client()
    client.force_login(cast.sara)
    return client


def close(desk: Client, reason: str) -> str:
    found = Break.objects.get()
    desk.post(f"/admin/payments/break/{found.pk}/moves/close/", {"reason": reason})
    found.refresh_from_db()
    return found.status


def test_sara_finds_it_and_closes_it_with_a_note(desk: Client) -> None:
    page = desk.get("/admin/payments/break/?status=open").content.decode()
    assert "PAY999999" in page
    assert close(desk, "") == "open"
    assert close(desk, "A test of the bank's.") == "closed"
    found = Break.objects.get()
    assert (found.note, found.resolved_at is None) == ("A test of the bank's.", False)
    event = Event.objects.get(subject=found.code, name="break.close")
    assert (event.actor, event.note) == ("Staff Sara", "A test of the bank's.")
    assert "PAY999999" not in desk.get("/admin/payments/break/?status=open").content.decode()
    assert "A test of the bank" in desk.get(f"/admin/payments/break/{found.pk}/change/").content.decode()
    assert command()[0] == 0


def test_nobody_else_closes_it(desk: Client, cast: Cast) -> None:
    desk.force_login(cast.ahmed)
    assert close(desk, "It is mine.") == "open"


def test_the_runs_are_in_view(desk: Client) -> None:
    assert "REC1" in desk.get("/admin/payments/reconciliation/").content.decode()
