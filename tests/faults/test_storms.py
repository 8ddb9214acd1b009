"""Very many at once over HTTP: nothing is sold twice, nobody waits in a circle, twins of a request are one."""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from tests.faults.checks import all_well
from tests.faults.lab import Lab
from tests.faults.load import Customers
from tests.faults.web import Answer

SAME_BYTES = True


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """`work` that many times, all beginning together."""
    together = Barrier(count)

    def one(number: int) -> Any:
        together.wait(60)
        return work(number)

    with ThreadPoolExecutor(count) as hands:
        return list(hands.map(one, range(count)))


def scarce(customers: Customers, units: int) -> str:
    """A new product of the first vendor, of which there are so many."""
    facts = {"name": "Pepsi 330ml", "description": "24 cans", "price": "32.50", "quantity": units}
    more = {"category": "soft-drinks", "brand": "pepsi"}
    return str(customers.web("vendor").sure("POST", "/products", facts | more).data["id"])


def wish(lab: Lab, number: int, product: str, **more: Any) -> dict[str, Any]:
    """One unit by card, for that shop."""
    shop = lab.world["people"]["retailer"][number % lab.shops]
    return {
        "items": [{"product": product, "quantity": 1}],
        "address": shop["address"],
        "payment_method": "card",
    } | more


def storm(lab: Lab, customers: Customers, buyers: int, units: int) -> tuple[str, Counter[int]]:
    """So many buyers for so many units, all at the same moment; the product and the definite answers."""
    product = scarce(customers, units)

    def order(number: int) -> int:
        web = customers.web("retailer", number % lab.shops)
        return web.sure("POST", "/orders", wish(lab, number, product), key=uuid.uuid4().hex).status

    return product, Counter(at_once(buyers, order))


def signed_in(lab: Lab, seed: int, count: int | None = None) -> Customers:
    """Every shop with its token in hand."""
    customers = Customers(lab, seed)
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(lambda n: customers.web("retailer", n).token, range(count or lab.shops)))
    return customers


def test_exactly_what_is_there_is_sold(
    lab: Lab, size: Any, patience: Any, reached: Any, progress: Any
) -> None:
    """G1."""
    form, rounds = size("G1"), 0
    buyers, units = form.buyers, form.units
    customers = signed_in(lab, 1)
    while rounds < form.rounds and (patience or not rounds):
        product, answers = storm(lab, customers, buyers, units)
        assert answers == {201: units, 409: buyers - units}
        stock = lab.rows(
            "SELECT on_hand, reserved FROM catalog_stock WHERE product_id = %s",
            int(product.removeprefix("P")),
        )
        assert stock == [(units, units)]
        rounds += 1
        progress(f"round {rounds} of {form.rounds}: {dict(answers)}")
    assert not customers.ledger.diary.broken
    statuses = customers.ledger.diary.statuses
    all_well(lab, customers.ledger)
    reached(
        "G1",
        f"{buyers} buyers × {units} units × {rounds} rounds: {units} sold each, 0 × 5xx of {statuses.total()}",
    )


def test_many_lines_in_any_order(lab: Lab, size: Any, patience: Any, reached: Any, progress: Any) -> None:
    """G2: baskets that share goods, in random order, never wait for each other in a circle."""
    form, answers, began = size("G2"), Counter[int](), time.monotonic()
    customers = signed_in(lab, 3)

    def buy(number: int) -> int:
        dice = random.Random(number)
        goods = dice.sample(lab.world["goods"], dice.randint(1, 8))
        items = [{"product": each["id"], "quantity": dice.randint(1, 3)} for each in goods]
        body = wish(lab, number, "", items=items, payment_method="cash_on_delivery")
        return (
            customers.web("retailer", number % lab.shops)
            .sure("POST", "/orders", body, key=f"g2-{number}")
            .status
        )

    with ThreadPoolExecutor(form.parallel) as hands:
        for numbers in batches(form.orders, 1_000):
            answers.update(hands.map(buy, numbers) if patience else [])
            progress(f"{answers.total()} of {form.orders} orders")
    count, rate = answers.total(), answers.total() / (time.monotonic() - began)
    assert answers == {201: count}
    assert set(customers.ledger.diary.statuses) <= {200, 201}, customers.ledger.diary.statuses
    all_well(lab, customers.ledger)
    reached(
        "G2", f"{count} orders of 1-8 lines, {form.parallel} at once ({rate:.0f}/s): 0 deadlocks, 0 × 5xx"
    )


def batches(count: int, most: int) -> Iterator[range]:
    """The numbers below `count`, so many at a time."""
    for start in range(0, count, most):
        yield range(start, min(start + most, count))


def twins(lab: Lab, customers: Customers, keys: range, copies: int, at: int = 4) -> list[list[Answer]]:
    """The same requests with the same keys, many times at once."""
    goods = lab.world["goods"]

    def again(number: int) -> list[Answer]:
        body = wish(lab, number, goods[number % len(goods)]["id"])
        web, key = customers.web("retailer", number % lab.shops), f"twin-{customers.seed}-{number}"
        return at_once(copies, lambda _n: web.sure("POST", "/orders", body, key=key))

    with ThreadPoolExecutor(at) as hands:
        return list(hands.map(again, keys))


def test_twins_of_a_key_are_one_order(
    lab: Lab, size: Any, patience: Any, reached: Any, progress: Any
) -> None:
    """G3."""
    form = size("G3")
    customers = signed_in(lab, 4)
    before = lab.rows("SELECT count(*) FROM orders_checkout")[0][0]
    families: list[list[Answer]] = []
    for numbers in batches(form.keys, 50):
        families += twins(lab, customers, numbers, form.twins) if patience else []
        progress(f"{len(families)} of {form.keys} keys")
    keys, copies = len(families), form.twins
    assert lab.rows("SELECT count(*) FROM orders_checkout")[0][0] == before + keys
    for family in families:
        assert {answer.status for answer in family} == {201}
        assert len({answer.data["id"] for answer in family}) == 1
        if SAME_BYTES:
            assert len({answer.raw for answer in family}) == 1
    all_well(lab, customers.ledger)
    bytes_too = ", byte for byte" if SAME_BYTES else ""
    reached("G3", f"{keys} keys × {copies} twins: {keys} orders, {keys * copies} equal answers{bytes_too}")
