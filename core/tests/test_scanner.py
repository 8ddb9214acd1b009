"""The virus scanner, played by a small double that speaks clamd's protocol and knows one virus."""

from __future__ import annotations

import contextlib
import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from core.tests.hostile import EICAR
from core.tests.papers import drawn, pdf, sent
from tests.cast import Api, Cast
from vendors.models import Document, Vendor
from vendors.tests.applying import application

pytestmark = pytest.mark.django_db


class Scanner(socketserver.StreamRequestHandler):
    """`zINSTREAM`, pieces with their length before them, an empty one at the end; then one line."""

    seen: ClassVar[list[bytes]] = []
    answer: ClassVar[bytes] = b""

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        body = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            body += self.rfile.read(size)
        Scanner.seen.append(body)
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in body else b"stream: OK\0"
        with contextlib.suppress(OSError):
            self.wfile.write(Scanner.answer or found)


@contextlib.contextmanager
def running(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=["tcp", "unix"])
def scanner(request: Any, settings: Any, tmp_path: Path) -> Iterator[type[Scanner]]:
    Scanner.seen, Scanner.answer = [], b""
    server: Any
    if request.param == "tcp":
        server = socketserver.TCPServer(("127.0.0.1", 0), Scanner)
        settings.CLAMD_URL = f"tcp://127.0.0.1:{server.server_address[1]}"
    else:
        path = str(tmp_path / "s")
        server = socketserver.UnixStreamServer(path, Scanner)
        settings.CLAMD_URL = f"unix://{path}"
    with running(server):
        yield Scanner


def applied(**other: Any) -> Any:
    return Api().upload("/vendor/register", application(**other))


def test_clean_papers_are_kept(scanner: type[Scanner], db: None) -> None:
    assert applied().status_code == 201
    assert any(seen.startswith(b"%PDF") for seen in scanner.seen)


def test_an_infected_paper_is_refused_and_nothing_is_kept(scanner: type[Scanner]) -> None:
    answer = applied(vat_certificate=sent("vat.pdf", pdf(b"% " + EICAR), "application/pdf"))
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"vat_certificate": ["This file holds something harmful."]}
    assert not Document.objects.exists()
    assert not Vendor.objects.exists()


def test_an_infected_picture_is_refused_too(scanner: type[Scanner], cast: Cast) -> None:
    picture = sent("a.png", drawn() + EICAR, "image/png")
    answer = Api(cast.ahmed).upload(f"/products/{cast.pepsi.code}/images", {"images": [picture]})
    assert (answer.status_code, cast.pepsi.images.count()) == (400, 0)


@pytest.mark.parametrize("told", [b"INSTREAM size limit exceeded. ERROR\0", b"\0", b"stream: OK or so\0"])
def test_an_answer_that_is_no_yes_is_no(scanner: type[Scanner], told: bytes) -> None:
    scanner.answer = told
    assert applied().status_code == 503
    assert not Document.objects.exists()


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:9", "unix:///nowhere/at/all"])
def test_a_scanner_that_is_away_means_later(settings: Any, url: str, cast: Cast) -> None:
    settings.CLAMD_URL = url
    answer = applied()
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "unavailable", "5")
    assert not Document.objects.exists()
    assert Vendor.objects.count() == 1, "Ahmed Foods alone"


def test_without_a_scanner_nobody_is_asked(settings: Any) -> None:
    settings.CLAMD_URL = ""
    assert applied().status_code == 201
