"""When goods can't be handed over: a reason, a fresh delivery, or staff end it and everything goes back."""

from __future__ import annotations

import pytest

from catalog.models import Movement, Stock
from logistics.lifecycle import Failure
from logistics.models import Delivery
from logistics.tests.conftest import Start, Trip, browser
from payments.models import Payment, Refund
from tests.cast import Api, Cast, workers_run

pytestmark = pytest.mark.django_db


def brought_back(start: Start, method: str = "card") -> Trip:
    """Bilal stood before a closed door; the workers have done what follows."""
    trip = start(method).leaves()
    assert trip.move(trip.cast.bilal, "fail", {"reason": "closed"}).status_code == 200
    workers_run()
    return trip


@pytest.mark.parametrize("reason", [name for name in Failure.values if name != "other"])
def test_a_reason_of_the_list_with_or_without_words(start: Start, reason: str) -> None:
    trip = start().leaves()
    answer = trip.move(trip.cast.bilal, "fail", {"reason": reason, "note": "Nobody answers."})
    told = answer.json()["data"]
    assert (told["status"], told["failure"]) == ("failed", reason)
    assert told["note"] == f"{Failure(reason).label} Nobody answers."
    assert told["failed_at"]


@pytest.mark.parametrize("body", [{"reason": "Road flooded."}, {"reason": "other", "note": "Road flooded."}])
def test_a_reason_in_words(start: Start, body: dict[str, str]) -> None:
    trip = start().leaves()
    told = trip.move(trip.cast.bilal, "fail", body).json()["data"]
    assert (told["failure"], told["note"]) == ("other", "Road flooded.")


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "other"}, {"reason": "  "}])
def test_without_a_reason_it_is_refused(start: Start, body: dict[str, str]) -> None:
    trip = start().leaves()
    answer = trip.move(trip.cast.bilal, "fail", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["reason"])
    assert trip.row.status == "out_for_delivery"


def test_it_waits_again_with_a_fresh_delivery_and_everybody_knows(cast: Cast, start: Start) -> None:
    trip = brought_back(start)
    assert trip.told(cast.fatima)["status"] == "ready"
    assert list(Delivery.objects.order_by("pk").values_list("status", flat=True)) == ["failed", "assigned"]
    for person in (cast.fatima, cast.ahmed, cast.sara):
        titles = [note["title"] for note in Api(person).get("/notifications").json()["data"]]
        assert any("could not be delivered" in title for title in titles)
    assert "The shop was closed." in browser(cast.ahmed).get(f"/orders/{trip.order}/").content.decode()


def test_the_second_attempt_takes_no_stock_again(cast: Cast, start: Start) -> None:
    trip = brought_back(start).leaves()
    assert trip.hand_over().status_code == 200
    stock = Stock.objects.get(product=cast.pepsi)
    assert (stock.on_hand, stock.reserved) == (400, 0)
    assert Movement.objects.filter(kind="consume").count() == 1


def test_a_reason_reads_in_arabic(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    trip.move(cast.bilal, "fail", {"reason": "closed", "note": "حاولت مرتين"})
    page = browser(cast.fatima).get(f"/orders/{trip.order}/", headers={"Accept-Language": "ar"})
    assert "كان المتجر مغلقاً. حاولت مرتين" in page.content.decode()


def test_on_his_phone(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    bilal, path = browser(cast.bilal), f"/driver/{trip.row.code}/moves/fail/"
    assert "form-label" in bilal.post(path, {"reason": "weather"}).content.decode()
    assert trip.row.status == "out_for_delivery"
    assert bilal.post(path, {"reason": "damaged", "note": ""}).status_code == 302
    assert trip.row.failure == "damaged"


def all_is_back(trip: Trip) -> None:
    """500 cartons stand at Ahmed's, put back once; the waiting delivery is called off; the order is cancelled."""
    workers_run()
    stock = Stock.objects.get(product=trip.cast.pepsi)
    assert (stock.on_hand, stock.reserved) == (500, 0)
    assert Movement.objects.filter(kind="return").count() == 1
    assert not Movement.objects.filter(kind="release").exists()
    assert set(Delivery.objects.values_list("status", flat=True)) == {"failed"}
    assert trip.told(trip.cast.fatima)["status"] == "cancelled"


def test_staff_cancel_through_the_api_and_the_card_is_refunded(cast: Cast, start: Start) -> None:
    trip = brought_back(start)
    path = f"/orders/{trip.order}/moves/cancel"
    assert Api(cast.fatima).post(path).status_code == 409
    assert Api(cast.sara).post(path, {"reason": "The shop has moved."}).status_code == 200
    all_is_back(trip)
    refund = Refund.objects.get()
    assert (str(refund.amount), refund.reason) == ("3412.50", "The shop has moved.")
    assert Api(cast.sara).post(path).status_code == 409


def test_staff_cancel_in_the_admin(cast: Cast, start: Start) -> None:
    trip = brought_back(start)
    path = f"/admin/orders/order/{trip.row.order_id}/moves/cancel/"
    assert browser(cast.sara).post(path, {"reason": "The shop has moved."}).status_code == 302
    all_is_back(trip)
    assert Refund.objects.count() == 1


def test_cancelled_cash_is_not_owed_any_more(cast: Cast, start: Start) -> None:
    trip = brought_back(start, "cash_on_delivery")
    Api(cast.sara).post(f"/orders/{trip.order}/moves/cancel")
    all_is_back(trip)
    assert Payment.objects.get().status == "failed"
    assert not Refund.objects.exists()


def test_a_delivery_called_off_can_not_be_picked_up(cast: Cast, start: Start) -> None:
    trip = brought_back(start)
    trip.move(cast.bilal, "take")
    Api(cast.sara).post(f"/orders/{trip.order}/moves/cancel")
    assert trip.move(cast.bilal, "pick_up").status_code == 409
    all_is_back(trip)
    titles = [note["title"] for note in Api(cast.bilal).get("/notifications").json()["data"]]
    assert "A delivery was called off" in titles


def test_staff_end_what_a_driver_who_left_can_not(start: Start) -> None:
    """His account is closed with the goods in his van: Sara says what became of them, and it is sent anew."""
    trip = start().leaves()
    first = trip.row
    trip.cast.bilal.is_active = False
    trip.cast.bilal.save(update_fields=["is_active"])
    desk = browser(trip.cast.sara)
    page = f"/admin/logistics/delivery/{first.pk}"
    assert "Not delivered" in desk.get(f"{page}/change/").content.decode()
    assert "say why" in desk.post(f"{page}/moves/fail/", follow=True).content.decode()
    desk.post(f"{page}/moves/fail/", {"reason": "The driver has left; the carrier brought the goods back."})
    workers_run()
    assert (Delivery.objects.get(pk=first.pk).status, trip.row.status) == ("failed", "assigned")
    assert trip.told(trip.cast.fatima)["status"] == "ready"
