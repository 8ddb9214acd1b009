"""A refresh token works once. Whoever uses it again ends the family, thief and owner alike."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from allauth.headless.tokens.strategies.jwt import internal
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from accounts.models import SignIn
from accounts.tests.signing_in import UNAUTHORIZED, me, refresh, sign_in
from tests.cast import Api, Cast

CROWD, USES = 50, 100


def race(token: str) -> Counter[int]:
    """The same refresh token a hundred times, from fifty places at the same moment."""
    start = Barrier(CROWD)

    def use() -> int:
        try:
            start.wait(20)
            return int(refresh(token).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as pool:
        return Counter(future.result() for future in [pool.submit(use) for _ in range(USES)])


@pytest.mark.django_db
def test_it_gives_the_next_pair(cast: Cast) -> None:
    first = sign_in(cast.ahmed)
    answer = refresh(first["refresh"])
    assert answer.status_code == 200, answer.content
    second = answer.json()["data"]
    assert set(second) == {"access", "refresh", "expires_in"}
    assert second["refresh"] != first["refresh"]
    assert me(second["access"]).status_code == 200


@pytest.mark.django_db
def test_used_again_it_ends_the_family_with_its_access_token(cast: Cast) -> None:
    first = sign_in(cast.ahmed)
    second = refresh(first["refresh"]).json()["data"]
    again = refresh(first["refresh"])
    assert (again.status_code, again.json()) == (401, UNAUTHORIZED)
    assert refresh(second["refresh"]).status_code == 401
    assert me(second["access"]).status_code == 401


@pytest.mark.django_db
def test_two_weeks_after_the_sign_in_it_refreshes_no_more(cast: Cast) -> None:
    pair = sign_in(cast.ahmed)
    SignIn.objects.update(began_at=timezone.now() - timedelta(days=14))
    assert refresh(pair["refresh"]).status_code == 401


@pytest.mark.django_db
def test_another_sign_in_of_the_same_person_lives_on(cast: Cast) -> None:
    phone, laptop = sign_in(cast.ahmed), sign_in(cast.ahmed)
    refresh(phone["refresh"])
    refresh(phone["refresh"])
    assert me(phone["access"]).status_code == 401
    assert me(laptop["access"]).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["x", "a.b.c", "ي", "x" * 4096])
def test_garbage_is_unauthorized(token: str) -> None:
    answer = refresh(token)
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


@pytest.mark.django_db
def test_logout_ends_access_at_once(cast: Cast) -> None:
    pair = sign_in(cast.ahmed)
    assert Api().post("/auth/logout", {"refresh": pair["refresh"]}).status_code == 200
    assert me(pair["access"]).status_code == 401
    assert refresh(pair["refresh"]).status_code == 401


@pytest.mark.django_db
def test_logging_out_twice_or_with_garbage_changes_nothing(cast: Cast) -> None:
    pair = sign_in(cast.ahmed)
    for token in (pair["refresh"], pair["refresh"], "garbage"):
        assert Api().post("/auth/logout", {"refresh": token}).status_code == 200
    assert sign_in(cast.ahmed)


@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_uses_at_once_exactly_one_wins() -> None:
    token = sign_in(Cast().ahmed)["refresh"]
    assert race(token) == {200: 1, 401: USES - 1}


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_several_win(monkeypatch: pytest.MonkeyPatch) -> None:
    token = sign_in(Cast().ahmed)["refresh"]
    read = Barrier(2)

    def validated(token: str) -> Any:
        """allauth's own reading; nobody goes on before another has read too."""
        found = validate(token)
        read.wait(30)
        return found

    validate = internal.validate_refresh_token
    monkeypatch.setattr(internal, "validate_refresh_token", validated)
    monkeypatch.setattr(Session.objects.__class__, "select_for_update", lambda manager: manager.all())

    def use() -> int:
        try:
            return int(refresh(token).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        codes = [future.result() for future in [pool.submit(use), pool.submit(use)]]
    assert codes == [200, 200]
