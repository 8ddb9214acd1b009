"""Stock that does not add up: each cause is planted, found and named, with the whole trail of a product."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, connection
from django.db.models.functions import Now

from aqad.diagnosis.grammar import reading
from catalog.models import Movement, Stock
from orders.models import Checkout, Line
from payments.models import Callback
from tests.cast import Api, Cast
from tests.diagnosis.conftest import Ask, evidence, whats


def sql(*statements: str) -> None:
    """Past the market, as somebody with a shell would."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def silenced(table: str, *statements: str) -> None:
    """With the table's own guards asleep."""
    sql("SET CONSTRAINTS ALL IMMEDIATE", f"ALTER TABLE {table} DISABLE TRIGGER USER", *statements)


def test_a_market_that_is_well(cast: Cast, ask: Ask) -> None:
    cast.order(100)
    told = ask("inventory", "--product", cast.pepsi.code)
    assert told["healthy"], told["findings"]
    trail = told["measured"][f"the trail of {cast.pepsi.code}"]
    assert any("receive +500/+0 by AQAD → 500/0" in line for line in trail), trail
    assert any("hold +0/+100 ORD" in line and "Retailer" in line for line in trail)


def test_a_line_of_the_ledger_that_was_altered(cast: Cast, ask: Ask) -> None:
    silenced("catalog_movement", "UPDATE catalog_movement SET on_hand = 450 WHERE kind = 'receive'")
    told = ask("inventory", "--product", cast.pepsi.code)
    assert whats(told)[0] == f"Row and ledger of {cast.pepsi.code} differ"
    assert "500/0" in evidence(told, "Row and ledger")
    assert cast.pepsi.code in evidence(told, "I2 does not hold")
    assert "catalog_movement_append_only is off" in evidence(told, "Guards of the schema")


def test_a_guard_that_is_off(cast: Cast, ask: Ask) -> None:
    sql("SET CONSTRAINTS ALL IMMEDIATE", "ALTER TABLE catalog_stock DROP CONSTRAINT stock_never_oversold")
    assert "stock_never_oversold" in evidence(ask("inventory"), "Guards of the schema")


def test_a_hold_without_an_order(cast: Cast, ask: Ask) -> None:
    Movement.objects.create(product=cast.pepsi, kind="hold", reserved=5, line=999_999, actor="Retailer R2001")
    Stock.objects.filter(pk=cast.pepsi.pk).update(reserved=5)
    told = ask("inventory", "--product", cast.pepsi.code)
    assert cast.pepsi.code in evidence(told, "I3 does not hold")
    assert cast.pepsi.code in evidence(told, "I4 does not hold")
    assert any(
        "line 999999 (not there)" in line for line in told["measured"][f"the trail of {cast.pepsi.code}"]
    )


def test_a_hold_beyond_its_time(cast: Cast, ask: Ask) -> None:
    made = cast.order(5)
    Checkout.objects.update(reserved_until=Now() - timedelta(hours=1))
    assert made["orders"][0]["id"] in evidence(ask("inventory"), "Unpaid orders hold stock")
    assert Line.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_copies_that_are_stale(ask: Ask) -> None:
    cast = Cast()
    assert Api().get(f"/products/{cast.pepsi.code}").json()["data"]["price"] == "32.50"
    assert "Buyers are told what is not so" not in whats(ask("inventory", "--product", cast.pepsi.code))
    sql(f"UPDATE catalog_product SET price = 1 WHERE id = {cast.pepsi.pk}")
    told = evidence(ask("inventory", "--product", cast.pepsi.code), "Buyers are told")
    assert told == f"{cast.pepsi.code} price: told '32.50', is '1.00'"


def test_corrections_that_stand_out(cast: Cast, ask: Ask) -> None:
    Movement.objects.create(
        product=cast.pepsi, kind="adjust", on_hand=-490, actor="Vendor V1001", reason="oops"
    )
    Stock.objects.filter(pk=cast.pepsi.pk).update(on_hand=10)
    assert "-490 of 500 by Vendor V1001: oops" in evidence(ask("inventory"), "Corrections took nearly all")


def test_corrections_again_and_again(cast: Cast, ask: Ask) -> None:
    for change in (1, -1) * 5:
        Movement.objects.create(product=cast.pepsi, kind="adjust", on_hand=change, actor="Vendor V1001")
    assert "10 times by Vendor V1001" in evidence(ask("inventory"), "The same stock is corrected")


def test_movements_of_nobody(cast: Cast, ask: Ask) -> None:
    Movement.objects.create(product=cast.pepsi, kind="adjust", on_hand=-1, actor="")
    Stock.objects.filter(pk=cast.pepsi.pk).update(on_hand=499)
    assert cast.pepsi.code in evidence(ask("inventory"), "Movements without a name")


def test_callbacks_that_wait_and_those_nobody_understood(cast: Cast, ask: Ask) -> None:
    facts = {"gateway": "sandbox", "body": b"{}"}
    Callback.objects.create(event_id="1", received_at=Now() - timedelta(hours=1), **facts)
    Callback.objects.create(event_id="2", parked=True, problem="not a callback", **facts)
    told = ask("inventory")
    assert evidence(told, "Callbacks wait")
    assert "not a callback" in evidence(told, "Callbacks that nobody understood")


def test_a_product_that_is_not_there(cast: Cast, ask: Ask) -> None:
    assert whats(ask("inventory", "--product", "P999999")) == ["There is no such product"]


def test_as_a_page_for_people(cast: Cast) -> None:
    out = io.StringIO()
    call_command("diagnose", "inventory", stdout=out)
    assert "Nothing suspicious found." in out.getvalue()
    sql("SET CONSTRAINTS ALL IMMEDIATE", "ALTER TABLE catalog_stock DROP CONSTRAINT stock_never_oversold")
    with pytest.raises(SystemExit):
        call_command("diagnose", "inventory", stdout=out)
    assert "1. Guards of the schema are off or gone  [93]" in out.getvalue()


def test_options_that_do_not_belong(cast: Cast) -> None:
    with pytest.raises(CommandError):
        call_command("diagnose", "slow-catalog", "--product", "P1001")


def test_nothing_can_be_changed(cast: Cast) -> None:
    with pytest.raises(InternalError, match="read-only"), reading():
        Stock.objects.update(on_hand=1)
    assert Stock.objects.get().on_hand == 500


def test_nothing_is_changed(cast: Cast, ask: Ask) -> None:
    cast.order(3)
    before = _everything()
    for what in ("slow-catalog", "logins", "inventory"):
        ask(what)
    assert _everything() == before


def _everything() -> dict[str, int]:
    from django.apps import apps

    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}
