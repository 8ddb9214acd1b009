"""Who the tests speak of: a bank process on a free port, and the shop that is called back."""

import hashlib
import hmac
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlencode

KEY, SECRET = "merchant-key", "callback-secret"
PAID, DECLINED, POOR = "4000000000000077", "4000000000000002", "4000000000009995"
LATE, SILENT = "4000000000000259", "4000000000000341"
PROJECT = Path(__file__).parents[2]


@dataclass
class Answer:
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        data = json.loads(self.body)
        assert isinstance(data, dict)
        return data

    @property
    def text(self) -> str:
        return self.body.decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def signature(secret: str, message: bytes, at: int) -> str:
    mac = hmac.new(secret.encode(), f"{at}.".encode() + message, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


def until(true: Callable[[], object], seconds: float = 8) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "It did not come to pass in time."
        time.sleep(0.02)


class Counter(ThreadingHTTPServer):
    """Takes a crowd at once."""

    request_queue_size = 512


class Shop:
    """Fresh Mart's market as the bank sees it: takes callbacks, and answers them as told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        shop, lock = self, Lock()

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with lock:
                    shop.got.append((dict(self.headers), body))
                    status = shop.answers.pop(0) if shop.answers else 200
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = Counter(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def facts(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass
class RunningBank:
    """A bank process; `environ` changes its settings."""

    store: Path
    shop: Shop
    environ: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> "RunningBank":
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox"], cwd=PROJECT, env=self.settings(), stdout=subprocess.DEVNULL
        )
        until(self._alive)
        return self

    def settings(self) -> dict[str, str]:
        own = {
            "AQAD_DEMO": "true",
            "SANDBOX_BANK_PORT": str(self.port),
            "SANDBOX_BANK_KEY": KEY,
            "SANDBOX_BANK_CALLBACK_SECRET": SECRET,
            "SANDBOX_BANK_STORE": str(self.store),
            "SANDBOX_BANK_LATE_SECONDS": "1.5",
            "SANDBOX_BANK_HANG_SECONDS": "1.5",
            "SANDBOX_BANK_RETRY": "0.1,0.2",
        }
        return {"PATH": os.environ["PATH"], **own, **self.environ}

    def stop(self, *, kill: bool = False) -> int:
        assert self.process
        (self.process.kill if kill else self.process.terminate)()
        return self.process.wait(10)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        timeout: float = 10,
    ) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body or None, headers or {})
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def merchant(
        self, method: str, path: str, data: object = None, *, key: str | None = None, timeout: float = 10
    ) -> Answer:
        body = b"" if data is None else json.dumps(data).encode()
        message = f"{method}.{path}.".encode() + body
        headers = {"Sandbox-Merchant": "aqad", "Sandbox-Signature": signature(KEY, message, int(time.time()))}
        if method == "POST":
            headers |= {"Content-Type": "application/json", "Idempotency-Key": key or secrets.token_hex(8)}
        return self.ask(method, path, body, headers, timeout)

    def asked(self, reference: str = "PAY1001", **changes: object) -> dict[str, object]:
        """What the market asks for 100 cartons of Pepsi to Fresh Mart."""
        urls = {
            "return_url": f"{self.shop.url}/payments/return/",
            "callback_url": f"{self.shop.url}/callback",
        }
        return {"reference": reference, "amount": "1312.50", "currency": "AED", **urls, **changes}

    def open(self, reference: str = "PAY1001", **changes: object) -> str:
        answer = self.merchant("POST", "/v1/sessions", self.asked(reference, **changes))
        assert answer.status == 201, answer.text
        return str(answer.json["id"])

    def pay(
        self, session: str, card: str = PAID, expiry: str = "12/30", cvc: str = "123", lang: str = "en"
    ) -> Answer:
        form = urlencode({"card_number": card, "expiry": expiry, "cvc": cvc}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", f"/pay/{session}?lang={lang}", form, kind)

    def seen(self, session: str) -> dict[str, Any]:
        return self.merchant("GET", f"/v1/sessions/{session}").json

    def refund(self, session: str, amount: str, reference: str = "RF1001", key: str | None = None) -> Answer:
        data = {"session": session, "reference": reference, "amount": amount}
        return self.merchant("POST", "/v1/refunds", data, key=key)

    def control(self, path: str, data: object = None) -> Answer:
        if data is None:
            return self.ask("GET", f"/control/{path}")
        return self.ask(
            "POST", f"/control/{path}", json.dumps(data).encode(), {"Content-Type": "application/json"}
        )

    def spoil(self, on: str, do: str, reference: str = "PAY1001", times: int = 1) -> None:
        data = {"reference": reference, "on": on, "do": do, "times": times}
        assert self.control("behaviour", data).status == 201

    def book(self) -> list[tuple[str, str, str, str]]:
        entries = self.control("book").json["entries"]
        return [(one["kind"], one["reference"], one["amount"], one["currency"]) for one in entries]

    def _alive(self) -> bool:
        assert self.process
        assert self.process.poll() is None, "The bank did not start."
        try:
            return self.ask("GET", "/health", timeout=1).status == 200
        except OSError:
            return False
