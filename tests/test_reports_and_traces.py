"""Error reports and traces, each sent to a small double over HTTP; without their settings they are not even imported.

They change a process for good, so each is tried in a process of its own.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import brotli
import pytest
from django.db import connection
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from accounts.models import User
from aqad import reports
from core import binding

ROOT = Path(__file__).parents[1]
REQUEST = "0123456789abcdef0123456789abcdef"

BEGIN = """
import sys, django
django.setup()
from aqad import seeing
from core import releases
releases.started = lambda: None
seeing.begin("web")
from django.test import Client
browser = Client(raise_request_exception=False, headers={"X-Request-ID": "THIS"})
""".replace("THIS", REQUEST)

BREAK = """
from aqad import health
def broken(*_):
    secret_local = "local-secret"
    raise ValueError("no such thing for fatima@example.com\\nDETAIL: Key (phone)=(+97150)")
health._database = broken
browser.cookies["aqad-theme"] = "cookie-secret"
answer = browser.get("/health/ready?search=query-secret", headers={"Authorization": "Bearer token-secret"})
assert answer.status_code == 500
import sentry_sdk
sentry_sdk.flush(5)
"""

TRACE = """
assert browser.get("/api/products/P1?t=query-secret").status_code in (404, 500, 503)
from core.causes import because_of
with because_of("THIS", "accounts.inbox.tell"):
    pass
from opentelemetry import trace
trace.get_tracer_provider().force_flush()
""".replace("THIS", REQUEST)

QUIET = """
heavy = ("sentry_sdk", "opentelemetry.exporter", "opentelemetry.instrumentation", "opentelemetry.proto")
print([name for name in sys.modules if name.startswith(heavy)])
"""


UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
}


class Double(ThreadingHTTPServer):
    """Takes whatever is sent and keeps it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.taken: list[tuple[str, bytes]] = []
        self.address = f"127.0.0.1:{self.server_address[1]}"


class Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        packed = self.headers.get("Content-Encoding", "")
        body = UNPACK.get(packed, bytes)(body)
        assert isinstance(self.server, Double)
        self.server.taken.append((self.path, body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: Any) -> None:
        """In silence."""


@pytest.fixture
def double() -> Iterator[Double]:
    server = Double()
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def run(script: str, tmp_path: Path, **settings: str) -> str:
    values = os.environ | {"AQAD_DEMO": "true", "AQAD_VAR": str(tmp_path), "LOG_LEVEL": "CRITICAL"} | settings
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + script], cwd=ROOT, env=values, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_neither_is_imported_unless_it_is_wanted(tmp_path: Path) -> None:
    assert run(QUIET, tmp_path).strip() == "[]"


def test_a_report_says_what_broke_and_nothing_of_anybody(double: Double, tmp_path: Path) -> None:
    run(BREAK, tmp_path, SENTRY_DSN=f"http://key@{double.address}/1", AQAD_RELEASE="2026.11.3")
    sent = b"".join(body for _path, body in double.taken).decode()
    events = [json.loads(line) for line in sent.splitlines() if '"exception"' in line]
    [event] = [each for each in events if each["exception"]["values"][-1]["type"] == "ValueError"][:1]
    assert event["exception"]["values"][-1]["value"] == "no such thing for •••@•••"
    assert event["request"]["url"].endswith("/health/ready")
    assert (event["release"], event["tags"]["request_id"]) == ("2026.11.3", REQUEST)
    for secret in ("local-secret", "query-secret", "cookie-secret", "token-secret", "fatima@", "+97150"):
        assert secret not in sent


def test_traces_follow_a_request_without_what_it_carried(double: Double, tmp_path: Path) -> None:
    run(TRACE, tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{double.address}")
    spans = []
    for path, body in double.taken:
        assert path == "/v1/traces"
        told = ExportTraceServiceRequest.FromString(body)
        spans += [span for each in told.resource_spans for scope in each.scope_spans for span in scope.spans]
    names = {span.name for span in spans}
    assert "GET api/products/<code:code>" in names
    assert "accounts.inbox.tell" in names
    assert {span.trace_id.hex() for span in spans} == {REQUEST}
    assert b"query-secret" not in b"".join(body for _path, body in double.taken)


@pytest.mark.django_db
def test_a_statement_is_traced_by_its_shape_prepared_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    from aqad import traces

    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr("opentelemetry.trace.get_tracer", provider.get_tracer)
    with connection.execute_wrapper(traces.statement):
        with binding.cursor() as cursor:
            cursor.execute("SELECT $1::text, 'shelf-secret'", ["value-secret"])
        assert not User.objects.filter(name="name-secret").exists()
    spans: tuple[Any, ...] = kept.get_finished_spans()
    prepared, ordinary = spans
    assert (prepared.name, prepared.attributes["db.statement"]) == ("SELECT", "SELECT $1::text, '…'")
    assert ordinary.attributes["db.statement"].startswith("SELECT")
    assert "secret" not in str(ordinary.attributes)


def test_words_are_plain() -> None:
    assert reports.plain("a@b.example is\nDETAIL: Key") == "•••@••• is"
    assert len(reports.plain("x" * 5000)) == reports.LONGEST
