"""Sara's desk in the morning: today's figures, and behind each the list of just those rows."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core.models import Audit, Reaction
from logistics.models import Delivery
from orders.models import Order
from payments import breaks
from payments.books import BreakKind, Reconciliation
from payments.models import Break, Callback, Payment, Refund
from tests.cast import Cast, bank_says, put
from tests.desk import listed, of, page, questions
from tests.factories import VendorFactory
from tests.stage import Stage

pytestmark = pytest.mark.django_db


def figure(desk: Client, label: str) -> tuple[int, str, str]:
    """A figure of the overview: its number, its link, what stands beside it."""
    shown = re.findall(r'<a class="figure[^"]*" href="([^"]+)">(.*?)</a>', page(desk, "/admin/"), re.DOTALL)
    for url, text in shown:
        if f">{label}<" in text:
            number = re.search(r"figure-number\">(\d+)<", text)
            beside = re.search(r"figure-beside\">(.*?)<", text)
            assert number
            return int(number[1]), url, beside[1] if beside else ""
    raise AssertionError(label)


def test_orders_of_today_and_their_value(cast: Cast, desk: Client) -> None:
    bank_says(cast.order(10)["payments"][0]["id"])
    unpaid = cast.order(1)["orders"][0]["id"]
    number, url, beside = figure(desk, "Placed today")
    assert (number, beside) == (1, "AED 341.25")
    assert listed(desk, url) == {Order.objects.get(status="placed").code}
    number, url, beside = figure(desk, "Unpaid, stock held")
    assert number == 1
    assert beside.startswith("oldest: ")
    assert listed(desk, url) == {unpaid}


def test_what_waits_to_be_accepted(cast: Cast, desk: Client) -> None:
    assert figure(desk, "Waiting to be accepted")[0] == 0
    bank_says(cast.order(10)["payments"][0]["id"])
    cast.order(1)
    number, url, _ = figure(desk, "Waiting to be accepted")
    assert (number, listed(desk, url)) == (1, {Order.objects.get(status="placed").code})


def test_vendors_to_review_and_licences_that_end(cast: Cast, desk: Client) -> None:
    nadia = cast.pending_vendor()
    number, url, beside = figure(desk, "Vendors to review")
    assert (number, listed(desk, url)) == (1, {nadia.business_id})
    assert beside.startswith("oldest: ")
    soon = VendorFactory.create(name="Soon", licence_expiry=date.today() + timedelta(days=5))  # noqa: DTZ011
    VendorFactory.create(name="Late", licence_expiry=date.today() + timedelta(days=90))  # noqa: DTZ011
    number, url, _ = figure(desk, "Licences ending within 30 days")
    assert (number, listed(desk, url)) == (1, {soon.pk})


def test_deliveries_that_need_somebody(stage: Stage) -> None:
    desk = of(stage)
    for label in ("Without a carrier", "On the way", "Locked after wrong codes"):
        assert figure(desk, label)[0] == 0
    put(Delivery.objects.all(), "out_for_delivery", tries=5)
    for label in ("On the way", "Locked after wrong codes"):
        number, url, _ = figure(desk, label)
        assert (number, listed(desk, url)) == (1, {stage.shipment.code})
    put(Delivery.objects.all(), "assigned", tries=0, driver=None, carrier=None)
    number, url, _ = figure(desk, "Without a carrier")
    assert (number, listed(desk, url)) == (1, {stage.shipment.code})


def test_money_that_needs_somebody(cast: Cast, desk: Client) -> None:
    row = Payment.objects.coded(cast.order()["payments"][0]["id"]).get()
    put(Payment.objects.all(), "unknown")
    number, url, _ = figure(desk, "Payments being checked")
    assert (number, listed(desk, url)) == (1, {row.code})
    bank_says(row.code)
    desk.post(f"/admin/payments/payment/{row.pk}/refund/", {
        "amount": "65.00", "reason": "Wet.", "key": "8f6f2c1e-0d5b-4f0e-9d4b-2f7f6f1f1c11",
    })  # fmt: skip
    back = Refund.objects.get()
    number, url, _ = figure(desk, "Refunds on their way")
    assert (number, listed(desk, url)) == (1, {back.code})
    put(Refund.objects.all(), "failed")
    Payment.objects.update(refunding=0)
    number, url, _ = figure(desk, "Refunds failed in 7 days")
    assert (number, listed(desk, url)) == (1, {back.code})
    Callback.objects.create(gateway="sandbox", event_id="e1", body=b"?", parked=True)
    Callback.objects.create(gateway="sandbox", event_id="e2", body=b"?")
    number, url, _ = figure(desk, "Callbacks parked")
    assert (number, listed(desk, url)) == (1, {Callback.objects.get(parked=True).code})


def test_the_outbox_that_needs_somebody(cast: Cast, desk: Client) -> None:
    cast.order(1)
    dead = Reaction.objects.first()
    assert dead
    assert figure(desk, "Overdue in the outbox")[0] == 0
    Reaction.objects.update(due_at="2026-01-01T00:00:00Z")
    late = {row.code for row in Reaction.objects.exclude(pk=dead.pk).filter(done_at=None)}
    Reaction.objects.filter(pk=dead.pk).update(dead=True)
    number, url, _ = figure(desk, "Dead letters")
    assert (number, listed(desk, url)) == (1, {dead.code})
    number, url, _ = figure(desk, "Overdue in the outbox")
    assert (number, listed(desk, url)) == (len(late), late)


def test_the_overview_asks_no_more_when_there_is_more(cast: Cast, desk: Client) -> None:
    before = questions(desk, "/admin/")
    assert before <= 14
    cast.order(1)
    cast.order(2)
    cast.pending_vendor()
    cast.pending_vendor()
    assert questions(desk, "/admin/") == before


def test_lists_stand_by_their_work(desk: Client) -> None:
    shown = page(desk, "/admin/")
    titles = ["People and businesses", "Catalogue", "Orders and deliveries", "Money", "System"]
    places = [shown.index(f'<span class="section">{title}</span>') for title in titles]
    assert places == sorted(places)
    assert "app-other" not in shown


def test_differences_of_the_books(cast: Cast, desk: Client) -> None:
    run, now = Reconciliation(gateway="sandbox", started_at=timezone.now()), timezone.now()
    breaks.note(run, BreakKind.CAPTURE_AMOUNT, "PAY9", "s1", "10.00", "12.00", now)
    found = Break.objects.get()
    number, url, _ = figure(desk, "Differences of the books")
    assert (number, listed(desk, url)) == (1, {found.code})
    breaks.close(found, cast.sara, note="The bank took its fee.")
    assert figure(desk, "Differences of the books")[0] == 0


def test_the_last_audit_stands_above_the_figures(cast: Cast, desk: Client) -> None:
    assert "Audit: " not in page(desk, "/admin/")
    Audit.objects.create(ok=True, seconds=0.1)
    assert "Audit: all invariants hold" in page(desk, "/admin/")
    run = Audit.objects.create(ok=False, seconds=0.1, broken={"1": {"offenders": ["P1001"]}})
    shown = page(desk, "/admin/")
    assert "Audit: something is broken" in shown
    assert f"/admin/core/audit/{run.pk}/change/" in shown
