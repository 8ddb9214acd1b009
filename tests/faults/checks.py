"""What must be true when everything is quiet again, seen from outside: API, database sums, and the bank's own book."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from decimal import Decimal
from typing import Any

import psycopg

from tests.faults.lab import Lab
from tests.faults.load import Ledger

WAITING = """
SELECT (SELECT count(*) FROM core_reaction WHERE done_at IS NULL AND NOT dead) AS reactions,
       (SELECT count(*) FROM payments_callback WHERE applied_at IS NULL AND NOT parked) AS callbacks,
       (SELECT count(*) FROM payments_payment WHERE method = 'card'
           AND status IN ('created', 'pending', 'unknown')) AS payments,
       (SELECT count(*) FROM payments_refund WHERE status IN ('pending', 'unknown')) AS refunds
"""
DONE = """
SELECT (SELECT count(*) FROM core_reaction WHERE done_at IS NOT NULL OR dead),
       (SELECT count(*) FROM payments_callback WHERE applied_at IS NOT NULL OR parked),
       (SELECT count(*) FROM payments_payment WHERE status NOT IN ('created', 'pending', 'unknown')),
       (SELECT count(*) FROM payments_refund WHERE status NOT IN ('pending', 'unknown'))
"""
BROKEN = {
    "stock within bounds": "SELECT product_id FROM catalog_stock WHERE reserved < 0 OR reserved > on_hand",
    "stock is the sum of its ledger": """
        SELECT s.product_id FROM catalog_stock s JOIN catalog_movement m USING (product_id)
        GROUP BY s.product_id, s.on_hand, s.reserved
        HAVING sum(m.on_hand) <> s.on_hand OR sum(m.reserved) <> s.reserved""",
    "what is reserved is held by lines": """
        SELECT s.product_id FROM catalog_stock s LEFT JOIN orders_line l
            ON l.product_id = s.product_id AND l.hold = 'held'
        GROUP BY s.product_id, s.reserved HAVING coalesce(sum(l.quantity), 0) <> s.reserved""",
    "one hold and at most one end for each line": """
        SELECT line FROM catalog_movement WHERE line IS NOT NULL GROUP BY line
        HAVING count(*) FILTER (WHERE kind = 'hold') <> 1
            OR count(*) FILTER (WHERE kind IN ('release', 'consume')) > 1""",
    "a card order goes on only with its money": """
        SELECT o.id FROM orders_order o JOIN payments_allocation a ON a.order_id = o.id
        JOIN payments_payment p ON p.id = a.payment_id
        WHERE p.method = 'card' AND NOT p.settles AND o.status IN
            ('placed', 'processing', 'ready', 'picked_up', 'out_for_delivery', 'delivered')""",
    "captured = live orders + refunds": """
        SELECT p.id FROM payments_payment p WHERE p.status = 'captured' AND p.method = 'card' AND p.captured <>
            coalesce((SELECT sum(a.amount) FROM payments_allocation a JOIN orders_order o ON o.id = a.order_id
                WHERE a.payment_id = p.id AND p.settles AND o.status NOT IN
                    ('cancelled', 'rejected', 'failed', 'expired')), 0)
            + coalesce((SELECT sum(r.amount) FROM payments_refund r
                WHERE r.payment_id = p.id AND r.status <> 'failed'), 0)""",
    "refunding is the sum of its refunds": """
        SELECT p.id FROM payments_payment p WHERE p.refunding <> coalesce((SELECT sum(r.amount)
            FROM payments_refund r WHERE r.payment_id = p.id AND r.status <> 'failed'), 0)""",
    "history without gaps ends in the status": """
        SELECT o.id FROM orders_order o JOIN core_event e ON e.subject = 'ORD' || o.id AND e.seq IS NOT NULL
        GROUP BY o.id, o.status, o.version HAVING count(*) <> o.version OR max(e.seq) <> o.version
            OR (array_agg(e.after ORDER BY e.seq DESC))[1] <> o.status""",
    "captured once": """
        SELECT subject FROM core_event WHERE name = 'payment.capture' GROUP BY subject HAVING count(*) > 1""",
    "each callback kept once": """
        SELECT encode(body, 'escape') FROM payments_callback GROUP BY body HAVING count(*) > 1""",
    "nothing died": "SELECT handler || ': ' || problem FROM core_reaction WHERE dead",
    "everyone is told once": """
        SELECT event_id, user_id FROM accounts_notification GROUP BY 1, 2 HAVING count(*) > 1""",
}


def later(lab: Lab, seconds: float) -> None:
    """Let time pass for everything that waits: deadlines, leases and pauses come nearer by so much.

    What a worker took within the last ten seconds (its lease is 60) is left alone: it may be at it. So is what is due
    already: workers pass by what somebody else has a lock on.
    """
    by = f"interval '{seconds} seconds'"
    for statement in (
        f"""UPDATE core_reaction SET due_at = due_at - {by} WHERE done_at IS NULL AND NOT dead
            AND due_at > now()
            AND due_at NOT BETWEEN now() + interval '50 seconds' AND now() + interval '60 seconds'""",
        f"""UPDATE accounts_letter SET tried_at = tried_at - {by}
            WHERE sent_at IS NULL AND tried_at < now() - interval '10 seconds'""",
        f"""UPDATE payments_callback SET due_at = due_at - {by}
            WHERE applied_at IS NULL AND NOT parked AND due_at > now()""",
        f"""UPDATE orders_checkout SET reserved_until = reserved_until - {by}, created_at = created_at - {by}
            WHERE reserved_until > now() AND id IN
                (SELECT checkout_id FROM payments_payment WHERE status IN ('created', 'pending', 'unknown'))""",
        f"""UPDATE payments_payment SET asked_at = asked_at - {by}, created_at = created_at - {by}
            WHERE status IN ('created', 'pending', 'unknown') AND asked_at > now()
                - least(greatest(asked_at - created_at, interval '10 seconds'), interval '1 hour')""",
    ):
        _shift(lab, statement)


def _shift(lab: Lab, statement: str) -> None:
    """As superuser past the triggers that freeze rows; a deadlock with the market at work is tried again."""
    for _ in range(5):
        with (
            suppress(psycopg.errors.DeadlockDetected),
            psycopg.connect(lab.env["DATABASE_URL"]) as connection,
        ):
            connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute(statement)
            return


def waiting(lab: Lab) -> dict[str, int]:
    """What is not done yet."""
    names = ("reactions", "callbacks", "payments", "refunds")
    return {name: n for name, n in zip(names, lab.rows(WAITING)[0], strict=True) if n}


def settle_down(lab: Lab, seconds: float = 60) -> float:
    """Until nothing waits any more; how long that took. Unpaid orders are let expire.

    However much there is to do, and however much follows from it, some of it must be done within any `seconds`.
    """
    began = moved = time.monotonic()
    before: tuple[Any, ...] = ()
    later(lab, 3600)
    while left := waiting(lab):
        if (now := lab.rows(DONE)[0]) != before:
            before, moved = now, time.monotonic()
        assert time.monotonic() < moved + seconds, (
            f"stuck: {left}\n{_stuck(lab)}\n{lab.log('worker')[-3000:]}"
        )
        time.sleep(0.5)
        later(lab, 60)
    return time.monotonic() - began


def _stuck(lab: Lab) -> Any:
    return lab.rows(
        "SELECT handler, attempts, problem FROM core_reaction WHERE done_at IS NULL LIMIT 5"
    ) + lab.rows(
        "SELECT id, status, gateway_ref, asked_at FROM payments_payment"
        " WHERE method = 'card' AND status IN ('created', 'pending', 'unknown') LIMIT 5"
    )


def broken(lab: Lab) -> dict[str, list[Any]]:
    """Every rule with its offenders; the market's own audit too where there is one."""
    found = {rule: lab.rows(query) for rule, query in BROKEN.items()}
    return {rule: rows[:5] for rule, rows in found.items() if rows} | _bank(lab) | _audit(lab)


