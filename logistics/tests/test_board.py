"""The dispatcher's board: a column for each driver, what is late, and a part that renews itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from logistics.models import Delivery
from logistics.tests.conftest import Start, Trip, browser
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def ago(trip: Trip, **columns: timedelta) -> None:
    """Let a step have been taken earlier."""
    times = {name: timezone.now() - back for name, back in columns.items()}
    Delivery.objects.filter(pk=trip.row.pk).update(**times)


def late(trip: Trip) -> bool:
    """Whether it is marked."""
    return trip.row.is_late


def test_what_stands_still_is_late(cast: Cast, start: Start) -> None:
    trip = start()
    assert not late(trip)
    ago(trip, created_at=timedelta(hours=2))
    assert late(trip)
    page = browser(cast.deepa).get("/carrier/").content.decode()
    assert page.count("is-late") == 1
    trip.leaves()
    assert not late(trip)
    ago(trip, out_at=timedelta(hours=5))
    assert late(trip)
    assert trip.hand_over().status_code == 200
    assert not late(trip)


def test_drivers_with_nothing_to_do_have_a_column_too(cast: Cast, start: Start) -> None:
    trip = start()
    page = browser(cast.deepa).get("/carrier/").content.decode()
    assert f'id="column-{cast.bilal.pk}"' in page
    assert f'id="give-{trip.row.code}"' in page


def test_what_a_driver_who_left_still_holds_stays_on_the_board(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    cast.bilal.is_active = False
    cast.bilal.save()
    page = browser(cast.deepa).get("/carrier/").content.decode()
    assert trip.row.code in page.partition(f'id="column-{cast.bilal.pk}"')[2]
    assert "deactivated" in page


def test_an_open_page_asks_for_the_board_alone(cast: Cast, start: Start) -> None:
    trip = start()
    deepa = browser(cast.deepa)
    part = deepa.get("/carrier/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert part.strip().startswith('<div class="board-page" id="board"')
    assert trip.row.code in part
    assert "csrfmiddlewaretoken" in part
