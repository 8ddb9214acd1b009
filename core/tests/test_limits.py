"""Request limits, and what becomes of them when Valkey is away."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.test import RequestFactory

from accounts.models import User
from core import limits
from core.errors import Away, TooMany
from local.ports import free_port
from tests.cast import Api, Cast
from vendors.tests.applying import application


@pytest.fixture
def valkey_away(settings: Any) -> None:
    """The cache's address leads to a closed port."""
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
def test_without_valkey_a_closed_door_stays_closed() -> None:
    with pytest.raises(Away) as away:
        limits.hit(ask(), "test", "2/m")
    assert (away.value.status, away.value.retry_after) == (503, 5)


@pytest.mark.usefixtures("valkey_away")
def test_without_valkey_an_open_door_stays_open() -> None:
    limits.hit(ask(), "test", "2/m", closed=False)


@pytest.mark.django_db
@pytest.mark.usefixtures("valkey_away")
def test_without_valkey_nobody_registers_or_signs_in_and_is_told_to_come_back() -> None:
    for answer in (
        Api().upload("/vendor/register", application()),
        Api().post("/auth/login", {"email": "ahmed@example.com", "password": "x"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer["Retry-After"] == "5"
    assert not User.objects.exists()


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
