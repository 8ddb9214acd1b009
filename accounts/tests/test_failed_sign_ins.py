"""Guessing gets slower and slower, for the guesser alone, and no flush or parallel crowd makes it faster."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import caches
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts import attempts, entering
from accounts.models import Failure
from accounts.tests.mailbox import browser, letters, link_in, the_letter
from core.errors import TooMany
from tests.cast import Api, Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

HOME, ELSEWHERE = "94.200.10.20", "198.51.100.7"


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    caches["ratelimit"].clear()


def login(email: str, password: str = "guess", address: str = HOME) -> Any:
    client = Client(REMOTE_ADDR=address)
    return client.post(
        "/api/auth/login", {"email": email, "password": password}, content_type="application/json"
    )


def on_page(email: str, password: str = "guess", address: str = HOME) -> Any:
    return Client(REMOTE_ADDR=address).post("/accounts/login/", {"login": email, "password": password})


def guess(count: int, email: str, address: str = HOME) -> list[int]:
    return [login(email, address=address).status_code for _ in range(count)]


def later(seconds: float) -> None:
    """Time goes by for everything that was counted."""
    passed = timedelta(seconds=seconds)
    Failure.objects.update(until=F("until") - passed, last_at=F("last_at") - passed)


def test_after_five_wrong_ones_there_is_a_pause_even_for_the_right_one(cast: Cast) -> None:
    assert guess(6, cast.ahmed.email) == [401] * 5 + [429]
    refused = login(cast.ahmed.email, PASSWORD)
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= attempts.FIRST
    assert refused.json()["code"] == "too_many_requests"


def test_each_further_one_doubles_the_pause_up_to_a_quarter_of_an_hour(cast: Cast) -> None:
    guess(5, cast.ahmed.email)
    pauses = []
    for _ in range(10):
        pauses.append(int(login(cast.ahmed.email)["Retry-After"]))
        later(pauses[-1] + 1)
        assert login(cast.ahmed.email).status_code == 401
    assert pauses == pytest.approx([5, 10, 20, 40, 80, 160, 320, 640, 900, 900], abs=4)  # seconds went by


def test_after_the_pause_the_right_one_opens_and_all_is_forgotten(cast: Cast) -> None:
    guess(5, cast.ahmed.email)
    later(6)
    assert login(cast.ahmed.email, PASSWORD).status_code == 200
    assert guess(5, cast.ahmed.email) == [401] * 5


def test_a_day_later_it_begins_anew(cast: Cast) -> None:
    guess(5, cast.ahmed.email)
    later(25 * 3600)
    assert guess(5, cast.ahmed.email) == [401] * 5


def test_pages_and_programs_count_together(cast: Cast) -> None:
    guess(5, cast.ahmed.email)
    refused = on_page(cast.ahmed.email, PASSWORD)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) >= 1


def test_a_stranger_elsewhere_locks_nobody_out(cast: Cast) -> None:
    assert guess(6, cast.ahmed.email, ELSEWHERE)[-1] == 429
    assert login(cast.ahmed.email, PASSWORD, HOME).status_code == 200
    assert guess(1, cast.fatima.email, ELSEWHERE) == [401]


def test_neighbours_of_the_guesser_are_the_guesser(cast: Cast) -> None:
    for number in range(5):
        login(cast.ahmed.email, address=f"198.51.100.{number}")
    assert login(cast.ahmed.email, address="198.51.100.99").status_code == 429
    assert login(cast.ahmed.email, address="198.51.101.99").status_code == 401


def test_a_flush_of_valkey_forgets_nothing(cast: Cast) -> None:
    guess(5, cast.ahmed.email)
    for cache in caches.all():
        cache.clear()
    assert login(cast.ahmed.email).status_code == 429


def test_somebody_unknown_is_counted_and_answered_alike(cast: Cast) -> None:
    known = [login(cast.ahmed.email) for _ in range(7)]
    unknown = [login("nobody@example.com") for _ in range(7)]
    assert [(one.status_code, one.content) for one in known] == [
        (one.status_code, one.content) for one in unknown
    ]


def test_what_was_typed_is_not_kept(cast: Cast) -> None:
    login("my-password-in-the-wrong-field@example.com")
    kept = [str(value) for row in Failure.objects.values_list() for value in row]
    assert not any("my-password" in value for value in kept)


def test_limits_can_be_lifted_for_load_tests(cast: Cast, settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False
    assert guess(8, cast.ahmed.email) == [401] * 8
    assert not Failure.objects.exists()


def test_a_reset_password_ends_the_pause(cast: Cast) -> None:
    guess(5, cast.ahmed.email)
    Api().post("/auth/password/reset", {"email": cast.ahmed.email})
    key = link_in(the_letter(cast.ahmed.email)).rstrip("/").rpartition("/")[2]
    Api().post("/auth/password/reset/confirm", {"key": key, "password": "Cardamom-and-tea-9"})
    assert login(cast.ahmed.email, "Cardamom-and-tea-9").status_code == 200


@pytest.fixture
def low_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "PASSWORDS", 8)


def many_guess(email: str, count: int = 8) -> None:
    """From everywhere, so that no pause of one network is met."""
    for number in range(count):
        assert login(email, address=f"203.{number}.113.5").status_code == 401


@pytest.mark.usefixtures("low_ceiling")
def test_when_many_guess_the_owner_is_mailed_a_way_in(cast: Cast) -> None:
    many_guess(cast.ahmed.email)
    refused = login(cast.ahmed.email, PASSWORD, HOME)
    assert (refused.status_code, refused.json()["code"]) == (429, "sign_in_by_link")
    letter = the_letter(cast.ahmed.email)
    assert letter.subject == "Somebody is guessing your password"
    here = Client(REMOTE_ADDR=HOME)
    way = link_in(letter)
    assert here.get(way).status_code == 200
    assert here.get("/account/").status_code == 302
    assert here.post(way).status_code == 302
    assert here.get("/account/").status_code == 200
    assert Client().post(way).status_code == 404
    assert login(cast.ahmed.email, PASSWORD, HOME).status_code == 200
    assert login(cast.ahmed.email, PASSWORD, ELSEWHERE).status_code == 429


@pytest.mark.usefixtures("low_ceiling")
def test_where_he_came_in_lately_he_notices_nothing(cast: Cast) -> None:
    assert login(cast.ahmed.email, PASSWORD, HOME).status_code == 200
    many_guess(cast.ahmed.email)
    assert login(cast.ahmed.email, PASSWORD, HOME).status_code == 200


@pytest.mark.usefixtures("low_ceiling")
def test_an_hour_later_the_ceiling_is_gone(cast: Cast) -> None:
    many_guess(cast.ahmed.email)
    later(3601)
    assert login(cast.ahmed.email, PASSWORD, HOME).status_code == 200


@pytest.mark.usefixtures("low_ceiling")
def test_one_letter_for_an_hour_of_guessing_and_none_for_the_unknown(cast: Cast) -> None:
    many_guess(cast.ahmed.email)
    many_guess("nobody@example.com")
    for number in range(4):
        login(cast.ahmed.email, address=f"203.{number + 50}.113.5")
    assert len(letters(cast.ahmed.email)) == 1
    assert letters("nobody@example.com") == []
    assert login("nobody@example.com", address=ELSEWHERE).json()["code"] == "sign_in_by_link"


@pytest.mark.parametrize("token", ["x", "a:b:c", "ي"])
def test_a_made_up_way_in_opens_nothing(cast: Cast, token: str) -> None:
    assert Client().post(f"/account/come-in/{token}/").status_code == 404


def test_nobody_signed_in_is_asked_again_and_again_for_the_old_password(cast: Cast) -> None:
    client = browser(cast.ahmed)
    codes = [client.post("/accounts/reauthenticate/", {"password": "guess"}).status_code for _ in range(7)]
    assert codes == [200] * 5 + [429] * 2


def crowd(email: str, size: int) -> Counter[int]:
    """Wrong passwords from one network at the same moment, each client under another name."""
    start = Barrier(size)

    def one(number: int) -> int:
        try:
            start.wait(30)
            return int(login(email, address=f"198.51.100.{number}").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(size) as pool:
        return Counter(pool.map(one, range(size)))


@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_no_more_are_looked_at_than_may_be(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    plain = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda *args: hashed.append("one") or plain(*args),  # type: ignore[func-returns-value]
    )
    victim = Cast().ahmed.email
    hashed.clear()
    assert crowd(victim, 50) == {401: attempts.FREE, 429: 50 - attempts.FREE}
    assert len(hashed) == attempts.FREE


@pytest.mark.django_db(transaction=True)
def test_looked_up_first_and_counted_afterwards_more_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: everybody looks whether there is a pause before anybody has failed."""
    count, everybody, wrong = attempts.Tries.begin, Barrier(12), entering._user

    def look(tries: attempts.Tries) -> None:
        if Failure.objects.filter(who=tries.who, network=tries.network, until__gt=timezone.now()).exists():
            raise TooMany

    def counted(tries: attempts.Tries) -> bool:
        with suppress(TooMany):
            count(tries)
        return False

    monkeypatch.setattr(attempts.Tries, "begin", look)
    monkeypatch.setattr(attempts.Tries, "failed", counted)
    monkeypatch.setattr(entering, "_user", lambda *asked: (everybody.wait(30), wrong(*asked))[1])
    assert crowd(Cast().ahmed.email, 12) == {401: 12}


def test_what_counts_no_more_is_forgotten(cast: Cast) -> None:
    guess(5, cast.ahmed.email)
    assert attempts.tidy() == 0
    later(26 * 3600)
    assert attempts.tidy() == 2
