"""Things made from their columns are what their constructors make, and rows that are read those of the ORM."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Model
from django.db.models.signals import post_init

from catalog.models import Movement, Product
from core.making import Read, new, reader, tell
from core.models import Event, Reaction
from orders.models import Checkout, Line, Order
from payments.models import Allocation, Payment
from tests.cast import Cast
from tests.factories import ProductFactory

MADE: tuple[type[Model], ...] = (Allocation, Checkout, Event, Line, Movement, Order, Payment, Reaction)
ANEW = ("_state", "key", "created_at", "at", "due_at")  # what each has of its own


def told(thing: Model) -> dict[str, Any]:
    return {name: value for name, value in vars(thing).items() if name not in ANEW}


@pytest.mark.parametrize("model", MADE)
def test_a_thing_of_which_nothing_is_told_is_as_its_constructor_makes_it(model: type[Model]) -> None:
    mine, usual = new(model), model()
    assert told(mine) == told(usual)
    assert {name: type(value) for name, value in vars(mine).items()} == {
        name: type(value) for name, value in vars(usual).items()
    }
    assert (mine._state.adding, mine._state.db) == (True, None)


def test_what_is_told_and_what_it_leads_to_are_there() -> None:
    order = new(Order, id=7, checkout=new(Checkout, id=3), retailer_id="R2001", total=Decimal("1.50"))
    usual = Order(id=7, checkout=Checkout(id=3), retailer_id="R2001", total=Decimal("1.50"))
    assert told(order) == told(usual)
    assert order.checkout is order.checkout and order.checkout.pk == 3
    assert tell(new(Line), id=1, order=order).order is order


def test_what_is_made_for_each_is_shared_by_none() -> None:
    one, other = new(Event), new(Event)
    assert one.data is not other.data and new(Payment).key != new(Payment).key


@pytest.mark.django_db
def test_what_is_read_is_there_and_what_is_not_is_asked_for(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    row = (cast.pepsi.pk, cast.pepsi.name)
    product = reader(Product).from_db("default", ["id", "name"], row)
    assert (product.pk, product.name, product._state.adding) == (*row, False)
    with django_assert_num_queries(1):
        assert product.price == cast.pepsi.price


@pytest.mark.django_db
def test_who_wants_to_hear_of_each_hears(cast: Cast) -> None:
    def hear(**_: Any) -> None: ...

    assert isinstance(reader(Product), Read)
    post_init.connect(hear, sender=Product)
    try:
        assert reader(Product) is Product
    finally:
        post_init.disconnect(hear, sender=Product)
    assert ProductFactory.create(vendor=cast.ahmed_foods).pk
