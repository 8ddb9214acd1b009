"""A double of Stripe for the tests: the few calls AQAD makes, over HTTP, with Stripe's rules about keys and errors.

It shares nothing with the adapter. Forms in, JSON out; a key keeps its first answer, even a 500, but no refusal.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

KEY = "sk_test_double"
NAMED = re.compile(r"^/v1/(checkout/sessions|refunds|charges)/?([\w-]*)/?(\w*)$")
PRICE = "line_items[0][price_data]"
PARAMETERS = {
    "sessions": {
        "mode", "allowed_payment_method_types[0]", "adaptive_pricing[enabled]", "line_items[0][quantity]",
        f"{PRICE}[currency]", f"{PRICE}[unit_amount]", f"{PRICE}[product_data][name]", "client_reference_id",
        "metadata[reference]", "payment_intent_data[metadata][reference]", "payment_intent_data[description]",
        "expires_at", "success_url", "cancel_url",
    },
    "refunds": {"payment_intent", "amount", "metadata[reference]", "metadata[payment]"},
    "expire": set(),
    "list": {"created[gte]", "created[lte]", "payment_intent", "limit", "starting_after"},
}  # fmt: skip
Form = dict[str, str]
Row = dict[str, Any]


@dataclass
class Problem(Exception):
    """An error in Stripe's own form."""

    status: int
    type: str = "invalid_request_error"
    code: str = ""

    @property
    def body(self) -> Row:
        told = {"type": self.type, "message": f"{self.code or self.type}."}
        return {"error": told | ({"code": self.code} if self.code else {})}


