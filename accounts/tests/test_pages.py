"""Signing in on pages, and the door to Django Admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from core import events
from core.access import SYSTEM
from tests.cast import Api, Cast, workers_run
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_ahmed_signs_in_on_the_page(cast: Cast) -> None:
    client = Client()
    answer = client.post("/accounts/login/", {"login": cast.ahmed.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200


def test_a_wrong_password_stays_outside(cast: Cast) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": cast.ahmed.email, "password": "wrong"})
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize("path", ["/notifications/", "/account/", "/vendor/documents/", "/addresses/"])
def test_strangers_are_asked_to_sign_in_and_come_back(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={path}"


def test_the_admin_has_no_door_of_its_own() -> None:
    answer = Client().get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=/admin/")


def test_sara_comes_in(cast: Cast) -> None:
    assert browser(cast.sara).get("/admin/").status_code == 200


@pytest.mark.parametrize("who", ["ahmed", "fatima", "bilal", "deepa"])
def test_nobody_else_enters_the_admin(cast: Cast, who: str) -> None:
    assert browser(getattr(cast, who)).get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(cast: Cast, next_page: str) -> None:
    form = {"login": cast.ahmed.email, "password": PASSWORD, "next": next_page}
    answer = Client().post("/accounts/login/", form)
    assert "evil" not in answer["Location"]
    assert "javascript" not in answer["Location"]


def test_a_private_page_is_kept_by_no_cache(cast: Cast) -> None:
    assert "no-store" in browser(cast.ahmed).get("/account/")["Cache-Control"]


def test_a_post_without_csrf_token_changes_nothing(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ahmed)
    assert client.post("/notifications/read/").status_code == 403


def news_for_ahmed(cast: Cast) -> Any:
    events.record(cast.ahmed_foods.business, "business.approve", SYSTEM)
    workers_run()
    return cast.ahmed.notifications.get()


def test_ahmed_reads_his_news_and_is_led_on(cast: Cast) -> None:
    line = news_for_ahmed(cast)
    client = browser(cast.ahmed)
    assert "Your business is approved" in client.get("/notifications/").content.decode()
    answer = client.post(f"/notifications/{line.pk}/read/")
    assert answer["Location"] == "/vendor/documents/"
    assert not cast.ahmed.notifications.filter(read_at=None).exists()


@pytest.mark.parametrize("who", ["fatima", "sara"])
def test_an_inbox_is_its_readers_own_even_before_staff(cast: Cast, who: str) -> None:
    line, other = news_for_ahmed(cast), getattr(cast, who)
    assert Api(other).get("/notifications").json()["data"] == []
    assert Api(other).post(f"/notifications/{line.pk}/read").status_code == 404
    assert browser(other).post(f"/notifications/{line.pk}/read/").status_code == 404
    line.refresh_from_db()
    assert line.read_at is None


def test_the_api_marks_as_read_too(cast: Cast) -> None:
    line = news_for_ahmed(cast)
    api = Api(cast.ahmed)
    assert api.get("/auth/me").json()["data"]["notifications"] == 1
    assert api.post(f"/notifications/{line.pk}/read").status_code == 200
    assert api.get("/auth/me").json()["data"]["notifications"] == 0


def test_reading_all_reads_only_mine(cast: Cast) -> None:
    line = news_for_ahmed(cast)
    browser(cast.fatima).post("/notifications/read/")
    line.refresh_from_db()
    assert line.read_at is None
    browser(cast.ahmed).post("/notifications/read/")
    line.refresh_from_db()
    assert line.read_at is not None
