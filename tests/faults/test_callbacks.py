"""Callbacks: many copies in any order while workers die, and forgeries of every kind."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import urllib3

from payments.gateways.sandbox import sign
from tests.faults.checks import all_well, broken
from tests.faults.lab import Lab
from tests.faults.load import Bought
from tests.faults.test_storms import batches, signed_in
from tests.faults.test_valkey_away import percentile
from tests.faults.web import HTTP


def told(one: Bought, amount: Any, event: str, fact: str = "captured", **more: Any) -> bytes:
    """What the bank would say of a payment."""
    body = {
        "event_id": event, "fact": fact, "merchant": "aqad", "reference": one.payment, "session": f"sess_{event}",
        "amount": str(amount), "currency": "AED", "failure": None, "at": "2026-11-23T08:00:00Z",
    }  # fmt: skip
    return json.dumps(body | more).encode()


def signed(lab: Lab, body: bytes) -> str:
    """As the bank signs it, now."""
    return sign(lab.env["SANDBOX_BANK_CALLBACK_SECRET"], int(time.time()), body)


def say(lab: Lab, body: bytes, signature: str) -> tuple[int, float]:
    """One delivery: the market's answer and how long it took."""
    began = time.monotonic()
    headers = {"Sandbox-Signature": signature, "Content-Type": "application/json"}
    try:
        answer = HTTP.request("POST", f"{lab.url}/api/payments/webhooks/sandbox", body=body, headers=headers)
    except urllib3.exceptions.HTTPError:
        return 0, time.monotonic() - began
    return answer.status, time.monotonic() - began


def test_copies_in_any_order_while_workers_die(
    lab: Lab, size: Any, patience: Any, reached: Any, progress: Any
) -> None:
    """G4: the bank's own volleys of 1 to 5 copies, several facts for each payment, workers killed every 2 s.

    Nothing helps time along: what a dead worker had taken comes back by itself.
    """
    dice, wanted, kills = random.Random(4), size("G4").payments, lab.kills
    customers, payments = signed_in(lab, 40), list[Bought]()
    answers: Counter[int] = Counter()

    def opened(number: int) -> Bought:
        one = customers.order(number % lab.shops, random.Random(number), payment_method="card")[0]
        assert customers.web("retailer", one.shop).open_page(str(one.link))
        return one

    def volley(fact: tuple[str, str]) -> list[int]:
        order = {"reference": fact[0], "fact": fact[1], "times": random.Random(str(fact)).randint(1, 5)}
        return list(lab.control("callbacks", order | {"parallel": True})["statuses"])

    for numbers in batches(wanted, 100):
        if payments and not patience:
            break
        with ThreadPoolExecutor(8) as hands:
            fresh = list(hands.map(opened, numbers))
        facts = [(one.payment, fact) for one in fresh for fact in ("pending", "captured", "failed")]
        dice.shuffle(facts)
        with ThreadPoolExecutor(4) as hands:
            sent = [hands.submit(volley, fact) for fact in facts]
            while not all(each.done() for each in sent):
                time.sleep(2)
                lab.kill("worker") if dice.random() < 0.3 else lab.kill_one(dice, ("worker",))
        answers.update(status for each in sent for status in each.result())
        payments += fresh
        progress(f"{3 * len(payments)} of {3 * wanted} facts, {lab.kills - kills} kills")
    killed = time.monotonic()
    while left := lab.rows("SELECT 1 FROM payments_callback WHERE applied_at IS NULL AND NOT parked"):
        assert time.monotonic() < killed + 60, f"{len(left)} callbacks wait"
        time.sleep(0.2)
    applied = time.monotonic() - killed
    assert set(answers) == {200}, answers
    captured = lab.rows("SELECT 'PAY' || id FROM payments_payment WHERE status = 'captured'")
    assert {one.payment for one in payments} <= {code for (code,) in captured}
    all_well(lab, customers.ledger)
    reached(
        "G4", f"{3 * len(payments)} facts in {answers.total()} copies, {lab.kills - kills} kills: 0 lost, 0 twice, all"
        f" applied {applied:.0f} s after the last",
    )  # fmt: skip


