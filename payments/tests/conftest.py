"""The real sandbox bank, as a process of its own, for tests that pay."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3
from django.db import connection

from local.ports import HOST, free_port
from payments import actions
from payments.gateways.stripe_line import Line
from payments.models import Payment
from payments.tests.stripe_double import KEY
from payments.tests.stripe_world import BEFORE, NOW, Double, running
from tests.cast import Cast

GOOD, DECLINED, SILENT = "4000000000000077", "4000000000000002", "4000000000000341"
HTTP = urllib3.PoolManager(retries=False, timeout=10)


@dataclass
class Bank:
    """The bank as its cardholders and its control side see it."""

    url: str

    def pay(self, page: str, card: str = GOOD) -> str:
        """Fill in the card form; answers where the bank sends the payer next."""
        fields = {"card_number": card, "expiry": "12/30", "cvc": "123"}
        answer = HTTP.request("POST", page, fields=fields, encode_multipart=False, redirect=False)
        assert answer.status == 303, answer.data[:500]
        return answer.headers["Location"]

    def control(self, path: str, body: Any = None) -> Any:
        """One request to the control side."""
        method = "GET" if body is None else "POST"
        answer = HTTP.request(method, f"{self.url}/control/{path}", json=body)
        assert answer.status < 300, answer.data[:500]
        return answer.json()

    def behave(self, on: str, do: str, times: int = 1) -> None:
        """Have a bad day."""
        self.control("behaviour", {"reference": "*", "on": on, "do": do, "times": times})


@pytest.fixture(scope="session")
def _bank_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    port = free_port()
    env = os.environ | {
        "AQAD_DEMO": "true",
        "SANDBOX_BANK_PORT": str(port),
        "SANDBOX_BANK_STORE": str(tmp_path_factory.mktemp("bank") / "bank.sqlite3"),
        "SANDBOX_BANK_RETRY": "3600",
        "SANDBOX_BANK_HANG_SECONDS": "8",
    }
    process = subprocess.Popen([sys.executable, "-m", "sandbox"], env=env, cwd=Path(__file__).parents[2])
    bank = Bank(f"http://{HOST}:{port}")
    for _ in range(100):
        try:
            HTTP.request("GET", f"{bank.url}/health")
            break
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
    yield bank
    process.terminate()
    process.wait(20)


@pytest.fixture
def bank(_bank_process: Bank, settings: Any) -> Bank:
    """The bank, in a good mood, known to the market."""
    _bank_process.control("reset", {})
    settings.SANDBOX_BANK_URL = _bank_process.url
    settings.SITE_URL = "http://127.0.0.1:1"
    return _bank_process


@pytest.fixture
def owed(cast: Cast) -> Payment:
    """What Fatima owes for 100 cartons of Pepsi."""
    payment: Payment = Payment.objects.coded(cast.order()["payments"][0]["id"]).get()
    return payment


@pytest.fixture
def page(owed: Payment, bank: Bank) -> str:
    """The bank's page for it."""
    return actions.open_page(owed)


@pytest.fixture
def stripe(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    """Stripe in a good mood, known to the market; nobody talks to it inside a transaction."""
    ask = Line.request

    def outside(self: Line, *args: Any, **named: Any) -> Any:
        assert all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)
        return ask(self, *args, **named)

    monkeypatch.setattr(Line, "request", outside)
    with running() as double:
        settings.PAYMENT_GATEWAY = "stripe"
        settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = KEY, double.url
        settings.STRIPE_WEBHOOK_SECRETS = [NOW, BEFORE]
        yield double


@pytest.fixture
def session(stripe: Double, owed: Payment) -> str:
    """Stripe's session for it."""
    actions.open_page(owed)
    owed.refresh_from_db()
    return owed.gateway_ref


def as_json(body: Any) -> bytes:
    return json.dumps(body).encode()
