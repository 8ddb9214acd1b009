"""How people leave a team: at once, by a colleague, and never the last of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts import team
from accounts.models import User
from accounts.tests.mailbox import browser
from accounts.tests.signing_in import me, sign_in
from core.errors import Refusal
from core.models import Event
from tests.cast import Api, Cast
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def history(cast: Cast) -> Any:
    rows = Event.objects.filter(subject=cast.ahmed_foods.pk).exclude(seq=1)
    return rows.order_by("pk").values_list("name", "actor")


def colleague(cast: Cast) -> User:
    return UserFactory.create(name="Layla", business=cast.ahmed_foods)


def test_who_is_deactivated_is_out_at_once(cast: Cast) -> None:
    layla = colleague(cast)
    phone, laptop = sign_in(layla), browser(layla)
    answer = browser(cast.ahmed).post(f"/account/team/{layla.pk}/deactivate/")
    assert answer.status_code == 302
    assert me(phone["access"]).status_code == 401
    assert laptop.get("/account/").status_code == 302
    assert Api().post("/auth/login", {"email": layla.email, "password": PASSWORD}).status_code == 401
    assert list(history(cast)) == [("business.leave", cast.ahmed.label)]


def test_let_back_in_by_staff_she_has_to_sign_in_again(cast: Cast) -> None:
    layla = colleague(cast)
    phone = sign_in(layla)
    team.dismiss(layla, cast.ahmed)
    User.objects.filter(pk=layla.pk).update(is_active=True)
    assert me(phone["access"]).status_code == 401


def test_nobody_deactivates_themselves(cast: Cast) -> None:
    colleague(cast)
    assert Api(cast.ahmed).post(f"/team/{cast.ahmed.pk}/deactivate").status_code == 409


def test_a_second_time_is_refused_and_written_once(cast: Cast) -> None:
    layla = colleague(cast)
    codes = [Api(cast.ahmed).post(f"/team/{layla.pk}/deactivate").status_code for _ in range(2)]
    assert codes == [200, 409]
    assert len(history(cast)) == 1


def each_other() -> list[bool]:
    """Ahmed and Layla deactivate each other at the same moment; who of them is left."""
    cast = Cast()
    layla, start = colleague(cast), Barrier(2)

    def dismiss(member: User, by: User) -> None:
        try:
            start.wait(20)
            team.dismiss(member, by)
        except Refusal:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(dismiss, layla, cast.ahmed), pool.submit(dismiss, cast.ahmed, layla)]
        for one in done:
            one.result()
    rows = User.objects.filter(pk__in=[cast.ahmed.pk, layla.pk])
    return sorted(rows.values_list("is_active", flat=True))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_deactivate_each_other_one_stays() -> None:
    assert each_other() == [False, True]


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_nobody_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(team, "_others", lambda business, member: User.objects.all())
    assert each_other() == [False, False]
