"""The queue of vendors who wait for Sara: the longest first, from one to the next."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client

from accounts.lifecycle import BusinessStatus
from accounts.models import Business, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db

QUEUE = "/admin/vendors/vendor/"


@pytest.fixture
def desk(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.sara)
    return client


@pytest.fixture
def waiting(cast: Cast) -> list[User]:
    """Three who wait, in the order they came."""
    return [cast.pending_vendor() for _ in range(3)]


def at(user: User) -> str:
    return f"{QUEUE}{user.business_id}/change/"


def decide(desk: Client, user: User, move: str, **form: str) -> Any:
    return desk.post(f"{QUEUE}{user.business_id}/moves/{move}/", form, follow=True)


def test_who_waits_longest_stands_first(desk: Client, cast: Cast, waiting: list[User]) -> None:
    rows = desk.get(QUEUE).context["cl"].result_list
    assert [row.pk for row in rows] == [*(user.business_id for user in waiting), cast.ahmed_foods.pk]
    assert [bool(row.waiting_since) for row in rows] == [True, True, True, False]


def test_from_one_to_the_next_and_back(desk: Client, waiting: list[User]) -> None:
    first, middle, last = waiting
    shown = desk.get(at(middle)).content.decode()
    assert f'rel="prev" href="{at(first)}"' in shown
    assert f'rel="next" href="{at(last)}"' in shown
    assert "2 of 3 who wait" in shown
    assert 'rel="prev"' not in desk.get(at(first)).content.decode()
    assert 'rel="next"' not in desk.get(at(last)).content.decode()


def test_three_clicks_let_the_first_in(desk: Client, waiting: list[User]) -> None:
    """Open the queue, open the first, approve; what follows is the next one's page, with word of the one before."""
    first, middle, _last = waiting
    row = desk.get(QUEUE).context["cl"].result_list[0]
    page = desk.get(f"{QUEUE}{row.pk}/change/").content.decode()
    assert f"{row.pk}/moves/approve/" in page
    answer = decide(desk, first, "approve")
    assert answer.redirect_chain[-1][0] == at(middle)
    assert f"{first.business_id}: Approved" in html.unescape(answer.content.decode())
    assert Business.objects.get(pk=first.business_id).status == BusinessStatus.ACTIVE


def test_after_the_last_in_line_the_first_has_its_turn(desk: Client, waiting: list[User]) -> None:
    answer = decide(desk, waiting[-1], "reject", reason="Unreadable.")
    assert answer.redirect_chain[-1][0] == at(waiting[0])


def test_a_refusal_stays_where_it_is(desk: Client, waiting: list[User]) -> None:
    answer = decide(desk, waiting[0], "reject")
    assert answer.redirect_chain[-1][0] == at(waiting[0])
    assert "Please say why." in answer.content.decode()


def test_when_nobody_waits_any_more_the_list_says_so(desk: Client, cast: Cast) -> None:
    answer = decide(desk, cast.pending_vendor(), "approve")
    assert answer.redirect_chain[-1][0] == QUEUE
    assert "Nobody waits any more." in answer.content.decode()


def test_a_vendor_at_work_is_suspended_where_it_stands(desk: Client, cast: Cast, waiting: list[User]) -> None:
    answer = decide(desk, cast.ahmed, "suspend", reason="A claim.")
    assert answer.redirect_chain[-1][0] == at(cast.ahmed)
