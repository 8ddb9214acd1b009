"""Fifty clients at the same moment, each with an address it invents: as many pass as may, with and without Valkey."""

from __future__ import annotations

import copy
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from core import limits
from local.ports import free_port

CROWD, RATE = 50, 20  # /api/auth/password/reset lets twenty an hour pass

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_own", limits.Own())
    caches["ratelimit"].clear()


def crowd() -> Counter[int]:
    start = Barrier(CROWD)

    def one(number: int) -> int:
        client = Client(REMOTE_ADDR="198.51.100.7", headers={"X-Forwarded-For": f"203.0.{number}.1"})
        body = {"email": f"nobody{number}@example.com"}
        try:
            start.wait(30)
            return int(
                client.post("/api/auth/password/reset", body, content_type="application/json").status_code
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as pool:
        return Counter(pool.map(one, range(CROWD)))


def test_exactly_as_many_pass_as_may(settings: Any) -> None:
    patient = copy.deepcopy(
        settings.CACHES
    )  # fifty threads of one process: an answer of Valkey's may lie for long
    patient["ratelimit"]["OPTIONS"] |= {"SOCKET_TIMEOUT": 30, "SOCKET_CONNECT_TIMEOUT": 30}
    settings.CACHES = patient
    assert crowd() == {200: RATE, 429: CROWD - RATE}


def test_without_valkey_exactly_this_processs_share(settings: Any) -> None:
    moved = copy.deepcopy(settings.CACHES)
    moved["ratelimit"]["LOCATION"] = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = moved
    share = RATE // settings.WEB_WORKERS
    assert crowd() == {200: share, 429: CROWD - share}


def test_where_the_header_is_believed_everybody_passes(settings: Any) -> None:
    """The control: the crowd is one client only because its invented addresses are not looked at."""
    settings.TRUSTED_PROXIES = 1
    assert crowd() == {200: CROWD}
