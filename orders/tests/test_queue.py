"""Ahmed works through his orders: the oldest first, many at a time, and packs by slips."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import Event
from orders.models import Order
from tests.cast import Cast
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_limits(settings: Any) -> None:
    settings.OPEN_ORDERS_CAP = 100
    settings.RATELIMIT_ENABLE = False


def desk(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.EmailBackend")
    return client


def placed(cast: Cast, many: int = 1) -> list[str]:
    """So many orders, paid for on delivery; the first is the oldest, by an hour each."""
    codes = [cast.order(2, "cash_on_delivery")["orders"][0]["id"] for _ in range(many)]
    for hours, code in enumerate(reversed(codes)):
        Order.objects.all().coded(code).update(placed_at=timezone.now() - timedelta(hours=hours))
    return codes


def told(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def status(code: str) -> str:
    return str(Order.objects.all().coded(code).get().status)


def test_what_waits_comes_oldest_first_with_counts(cast: Cast) -> None:
    codes = placed(cast, 3)
    page = desk(cast.ahmed).get("/vendor/orders/")
    assert [row.code for row in page.context["page"]] == codes
    counts = {str(tab["label"]): tab["count"] for tab in page.context["tabs"]}
    assert (counts["To do"], counts["To accept"], counts["Delivered"], counts["All"]) == (3, 3, 0, 3)


def test_everything_else_comes_newest_first(cast: Cast) -> None:
    codes = placed(cast, 3)
    page = desk(cast.ahmed).get("/vendor/orders/?status=all")
    assert [row.code for row in page.context["page"]] == codes[::-1]


def test_after_a_day_an_order_is_late(cast: Cast) -> None:
    young, old = placed(cast, 2)
    Order.objects.all().coded(old).update(placed_at=timezone.now() - timedelta(hours=25))
    rows = {row.code: row.is_late for row in desk(cast.ahmed).get("/vendor/orders/").context["page"]}
    assert rows == {young: False, old: True}


def test_many_are_accepted_at_once_each_with_its_own_history(cast: Cast) -> None:
    codes = placed(cast, 3)
    answer = desk(cast.ahmed).post("/vendor/orders/moves/accept/", {"order": codes[:2]})
    assert answer["Location"] == "/vendor/orders/"
    assert [status(code) for code in codes] == ["processing", "processing", "placed"]
    assert Event.objects.filter(name="order.accept", actor=cast.ahmed.label).count() == 2
    assert told(answer) == [f"2 orders: Accepted · {codes[0]}, {codes[1]}"]


def test_one_that_can_not_move_holds_up_no_other(cast: Cast) -> None:
    codes = placed(cast, 2)
    ahmed = desk(cast.ahmed)
    ahmed.post("/vendor/orders/moves/accept/", {"order": codes[:1]})
    answer = ahmed.post("/vendor/orders/moves/ready/", {"order": codes, "status": "placed"})
    assert answer["Location"] == "/vendor/orders/?status=placed"
    assert [status(code) for code in codes] == ["ready", "placed"]
    assert told(answer)[-1].startswith(f"{codes[1]}: This is no longer possible")


def test_strangers_orders_and_unknown_ones_are_answered_alike(cast: Cast) -> None:
    code = placed(cast)[0]
    yusuf = desk(cast.strangers().yusuf)
    answer = yusuf.post("/vendor/orders/moves/accept/", {"order": [code, "ORD999999", "nonsense"]})
    assert told(answer) == [f"{code}: Not found", "ORD999999: Not found", "NONSENSE: Not found"]
    assert status(code) == "placed"


def test_an_order_that_is_not_paid_yet_is_not_there(cast: Cast) -> None:
    code = cast.order()["orders"][0]["id"]
    answer = desk(cast.ahmed).post("/vendor/orders/moves/accept/", {"order": code})
    assert told(answer) == [f"{code}: Not found"]


@pytest.mark.parametrize("move", ["reject", "cancel", "pay", "fly"])
def test_only_accepting_and_making_ready_are_done_to_many(cast: Cast, move: str) -> None:
    code = placed(cast)[0]
    assert desk(cast.ahmed).post(f"/vendor/orders/moves/{move}/", {"order": code}).status_code == 404
    assert status(code) == "placed"


def test_choosing_nothing_is_said(cast: Cast) -> None:
    for path in ("moves/accept/", "packing-slips/"):
        assert told(desk(cast.ahmed).post(f"/vendor/orders/{path}")) == ["No order was chosen."]


def test_a_packing_slip_says_what_and_where_and_no_price(cast: Cast) -> None:
    type(cast.pepsi).objects.filter(pk=cast.pepsi.pk).update(sku="PEP-330")
    code = placed(cast)[0]
    page = desk(cast.ahmed).get(f"/vendor/orders/{code}/packing-slip/").content.decode()
    for text in (code, "PEP-330", "Pepsi 330ml", "Fresh Mart Supermarket", "Al Rigga Road"):
        assert text in page
    assert "32.50" not in page
    assert "AED" not in page


def test_slips_of_many_are_printed_together_and_only_ones_own(cast: Cast) -> None:
    codes = placed(cast, 2)
    ahmed = desk(cast.ahmed)
    page = ahmed.post("/vendor/orders/packing-slips/", {"order": [*codes, "ORD999999"]}, follow=True)
    assert page.content.decode().count('class="sheet"') == 2
    yusuf = desk(cast.strangers().yusuf)
    assert yusuf.get(f"/vendor/orders/packing-slips/?order={codes[0]}").status_code == 404
    assert yusuf.get(f"/vendor/orders/{codes[0]}/packing-slip/").status_code == 404


@pytest.mark.parametrize("path", ["/vendor/orders/?status=all", "/vendor/orders/packing-slips/?{orders}"])
def test_a_longer_list_asks_no_more(cast: Cast, path: str) -> None:
    ahmed, few, many = desk(cast.ahmed), placed(cast, 2), []
    before = _questions(ahmed, path, few)
    cast.pepsi = ProductFactory.create(vendor=cast.ahmed_foods, name="Laban")
    many = few + placed(cast, 4)
    assert _questions(ahmed, path, many) == before


def _questions(client: Client, path: str, codes: list[str]) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path.format(orders="&".join(f"order={code}" for code in codes)))
    assert answer.status_code == 200
    return len(asked)