def test_intake_is_quick(lab: Lab, size: Any, reached: Any) -> None:
    """G4: at 200 a second the bank has its answer within 100 ms, nearly always."""
    one = signed_in(lab, 41, 1).order(0, random.Random(41), payment_method="card")[0]
    count = size("G4").told
    began = time.monotonic()

    def tell(number: int) -> tuple[int, float]:
        time.sleep(max(0.0, began + number / 200 - time.monotonic()))
        body = told(one, "1.00", f"evt_quick_{number % (count // 2)}", "pending")
        return say(lab, body, signed(lab, body))

    with ThreadPoolExecutor(16) as hands:
        answers = list(hands.map(tell, range(count)))
    rate = count / (time.monotonic() - began)
    assert {status for status, _ in answers} == {200}
    slow = percentile([seconds for _, seconds in answers], 0.99)
    reached("G4", f"intake at {rate:.0f}/s: p99 {slow * 1000:.0f} ms (goal 100 ms at 200/s)")


def mutants(dice: random.Random, body: bytes, secret: str, now: int) -> tuple[bytes, str]:
    """A true callback with something wrong: a byte, a field, the key, the time, or the header."""
    good = sign(secret, now, body)
    at = dice.randrange(len(body))
    other = json.dumps(json.loads(body) | dice.choice([
        {"amount": "0.01"}, {"currency": "USD"}, {"reference": "PAY1"}, {"merchant": "other"}, {"fact": "failed"},
        {"event_id": "evt_else"}, {"session": "sess_else"},
    ])).encode()  # fmt: skip
    mac = dice.randrange(good.index("v1=") + 3, len(good))
    return dice.choice([
        lambda: (body[:at] + bytes([body[at] ^ 1 << dice.randrange(8)]) + body[at + 1 :], good),
        lambda: (body[:at] + body[at + 1 :], good),
        lambda: (body[:at] + bytes([dice.randrange(256)]) + body[at:], good),
        lambda: (other, good),
        lambda: (body, sign(secret[::-1], now, body)),
        lambda: (body, sign("", now, body)),
        lambda: (body, sign(secret, now + dice.choice([-1, 1]) * dice.randint(360, 10**6), body)),
        lambda: (body, good.replace(f"t={now}", f"t={now + dice.randint(1, 200)}")),
        lambda: (body, good[:mac] + dice.choice("ghxyz ") + good[mac + 1 :]),
        lambda: (body, good[: -dice.randint(1, 64)]),
        lambda: (body, dice.choice(["", "v1=", "t=,v1=", f"t={now}", good.replace("v1", "v0"), good.upper()])),
        lambda: (body, f"t={now},v1="),
    ])()  # fmt: skip


def forge(lab: Lab, count: int, seed: int) -> tuple[Bought, Counter[int]]:
    """So many forgeries about one payment."""
    one = signed_in(lab, seed, 1).order(0, random.Random(seed), payment_method="card")[0]
    amount = lab.rows("SELECT amount FROM payments_payment WHERE id = %s", int(one.payment[3:]))[0][0]
    dice, secret = random.Random(seed), lab.env["SANDBOX_BANK_CALLBACK_SECRET"]
    made = [
        mutants(dice, told(one, amount, f"evt_{seed}_{n}"), secret, int(time.time())) for n in range(count)
    ]
    with ThreadPoolExecutor(8) as hands:
        return one, Counter(status for status, _ in hands.map(lambda each: say(lab, *each), made))


def test_no_forgery_is_accepted(lab: Lab, size: Any, patience: Any, reached: Any, progress: Any) -> None:
    """G5."""
    wanted, answers = size("G5").mutants, Counter[int]()
    before = lab.rows("SELECT count(*) FROM payments_callback")
    for numbers in batches(wanted, 1_000):
        if answers and not patience:
            break
        one, said = forge(lab, len(numbers), 50 + numbers.start)
        answers += said
        status = lab.rows("SELECT status FROM payments_payment WHERE id = %s", int(one.payment[3:]))
        assert status == [("created",)]
        progress(f"{answers.total()} of {wanted} mutants")
    count = answers.total()
    assert answers == {401: count}
    assert lab.rows("SELECT count(*) FROM payments_callback") == before
    assert not broken(lab)
    reached("G5", f"{count} mutants of a true callback: 0 accepted, all 401, 0 rows")
