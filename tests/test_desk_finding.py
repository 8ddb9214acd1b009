"""Sara finds things: by their codes, in the log, among her own actions."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, bank_says
from tests.desk import listed, of, page
from tests.factories import ProductFactory
from tests.stage import Stage

pytestmark = pytest.mark.django_db


def test_codes_find_their_things_and_no_others(stage: Stage) -> None:
    desk = of(stage)
    bank_says(stage.order(1)["payments"][0]["id"])
    bought, payment = stage.bought.code, stage.payment.code
    expected = {
        "/admin/orders/order/": {bought, payment, stage.shipment.code, stage.bought.checkout.code},
        "/admin/payments/payment/": {payment, bought},
        "/admin/logistics/delivery/": {stage.shipment.code, bought},
    }
    own = {"orders": bought, "payments": payment, "logistics": stage.shipment.code}
    for path, codes in expected.items():
        for code in codes:
            assert listed(desk, f"{path}?q={code.lower()}") == {own[path.split("/")[2]]}, f"{path} {code}"
        assert listed(desk, f"{path}?q=ORD999999") == set()
    assert listed(desk, f"/admin/vendors/vendor/?q={stage.ahmed_foods.pk}") == {stage.ahmed_foods.pk}
    assert listed(desk, f"/admin/catalog/product/?q={stage.ahmed_foods.pk}") == {stage.pepsi.code}


def test_the_log_is_asked_for_a_code_by_its_index(cast: Cast, desk: Client) -> None:
    code = cast.order(1)["orders"][0]["id"]
    with CaptureQueriesContext(connection) as seen:
        desk.get(f"/admin/core/event/?q={code}")
    asked = [one["sql"] for one in seen if "core_event" in one["sql"]]
    assert asked
    assert not [sql for sql in asked if "LIKE" in sql]


@pytest.mark.parametrize("what", ["bought", "payment", "shipment", "pepsi"])
def test_a_code_opens_its_page(what: str, stage: Stage) -> None:
    thing: Any = getattr(stage, what)
    answer = of(stage).get(f"/admin/find/?q={thing.code.lower()}", follow=True)
    assert (answer.status_code, answer.context["original"].code) == (200, thing.code)


def test_anything_else_is_looked_for_in_the_log(desk: Client) -> None:
    assert desk.get("/admin/find/?q=V99X").headers["Location"] == "/admin/core/event/?q=V99X"
    assert desk.get("/admin/find/").headers["Location"] == "/admin/"


@pytest.mark.parametrize(
    "asked", ["id__exact=V1001%00", "status__exact=%00", "business__id__exact=%ed%a0%80%00"]
)
def test_a_filter_that_no_column_can_hold_is_a_wrong_one(
    asked: str, cast: Cast, desk: Client, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ("/admin/vendors/vendor/", "/admin/accounts/user/", "/admin/orders/order/"):
        answer = desk.get(f"{path}?{asked}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{path}?e=1")
    assert not [line for line in caplog.messages if "lower layer" in line]


def test_my_actions_of_today(cast: Cast, desk: Client) -> None:
    desk.post(f"/admin/catalog/product/{cast.pepsi.pk}/moves/hide/", {"reason": "A recall."})
    cast.order(1, product=ProductFactory.create(vendor=cast.ahmed_foods, name="Seven"))
    shown = page(desk, "/admin/core/event/")
    query = re.search(r'href="(\?[^"]*)"[^>]*>My actions today', shown)
    assert query
    rows = desk.get(f"/admin/core/event/{query[1]}").context["cl"].result_list
    assert {row.name for row in rows} == {"product.hide"}
