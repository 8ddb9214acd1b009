"""Stripe's side in a test: the double behind a port, its bad days, its signed events."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.test import Client

from payments.tests.stripe_double import Ledger, Problem

NOW, BEFORE = "whsec_now", "whsec_before"
PATH = "/api/payments/webhooks/stripe"
STATUSES = {"error": (500, "api_error"), "away": (503, "api_error"), "busy": (409, "invalid_request_error"),
            "limited": (429, "invalid_request_error"), "declined": (402, "card_error"),
            "forbidden": (403, "invalid_request_error"), "mismatch": (400, "idempotency_error")}  # fmt: skip
RUBBISH = {"garbage": b"<html>", "list": b"[]", "empty": b"{}", "huge": b" " * (3 * 1024 * 1024)}


def sign(body: bytes, secret: str = NOW, at: float | None = None) -> str:
    """The header Stripe sends: `t=<unix>,v1=<hex hmac-sha256 of "t.body">`."""
    moment = int(time.time() if at is None else at)
    mac = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={mac.hexdigest()}"


def event(kind: str, thing: Any, name: str = "evt_1", **facts: Any) -> bytes:
    """What Stripe says happened."""
    told = {"id": name, "object": "event", "type": kind, "livemode": False, "data": {"object": thing}}
    return json.dumps(told | facts).encode()


def post(body: bytes, signature: str | None = None) -> int:
    """Deliver it to the market, well signed unless told otherwise."""
    headers = {"Stripe-Signature": sign(body) if signature is None else signature}
    return Client().post(PATH, body, content_type="application/json", headers=headers).status_code


class Double:
    """Stripe on a port of its own. `bad` names the bad day of the next requests whose path contains the word."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.bad: list[tuple[str, str, str]] = []
        self.hung = Event()
        double = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                double.serve(self, "GET", dict(parse_qsl(urlsplit(self.path).query)))

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                double.serve(self, "POST", dict(parse_qsl(raw.decode())))

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def behave(self, method: str, word: str, do: str) -> None:
        """Have a bad day, once."""
        self.bad.append((method, word, do))

    def serve(self, door: BaseHTTPRequestHandler, method: str, form: dict[str, str]) -> None:
        path = urlsplit(door.path).path
        do = self._mood(method, path)
        if do in STATUSES and do != "error":
            status, kind = STATUSES[do]
            _send(door, status, json.dumps(Problem(status, kind).body).encode())
            return
        status, told = self.ledger.answer(method, path, form, door.headers)
        body = json.dumps(told).encode()
        if do == "error":
            self.ledger.keep_failing(door.headers["Idempotency-Key"])
            status, body = 500, json.dumps(Problem(500, "api_error").body).encode()
        if do == "moved":
            _send(door, 302, b"", Location=f"{self.url}/v1/refunds")
        elif do == "hang":
            self.hung.wait(20)
            door.close_connection = True
        elif do == "drop":
            door.close_connection = True
            door.connection.close()
        else:
            _send(door, status, RUBBISH.get(do, body))

    def _mood(self, method: str, path: str) -> str:
        for mood in self.bad:
            if mood[0] == method and mood[1] in path:
                self.bad.remove(mood)
                return mood[2]
        return ""

    def close(self) -> None:
        self.hung.set()
        self.server.shutdown()
        self.server.server_close()


def _send(door: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    door.send_response(status)
    for name, value in {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **headers,
    }.items():
        door.send_header(name, value)
    door.end_headers()
    door.wfile.write(body)


@contextmanager
def running() -> Iterator[Double]:
    """Stripe, until the test is over."""
    double = Double()
    try:
        yield double
    finally:
        double.close()
