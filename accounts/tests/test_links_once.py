"""Links that open something once: however many open it in the same moment, one gets in; and each has an end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts import entering
from accounts.tests.mailbox import link_in, the_letter
from tests.cast import Api, Cast
from tests.factories import PASSWORD
from tests.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_limits(settings: object) -> None:
    settings.RATELIMIT_ENABLE = False  # type: ignore[attr-defined]


def test_of_six_who_come_in_by_a_link_at_once_one_does() -> None:
    way = f"/account/come-in/{entering.link_token(Cast().ahmed)}/"
    assert sorted(at_once(6, lambda _n: Client().post(way).status_code)) == [302] + [404] * 5


def test_a_mailed_way_in_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    way = f"/account/come-in/{entering.link_token(Cast().ahmed)}/"
    assert Client().get(way).status_code == 200
    monkeypatch.setattr(entering, "LINK_FOR", timedelta(seconds=-1))
    assert Client().get(way).status_code == Client().post(way).status_code == 404


def test_of_eight_who_choose_a_password_by_one_link_at_once_one_does() -> None:
    ahmed = Cast().ahmed
    Api().post("/auth/password/reset", {"email": ahmed.email})
    key = link_in(the_letter(ahmed.email)).rstrip("/").rpartition("/")[2]

    def choose(number: int) -> int:
        wish = {"key": key, "password": f"Cardamom-and-tea-{number}"}
        return int(Api().post("/auth/password/reset/confirm", wish).status_code)

    answers = at_once(8, choose)
    assert sorted(answers) == [200] + [400] * 7
    login = {"email": ahmed.email, "password": f"Cardamom-and-tea-{answers.index(200)}"}
    assert Api().post("/auth/login", login).status_code == 200


def test_of_two_who_change_the_same_password_at_once_one_is_told_so() -> None:
    ahmed = Cast().ahmed
    doors = [Api(ahmed), Api(ahmed)]
    assert all(door.token for door in doors)
    wishes = [{"current": PASSWORD, "new": f"Cardamom-and-tea-{number}"} for number in range(2)]
    answers = at_once(2, lambda n: doors[n].post("/auth/password/change", wishes[n]).status_code)
    assert answers.count(200) == 1
