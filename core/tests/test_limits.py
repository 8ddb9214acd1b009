"""Request limits, and what becomes of them when Valkey is away."""

from __future__ import annotations

import copy
import time
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from django.test import RequestFactory
from django_ratelimit.core import get_usage

from core import limits
from core.errors import TooMany
from local.ports import free_port
from tests.cast import Api, Cast
from vendors.tests.applying import application


@pytest.fixture
def valkey_away(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache's address leads to a closed port; this process has counted nothing by itself yet."""
    monkeypatch.setattr(limits, "_own", limits.Own())
    moved = copy.deepcopy(settings.CACHES)
    for cache in moved.values():
        cache["LOCATION"] = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = moved


def ask(address: str = "10.1.1.1", **headers: str) -> Any:
    return RequestFactory().get("/", headers=headers, REMOTE_ADDR=address)


def test_the_third_of_two_a_minute_is_one_too_many() -> None:
    limits.hit(ask(), "test", "2/m")
    limits.hit(ask(), "test", "2/m")
    with pytest.raises(TooMany) as stopped:
        limits.hit(ask(), "test", "2/m")
    assert 1 <= (stopped.value.retry_after or 0) <= 60


def test_another_address_another_group_and_another_key_have_their_own_count() -> None:
    limits.hit(ask(), "test", "1/m")
    limits.hit(ask("10.1.1.2"), "test", "1/m")
    limits.hit(ask(), "other", "1/m")
    limits.hit(ask(), "test", "1/m", key="fatima")


def test_limits_can_be_switched_off(settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False
    for _ in range(5):
        limits.hit(ask(), "test", "1/m")


@pytest.mark.usefixtures("valkey_away")
def test_without_valkey_each_process_counts_its_share() -> None:
    """Of two processes, each lets two of four a minute pass."""
    for _ in range(2):
        limits.hit(ask(), "test", "4/m")
    with pytest.raises(TooMany) as stopped:
        limits.hit(ask(), "test", "4/m")
    assert 1 <= (stopped.value.retry_after or 0) <= 60
    limits.hit(ask("10.1.1.2"), "test", "4/m")
    limits.hit(ask(), "other", "1/m")


@pytest.mark.usefixtures("valkey_away")
def test_without_valkey_an_open_door_stays_open() -> None:
    for _ in range(5):
        limits.hit(ask(), "test", "2/m", closed=False)


@pytest.mark.usefixtures("valkey_away")
def test_a_window_that_is_over_counts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    limits.hit(ask(), "test", "2/s")
    with pytest.raises(TooMany):
        limits.hit(ask(), "test", "2/s")
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + 2))
    limits.hit(ask(), "test", "2/s")


@pytest.mark.usefixtures("valkey_away")
def test_valkey_is_not_asked_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hung one costs its time-out once in a while, not once a request."""
    asked = Mock(wraps=get_usage)
    monkeypatch.setattr(limits, "get_usage", asked)
    for _ in range(3):
        limits.hit(ask(), "test", "100/m")
    assert asked.call_count == 1


@pytest.mark.usefixtures("valkey_away")
def test_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_WINDOWS", 3)
    own = limits.Own()
    for number in range(9):
        own.hit(("test", str(number)), "1/m")
    assert own.hit(("test", "8"), "2/m")
    assert not own.hit(("test", "0"), "2/m")


@pytest.mark.django_db
@pytest.mark.usefixtures("valkey_away")
def test_without_valkey_people_register_sign_in_and_order(cast: Cast) -> None:
    assert Api().upload("/vendor/register", application()).status_code == 201
    assert cast.order(1)["orders"]


@pytest.mark.django_db
@pytest.mark.usefixtures("valkey_away")
def test_without_valkey_passwords_are_not_guessed_any_faster(cast: Cast) -> None:
    """Ten tries a minute for an address and account; this process's share of them is five."""
    body, client = {"email": cast.fatima.email, "password": "wrong"}, Api()
    assert [client.post("/auth/login", body).status_code for _ in range(7)] == [401] * 5 + [429] * 2


@pytest.mark.django_db
@pytest.mark.usefixtures("valkey_away")
def test_without_valkey_goods_are_shown_and_those_inside_go_on(cast: Cast) -> None:
    assert Api().get("/products").status_code == 200
    assert Api().get(f"/products/{cast.pepsi.code}").status_code == 200


def test_a_header_from_nobody_we_trust_changes_no_address(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 0
    assert limits.client_address(ask(**{"X-Forwarded-For": "1.2.3.4"})) == "10.1.1.1"


def test_behind_one_proxy_the_last_hop_counts(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    assert limits.client_address(ask(**{"X-Forwarded-For": "6.6.6.6, 1.2.3.4"})) == "1.2.3.4"


def test_behind_two_the_last_but_one(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 2
    assert limits.client_address(ask(**{"X-Forwarded-For": "6.6.6.6, 1.2.3.4, 10.0.0.9"})) == "1.2.3.4"
    assert limits.client_address(ask(**{"X-Forwarded-For": "1.2.3.4"})) == "10.1.1.1"


def test_a_house_with_many_ipv6_addresses_is_one_client() -> None:
    assert limits.client_address(ask("2001:db8:1:2::1")) == limits.client_address(ask("2001:db8:1:2:ffff::9"))
    assert limits.client_address(ask("2001:db8:1:3::1")) != limits.client_address(ask("2001:db8:1:2::1"))


def test_an_address_that_is_none_is_unknown() -> None:
    assert limits.client_address(ask("")) == "unknown"
