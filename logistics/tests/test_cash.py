"""Cash on delivery: the driver states what was collected, and it is exactly what is owed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.models import Event
from logistics.tests.conftest import Start, browser
from tests.cast import Api, Cast, workers_run

pytestmark = pytest.mark.django_db

CASH, TOTAL = "cash_on_delivery", "3412.50"


@pytest.mark.parametrize("cash", [None, "", "0", "3412.49", "3412.51", "341.25"])
def test_another_amount_is_refused_and_the_right_one_is_said(start: Start, cash: str | None) -> None:
    trip = start(CASH).leaves()
    answer = trip.hand_over(cash=cash)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["cash"])
    assert TOTAL in answer.json()["message"]
    assert (trip.row.status, trip.row.cash) == ("out_for_delivery", None)


@pytest.mark.parametrize("cash", [TOTAL, 3412.5])
def test_the_right_amount_is_recorded_and_the_payment_captured(cast: Cast, start: Start, cash: Any) -> None:
    trip = start(CASH).leaves()
    answer = trip.hand_over(cash=cash)
    assert answer.json()["data"]["cash"] == TOTAL
    assert trip.row.cash == Decimal(TOTAL)
    assert Event.objects.get(name="delivery.deliver").data["cash"] == TOTAL
    workers_run()
    assert Api(cast.fatima).get(f"/payments/{trip.payment}").json()["data"]["status"] == "captured"


@pytest.mark.parametrize("cash", ["-1", "much", "NaN", "1e30", True])
def test_what_is_no_amount_is_refused(start: Start, cash: Any) -> None:
    answer = start(CASH).leaves().hand_over(cash=cash)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["cash"])


def test_a_wrong_amount_tells_nothing_about_the_code(start: Start) -> None:
    trip = start(CASH).leaves()
    with_right, with_wrong = trip.hand_over(cash="1"), trip.hand_over(cash="1", code="111")
    assert with_right.json() == with_wrong.json()
    assert trip.row.tries == 0


def test_a_paid_order_has_nothing_to_collect(start: Start) -> None:
    trip = start().leaves()
    answer = trip.hand_over(cash="10")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["cash"])
    assert trip.hand_over(cash="0").status_code == 200
    assert trip.row.cash is None


def test_the_driver_reads_what_to_collect_and_no_other_price(cast: Cast, start: Start) -> None:
    trip = start(CASH).leaves()
    told = Api(cast.bilal).get(f"/deliveries/{trip.row.code}").json()["data"]
    assert told["cash_due"] == TOTAL
    page = browser(cast.bilal).get(f"/driver/{trip.row.code}/").content.decode()
    assert "3,412.50" in page
    assert 'name="cash"' in page
    for price in ("32.50", "3,250.00", "162.50"):
        assert f">{price}" not in page
        assert f"AED {price}" not in page


def test_on_his_phone(cast: Cast, start: Start) -> None:
    trip = start(CASH).leaves()
    bilal, path = browser(cast.bilal), f"/driver/{trip.row.code}/moves/deliver/"
    refused = bilal.post(path, {"code": trip.code, "cash": "100"}).content.decode()
    assert "Exactly AED 3412.50" in refused
    bilal.post(path, {"code": trip.code, "cash": TOTAL})
    assert trip.row.cash == Decimal(TOTAL)
    assert "Cash collected" in browser(cast.ahmed).get(f"/orders/{trip.order}/").content.decode()
