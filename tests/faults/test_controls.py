"""The laboratory looked at itself: with a guard taken away each of its checks must see the damage."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from tests.faults.checks import broken, later, missing, waiting
from tests.faults.lab import Lab
from tests.faults.load import Bought, Customers
from tests.faults.test_callbacks import forge, say, signed, told
from tests.faults.test_storms import at_once, signed_in, storm, twins
from tests.faults.web import CARD


def paid(lab: Lab, customers: Customers, number: int, **behaviour: Any) -> Bought:
    """One order, paid at the bank; settled or not."""
    one = customers.order(number, random.Random(number), payment_method="card")[0]
    if behaviour:
        lab.control("behaviour", {"reference": one.payment, "times": 1} | behaviour)
    customers.pay(one, CARD)
    return one


def until(look: Callable[[], Any], seconds: float = 30) -> Any:
    """What it finds once it finds something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "nobody noticed"
        time.sleep(0.3)
    return found


def captured(lab: Lab, one: Bought) -> bool:
    """Whether its money is with us."""
    return lab.rows("SELECT status FROM payments_payment WHERE id = %s", int(one.payment[3:])) == [
        ("captured",)
    ]


def ref_of(lab: Lab, one: Bought) -> str:
    """The session of its payment at the bank."""
    return str(lab.rows("SELECT gateway_ref FROM payments_payment WHERE id = %s", int(one.payment[3:]))[0][0])


def odd_lines(lab: Lab) -> set[str]:
    """The sessions about which the two books differ."""
    return {row[1] for row in broken(lab).get("our book = the bank's", [])}


def test_every_check_sees_its_damage(spoilt: Lab, reached: Any) -> None:
    """One market after another guard of it is taken away, and what each check says then."""
    customers = signed_in(spoilt, 200, 6)
    good = paid(spoilt, customers, 0)
    until(lambda: captured(spoilt, good))
    until(lambda: not waiting(spoilt))
    assert not broken(spoilt)
    seen = [spoil(spoilt, customers) for spoil in SPOILERS]
    reached("", f"negative controls seen: {', '.join(seen)}")


def lost_order(lab: Lab, customers: Customers) -> str:
    """An acknowledged order that is not in the database, and a move that never was."""
    ledger = customers.ledger
    ledger.bought.append(Bought("ORD999999", "", "", "card", "PAY999999", None, 0, 1))
    ledger.moved.append(("ORD999999", "accept"))
    ledger.paid.add("PAY999999")
    assert set(missing(lab, ledger)) == {"orders", "moves", "payments"}
    ledger.bought.pop()
    ledger.moved.pop()
    ledger.paid.clear()
    return "lost orders, moves and payments"


def copies_kept(lab: Lab, customers: Customers) -> str:
    """Callbacks no longer known by their event."""
    one = customers.order(1, random.Random(1), payment_method="card")[0]
    lab.sabotage("known_event")
    body = told(one, "1.00", "evt_twice", "pending")
    assert [say(lab, body, signed(lab, body))[0] for _ in range(2)] == [200, 200]
    lab.repair()
    assert "each callback kept once" in broken(lab)
    return "a callback kept twice"


def wrong_amount(lab: Lab, customers: Customers) -> str:
    """Too little taken, and nobody looks."""
    lab.sabotage("amount_taken")
    one = paid(lab, customers, 2, on="callback", do="wrong_amount")
    until(lambda: captured(lab, one))
    lab.repair()
    assert ref_of(lab, one) in odd_lines(lab)
    return "a wrong amount taken as right"


def two_refunds(lab: Lab, customers: Customers) -> str:
    """Two of the staff give the whole back at once."""
    one = paid(lab, customers, 3)
    until(lambda: captured(lab, one))
    until(lambda: not waiting(lab).get("reactions"))
    amount = str(lab.rows("SELECT captured FROM payments_payment WHERE id = %s", int(one.payment[3:]))[0][0])

    def give(number: int) -> int:
        body = {"amount": amount, "reason": "A favour"}
        path = f"/payments/{one.payment}/refunds"
        return customers.web("staff").sure("POST", path, body, key=f"two-{time.monotonic()}-{number}").status

    assert customers.web("staff").token
    lab.rows("ALTER TABLE payments_payment DROP CONSTRAINT payment_refunds_within_captured")
    lab.sabotage("refund_guard")
    assert at_once(2, give) == [201, 201]
    lab.repair()
    assert "captured = live orders + refunds" in broken(lab)
    return "a payment given back twice"


def new_refund_key(lab: Lab, customers: Customers) -> str:
    """The bank's answer is lost, and the next try goes under another key."""
    one = paid(lab, customers, 4, on="refund", do="drop")
    until(lambda: captured(lab, one))
    lab.sabotage("refund_key")
    for each in (bought for bought in customers.ledger.bought if bought.payment == one.payment):
        customers.move(customers.web("retailer", 4), each, "cancel")
    over = "SELECT 1 FROM payments_refund WHERE status IN ('done', 'failed') AND payment_id = %s"

    def ended() -> Any:
        later(lab, 60)
        return lab.rows(over, int(one.payment[3:]))

    until(ended)
    lab.repair()
    assert ref_of(lab, one) in odd_lines(lab)
    return "a refund the bank was asked for twice"


def news_thrown_away(lab: Lab, customers: Customers) -> str:
    """What must follow from an order never does."""
    one = paid(lab, customers, 5)
    until(lambda: captured(lab, one))
    lab.sabotage("lost_news")
    assert customers.move(customers.web("retailer", 5), one, "cancel")
    until(lambda: not waiting(lab).get("reactions"))
    lab.repair()
    before = "captured = live orders + refunds"
    assert any(int(one.payment[3:]) in row for row in broken(lab)[before])
    return "news thrown away"


def oversold(lab: Lab, customers: Customers) -> str:
    """Neither the guard of stock nor the constraint behind it."""
    lab.rows("ALTER TABLE catalog_stock DROP CONSTRAINT stock_never_oversold")
    lab.sabotage("stock_guard")
    _product, answers = storm(lab, customers, 24, 6)
    lab.repair()
    assert answers[201] > 6
    assert "what is reserved is held by lines" in broken(lab)
    return "an oversell"


def forgotten_key(lab: Lab, customers: Customers) -> str:
    """Twins that are no longer known by their key."""
    lab.sabotage("same_key")
    family = twins(lab, customers, range(1), 4)[0]
    lab.repair()
    assert len({answer.data["id"] for answer in family}) > 1
    return "twins ordered twice"


def forgery(lab: Lab, customers: Customers) -> str:
    """Callbacks that anybody may write."""
    lab.sabotage("signature")
    one, answers = forge(lab, 30, 51)
    lab.repair()
    assert answers[200]
    until(lambda: captured(lab, one))
    assert ref_of(lab, one) in odd_lines(lab)
    return "a forged callback"


SPOILERS = [
    lost_order, oversold, forgotten_key, copies_kept, forgery, wrong_amount, two_refunds, new_refund_key,
    news_thrown_away,
]  # fmt: skip