@dataclass
class Ledger:
    """What Stripe knows. `after` is a bad day for the next request of a kind: it is made after the work is done."""

    sessions: dict[str, Row] = field(default_factory=dict)
    charges: dict[str, Row] = field(default_factory=dict)
    refunds: dict[str, Row] = field(default_factory=dict)
    kept: dict[str, tuple[Any, int, Row]] = field(default_factory=dict)
    refunds_are: str = "succeeded"
    asked: list[tuple[str, str]] = field(default_factory=list)
    lock: RLock = field(default_factory=RLock)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def answer(self, method: str, path: str, form: Form, headers: Any) -> tuple[int, Row]:
        """One request, as Stripe would see to it."""
        with self.lock:
            self.asked.append((method, path))
            if headers.get("Authorization") != f"Bearer {KEY}":
                return 401, Problem(401).body
            try:
                return self._once(method, path, form, headers.get("Idempotency-Key", ""))
            except Problem as problem:
                return problem.status, problem.body

    def keep_failing(self, key: str) -> None:
        """A 500 is the answer to its key from now on, as at Stripe."""
        with self.lock:
            self.kept[key] = (self.kept[key][0], 500, Problem(500, "api_error").body)

    def _once(self, method: str, path: str, form: Form, key: str) -> tuple[int, Row]:
        if method == "GET" or not key:
            return 200, self._do(method, path, form)
        if key in self.kept:
            same, status, told = self.kept[key]
            if same != (path, form):
                raise Problem(400, "idempotency_error")
            return status, told
        made = dict(self._do(method, path, form))
        self.kept[key] = ((path, form), 200, made)
        return 200, made

    def _do(self, method: str, path: str, form: Form) -> Row:
        known = NAMED.match(path)
        if not known:
            raise Problem(404)
        kind, name, verb = known.groups()
        rows = {"checkout/sessions": self.sessions, "refunds": self.refunds, "charges": self.charges}[kind]
        if name and name not in rows:
            raise Problem(404, code="resource_missing")
        which = verb or ("list" if method == "GET" else kind.rpartition("/")[2])
        if set(form) - PARAMETERS[which]:
            raise Problem(400, code="parameter_unknown")
        if verb == "expire":
            return self._expire(rows[name])
        if name:
            return rows[name]
        if method == "GET":
            return _page(path, list(rows.values()), form)
        return self._open(form) if kind == "checkout/sessions" else self._refund(form)

    def _open(self, form: Form) -> Row:
        wait = int(form["expires_at"]) - time.time()
        amount = int(form[f"{PRICE}[unit_amount]"])
        if not 1800 <= wait <= 86_400 or amount < 200 or form["mode"] != "payment":
            raise Problem(400, code="parameter_invalid")
        number = next(self._numbers)
        made = {
            "id": f"cs_test_{number}", "object": "checkout.session", "created": int(time.time()), "mode": "payment",
            "url": f"https://checkout.stripe.com/c/pay/cs_test_{number}#{'x' * 600}", "status": "open",
            "payment_status": "unpaid", "amount_total": amount, "payment_intent": None,
            "currency": form[f"{PRICE}[currency]"], "livemode": False,
            "client_reference_id": form["client_reference_id"], "success_url": form["success_url"],
            "metadata": {"reference": form["metadata[reference]"]},
            "of_intent": form["payment_intent_data[metadata][reference]"],
        }  # fmt: skip
        self.sessions[str(made["id"])] = made
        return made

    def _expire(self, session: Row) -> Row:
        if session["status"] != "open":
            raise Problem(400)
        session |= {"status": "expired", "url": None}
        return session

    def pay(self, ref: str, **other: Any) -> Row:
        """The card form, filled in with a good card; `other` is what Stripe takes instead of what was asked."""
        with self.lock:
            session = self.sessions[ref]
            if session["status"] != "open":
                raise Problem(400)
            session |= {"status": "complete", "payment_status": "paid", "url": None, **other}
            session["payment_intent"] = ref.replace("cs_", "pi_")
            self._charge(session)
            return session

    def _charge(self, session: Row) -> None:
        name = session["id"].replace("cs_", "ch_")
        self.charges[name] = {
            "id": name, "object": "charge", "created": int(time.time()), "status": "succeeded", "captured": True,
            "amount": session["amount_total"], "currency": session["currency"],
            "payment_intent": session["payment_intent"], "metadata": {"reference": session["of_intent"]},
        }  # fmt: skip

    def _refund(self, form: Form) -> Row:
        intent, amount = form["payment_intent"], int(form["amount"])
        paid = sum(row["amount"] for row in self.charges.values() if row["payment_intent"] == intent)
        gone = [row for row in self.refunds.values() if row["payment_intent"] == intent]
        left = paid - sum(row["amount"] for row in gone if row["status"] in ("succeeded", "pending"))
        if amount > left:
            raise Problem(400, code="" if left else "charge_already_refunded")
        charge = next(row for row in self.charges.values() if row["payment_intent"] == intent)
        made = {
            "id": f"re_{next(self._numbers)}", "object": "refund", "created": int(time.time()), "amount": amount,
            "currency": charge["currency"], "payment_intent": intent, "status": self.refunds_are,
            "failure_reason": "expired_or_canceled_card" if self.refunds_are == "failed" else None,
            "metadata": {"reference": form["metadata[reference]"]},
        }  # fmt: skip
        self.refunds[str(made["id"])] = made
        return made


def _page(path: str, rows: list[Row], form: Form) -> Row:
    """A list of theirs: newest first, a page at a time."""
    tests: list[Callable[[Row], bool]] = [
        lambda row: row["created"] >= int(form.get("created[gte]", 0)),
        lambda row: row["created"] <= int(form.get("created[lte]", 2**40)),
        lambda row: form.get("payment_intent", row["payment_intent"]) == row["payment_intent"],
    ]
    fits = [row for row in reversed(rows) if all(test(row) for test in tests)]
    names = [row["id"] for row in fits]
    start = names.index(form["starting_after"]) + 1 if "starting_after" in form else 0
    end = start + int(form.get("limit", 10))
    return {"object": "list", "url": path, "has_more": end < len(fits), "data": fits[start:end]}
