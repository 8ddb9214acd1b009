"""`manage.py prove_stock`: what operators show to who asks whether AQAD oversells."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog import stock
from catalog.models import Product, Stock
from orders.models import Order
from tests.factories import CategoryFactory, ProductFactory
from tests.test_races import naive, without_constraint

pytestmark = pytest.mark.django_db(transaction=True)


def proved(**options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command("prove_stock", json=True, stdout=out, **options)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def test_it_prints_sold_refused_and_the_ledgers_difference() -> None:
    out = io.StringIO()
    call_command("prove_stock", buyers=12, cartons=5, stdout=out)
    lines = {line[:30].strip(): line[30:].strip() for line in out.getvalue().splitlines()}
    assert (lines["sold"], lines["refused: out of stock"], lines["ledger difference"]) == ("5", "7", "0")
    assert "Exactly what was there was sold." in out.getvalue()


@pytest.mark.parametrize(("buyers", "cartons", "sold"), [(20, 7, 7), (3, 8, 3), (5, 0, 0), (40, 40, 40)])
def test_exactly_what_is_there(buyers: int, cartons: int, sold: int) -> None:
    told = proved(buyers=buyers, cartons=cartons)
    assert (told["sold"], told["refused"], told["errors"], told["difference"]) == (sold, buyers - sold, 0, 0)
    assert told["holds"]


def test_nothing_is_left_on_sale_or_reserved_and_the_second_proof_uses_the_same_shop() -> None:
    CategoryFactory.create()
    pepsi = ProductFactory.create()
    for _ in range(2):
        proved(buyers=4, cartons=2)
    assert list(Product.objects.on_sale()) == [pepsi]
    assert not Stock.objects.exclude(reserved=0).exists()
    assert {order.status for order in Order.objects.all()} == {"cancelled"}
    assert Order.objects.values("retailer").distinct().count() == 1


def test_without_the_guard_it_sees_the_oversell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock, "_reserve", naive)
    out = io.StringIO()
    with without_constraint("catalog_stock", "stock_never_oversold"), pytest.raises(SystemExit) as ended:
        call_command("prove_stock", buyers=12, cartons=4, stdout=out)
    assert ended.value.code == 1
    assert "DOES NOT HOLD" in out.getvalue()


@pytest.mark.parametrize("wrong", [{"buyers": 0}, {"cartons": -1}, {"buyers": 100_000}])
def test_nonsense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="please"):
        proved(**wrong)