def _bank(lab: Lab) -> dict[str, list[Any]]:
    """Our captures and refunds against the bank's, one by one."""
    theirs = [
        (one["kind"], one["session"], Decimal(one["amount"]), one["currency"])
        for one in lab.control("book")["entries"]
    ]
    ours = lab.rows(
        """SELECT 'capture', gateway_ref, captured, captured_currency FROM payments_payment
               WHERE status = 'captured' AND method = 'card'
           UNION ALL SELECT 'refund', p.gateway_ref, r.amount, p.captured_currency FROM payments_refund r
               JOIN payments_payment p ON p.id = r.payment_id WHERE r.status = 'done'"""
    )
    odd = [row for row in ours if row not in theirs] + [row for row in theirs if row not in ours]
    return {"our book = the bank's": odd} if odd or len(ours) != len(theirs) else {}


def _audit(lab: Lab) -> dict[str, list[Any]]:
    if "audit" not in lab.manage("help", "--commands").stdout.split():
        return {}
    said = lab.manage("audit", "--json")
    assert said.stdout, f"the audit itself failed: {said.stderr[-2000:]}"
    report = json.loads(said.stdout)
    wrong = [each for each in report["checks"] if each["broken"]]
    return {} if report["ok"] else {"audit": [{**each, "name": each["name"][:60]} for each in wrong]}


def missing(lab: Lab, ledger: Ledger) -> dict[str, Any]:
    """Acknowledged and not there, or there and never acknowledged."""
    orders = {f"ORD{pk}" for (pk,) in lab.rows("SELECT id FROM orders_order")}
    moves = {(s, n) for s, n in lab.rows("SELECT subject, split_part(name, '.', 2) FROM core_event")}
    captured = {f"PAY{pk}" for (pk,) in lab.rows("SELECT id FROM payments_payment WHERE status = 'captured'")}
    faults = {
        "orders": [one.code for one in ledger.bought if one.code not in orders],
        "moves": [move for move in ledger.moved if move not in moves],
        "payments": sorted(ledger.paid - captured),
        "answers": ledger.diary.broken[:5],
    }
    return {name: rows for name, rows in faults.items() if rows}


def all_well(lab: Lab, ledger: Ledger, seconds: float = 60) -> float:
    """Quiet, nothing missing, no rule broken. Answers how long the quiet took to come."""
    took = settle_down(lab, seconds)
    lost, wrong = missing(lab, ledger), broken(lab)
    assert not lost, f"acknowledged and lost, or answered badly: {lost}"
    assert not wrong, f"rules broken: {wrong}"
    return took
