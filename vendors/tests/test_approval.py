"""Sara looks at Nadia's documents in Django Admin and decides."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Business, User
from core.models import Event
from tests.cast import Api, Cast, workers_run
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadia(cast: Cast) -> User:
    return cast.pending_vendor()


@pytest.fixture
def desk(cast: Cast) -> Client:
    """Sara's browser."""
    client = Client()
    client.force_login(cast.sara)
    return client


def decide(desk: Client, user: User, move: str, **form: str) -> Any:
    return desk.post(f"/admin/vendors/vendor/{user.business_id}/moves/{move}/", form)


def status_of(user: User) -> str:
    return str(Business.objects.get(pk=user.business_id).status)


def sign_in(user: User, password: str = PASSWORD) -> Any:
    return Api().post("/auth/login", {"email": user.email, "password": password})


def test_approved_nadia_is_active_and_may_sign_in(desk: Client, nadia: User) -> None:
    assert decide(desk, nadia, "approve").status_code == 302
    assert status_of(nadia) == "active"
    assert sign_in(nadia).json()["data"]["user"]["business"]["status"] == "active"


def test_the_approval_is_written_down_and_told(desk: Client, nadia: User, cast: Cast) -> None:
    decide(desk, nadia, "approve", reason="Documents are in order.")
    event = Event.objects.get(name="business.approve")
    assert (event.subject, event.actor, event.note) == (
        nadia.business_id,
        "Staff Sara",
        "Documents are in order.",
    )
    assert (event.before, event.after) == ("pending_approval", "active")
    workers_run()
    [line] = Api(nadia).get("/notifications").json()["data"]
    assert (line["title"], line["url"]) == (
        "Your business is approved: you can list products now",
        "/vendor/documents/",
    )


def test_she_is_told_once_however_often_the_workers_run(desk: Client, nadia: User) -> None:
    decide(desk, nadia, "approve")
    workers_run()
    event = Event.objects.get(name="business.approve")
    event.reactions.update(done_at=None)
    workers_run()
    assert nadia.notifications.count() == 1


def test_rejected_with_a_reason(desk: Client, nadia: User) -> None:
    decide(desk, nadia, "reject", reason="The licence has expired.")
    assert status_of(nadia) == "rejected"
    assert Event.objects.get(name="business.reject").note == "The licence has expired."
    assert sign_in(nadia).status_code == 403


def test_approving_twice_is_refused_and_written_once(desk: Client, nadia: User) -> None:
    decide(desk, nadia, "approve")
    decide(desk, nadia, "approve")
    assert Event.objects.filter(name="business.approve").count() == 1


def test_the_queue_and_the_papers_are_in_view(desk: Client, nadia: User) -> None:
    assert nadia.business is not None
    assert nadia.business.name in desk.get("/admin/vendors/vendor/").content.decode()
    page = desk.get(f"/admin/vendors/vendor/{nadia.business_id}/change/").content.decode()
    assert f"/admin/vendors/vendor/{nadia.business_id}/moves/approve/" in page


def test_a_status_is_not_written_by_the_form(desk: Client, nadia: User) -> None:
    desk.post(f"/admin/vendors/vendor/{nadia.business_id}/change/", {"name": "X", "status": "active"})
    assert status_of(nadia) == "pending_approval"


def test_a_look_does_not_approve(desk: Client, nadia: User) -> None:
    assert desk.get(f"/admin/vendors/vendor/{nadia.business_id}/moves/approve/").status_code == 404
    assert status_of(nadia) == "pending_approval"


@pytest.mark.parametrize("who", ["ahmed", "fatima", "bilal"])
def test_nobody_else_approves(who: str, cast: Cast, nadia: User) -> None:
    client = Client()
    client.force_login(getattr(cast, who))
    decide(client, nadia, "approve")
    decide(Client(), nadia, "approve")
    assert status_of(nadia) == "pending_approval"


def test_pending_nadia_is_told_so_only_after_the_right_password(nadia: User) -> None:
    answer = sign_in(nadia)
    assert (answer.status_code, answer.json()["code"]) == (403, "account_not_active")
    wrong = sign_in(nadia, "not-her-password")
    assert (wrong.status_code, wrong.json()["message"]) == (401, "Invalid email or password")
