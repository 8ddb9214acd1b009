"""Many at once: one delivery has one driver, and wrong codes are counted one by one. Each with its control."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest

from accounts.models import User
from core.models import Event
from logistics import actions
from logistics.models import Delivery
from logistics.tests.conftest import Trip
from tests.cast import Api, Cast
from tests.factories import UserFactory
from tests.test_races import at_once, without_trigger

pytestmark = pytest.mark.django_db(transaction=True)

DRIVERS, GUESSES = 6, 12


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False


def everybody_takes(trip: Trip) -> Counter[int]:
    """All drivers of FastTrack at the same moment; answers the HTTP statuses."""
    business = trip.cast.fasttrack
    drivers: list[User] = [
        UserFactory.create(name=f"Driver {n}", role="driver", business=business) for n in range(DRIVERS)
    ]
    apis = [Api(driver) for driver in drivers]
    for api in apis:
        assert api.token
        api.client.raise_request_exception = False
    path = f"/deliveries/{trip.row.code}/moves/take"
    answers = at_once(DRIVERS, lambda n: apis[n].post(path))
    return Counter(answer.status_code for answer in answers)


def everybody_guesses(trip: Trip) -> Counter[int]:
    """Bilal's phone sends wrong codes all at once; answers the HTTP statuses."""
    token, path = Api(trip.cast.bilal).token, f"/deliveries/{trip.row.code}/moves/deliver"

    def guess(_number: int) -> int:
        return int(Api(trip.cast.bilal, _token=token).post(path, {"code": "nothing"}).status_code)

    return Counter(at_once(GUESSES, guess))


def unlocked(crowd: int) -> Callable[[Delivery], Any]:
    """The guard taken away: everybody reads without a lock, and nobody goes on before all have read."""
    read = Barrier(crowd)

    def locked(self: Delivery) -> Any:
        row = Delivery.objects.select_related("order").get(pk=self.pk)
        read.wait(30)
        return row

    return locked


def test_of_many_drivers_one_has_it() -> None:
    trip = Trip(Cast())
    statuses = everybody_takes(trip)
    assert statuses[200] == 1
    assert set(statuses) <= {200, 404, 409}
    assert trip.row.driver is not None


def test_without_the_lock_the_numbered_history_still_lets_one_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trip = Trip(Cast())
    monkeypatch.setattr(Delivery, "locked", unlocked(DRIVERS))
    assert everybody_takes(trip)[200] == 1


def test_without_either_several_believe_they_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    trip, numbers, read = Trip(Cast()), itertools.count(100, 2), unlocked(DRIVERS)

    def unnumbered(self: Delivery) -> Any:
        row = read(self)
        row.version = next(numbers)
        return row

    monkeypatch.setattr(Delivery, "locked", unnumbered)
    told = without_trigger("logistics_delivery", "logistics_delivery_told")
    with without_trigger("core_event", "core_event_follows"), told:
        everybody_takes(trip)
    assert Event.objects.filter(name="delivery.take").count() > 1


def test_wrong_codes_at_once_are_five_and_no_more() -> None:
    trip = Trip(Cast()).leaves()
    assert everybody_guesses(trip) == {400: 5, 409: 7}
    assert trip.row.tries == 5


def test_without_the_lock_more_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    trip = Trip(Cast()).leaves()
    monkeypatch.setattr(Delivery, "locked", unlocked(GUESSES))
    assert everybody_guesses(trip)[400] > 5


def test_if_the_refusal_took_the_count_with_it_codes_could_be_tried_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control of counting after a refusal: raised inside the transaction, nothing would be counted."""
    trip = Trip(Cast()).leaves()
    counted = actions._wrong_code

    def raised_inside(row: Delivery, code: str, by: Any) -> None:
        if wrong := counted(row, code, by):
            raise wrong

    monkeypatch.setattr(actions, "_wrong_code", raised_inside)
    assert [trip.hand_over(code="nothing").status_code for _ in range(7)] == [400] * 7
    assert trip.row.tries == 0
