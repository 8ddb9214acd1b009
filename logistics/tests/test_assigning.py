"""Who brings it: the dispatcher's choice, staff's, or the driver's own; never somebody who may not work."""

from __future__ import annotations

from typing import Any

import pytest

from accounts import actions as accounts
from accounts.models import User
from core.errors import WrongMoment
from core.models import Event
from logistics import actions
from logistics.models import Delivery
from logistics.tests.conftest import Start, Trip, browser
from orders.models import Order
from tests.cast import Api, Cast, workers_run
from tests.factories import CarrierFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hassan(cast: Cast) -> User:
    """Another driver of FastTrack."""
    made: User = UserFactory.create(name="Hassan Ali", role="driver", business=cast.fasttrack)
    return made


def assign(trip: Trip, who: User, **body: Any) -> Any:
    """Somebody assigns it."""
    return trip.move(who, "assign", {name: str(value) for name, value in body.items()})


def test_deepa_assigns_and_reassigns_until_pick_up(cast: Cast, start: Start, hassan: User) -> None:
    trip = start()
    assert assign(trip, cast.deepa, driver=cast.bilal.pk).status_code == 200
    assert assign(trip, cast.deepa, driver=hassan.pk).status_code == 200
    assert trip.row.driver == hassan
    assert trip.move(cast.bilal, "pick_up").status_code == 404
    assert trip.move(hassan, "pick_up").status_code == 200
    assert assign(trip, cast.deepa, driver=cast.bilal.pk).status_code == 409
    assert [
        event.data["driver"] for event in Event.objects.filter(name="delivery.assign").order_by("id")
    ] == [
        "Bilal",
        "Hassan Ali",
    ]


def test_a_driver_of_another_carrier_is_none_of_hers(cast: Cast, start: Start) -> None:
    cast.strangers()
    answer = assign(start(), cast.deepa, driver=cast.omar.pk)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["driver"])


def test_deepa_may_not_give_it_away(cast: Cast, start: Start) -> None:
    cast.strangers()
    trip = start()
    assign(trip, cast.deepa, carrier=cast.dune_express.pk, driver=cast.bilal.pk)
    assert trip.row.carrier_id == cast.fasttrack.pk
    assert assign(trip, cast.deepa, carrier=cast.dune_express.pk).status_code == 400


@pytest.mark.parametrize("driver", ["nobody", "00000000-0000-0000-0000-000000000000", "", None])
def test_nobody_is_no_driver(cast: Cast, start: Start, driver: Any) -> None:
    answer = start().move(cast.deepa, "assign", {"driver": driver})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["driver"])


def test_staff_move_it_to_another_carrier(cast: Cast, start: Start) -> None:
    cast.strangers()
    trip = start()
    assert assign(trip, cast.sara, carrier=cast.dune_express.pk).status_code == 200
    assert (trip.row.carrier_id, trip.row.driver) == (cast.dune_express.pk, None)
    assert Api(cast.deepa).get(f"/deliveries/{trip.row.code}").status_code == 404
    assert assign(trip, cast.salma, driver=cast.omar.pk).status_code == 200
    workers_run()
    titles = [note["title"] for note in Api(cast.salma).get("/notifications").json()["data"]]
    assert "A new delivery is waiting for a driver" in titles


def test_a_driver_is_enough_for_staff_and_brings_the_carrier(cast: Cast, start: Start) -> None:
    cast.strangers()
    trip = start()
    assert assign(trip, cast.sara, driver=cast.omar.pk).status_code == 200
    assert (trip.row.carrier_id, trip.row.driver) == (cast.dune_express.pk, cast.omar)


def test_carrier_and_driver_must_agree(cast: Cast, start: Start) -> None:
    cast.strangers()
    answer = assign(start(), cast.sara, driver=cast.omar.pk, carrier=cast.fasttrack.pk)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["driver"])


def test_where_no_carrier_goes_staff_are_told_and_choose_in_the_admin(cast: Cast, start: Start) -> None:
    cast.strangers()
    cast.deira.emirate = "RAK"
    cast.deira.save()
    trip = start()
    assert trip.row.carrier is None
    titles = [note["title"] for note in Api(cast.sara).get("/notifications").json()["data"]]
    assert "No carrier covers this delivery" in titles
    sara, page = browser(cast.sara), f"/admin/logistics/delivery/{trip.row.pk}"
    listed = sara.get("/admin/logistics/delivery/?carrier__isempty=1").content.decode()
    assert trip.row.code in listed
    shown = sara.get(f"{page}/change/").content.decode()
    assert "Dune Express" in shown
    assert "Bilal · FastTrack Logistics" in shown
    assert sara.post(f"{page}/assign/", {"carrier": cast.dune_express.pk, "driver": ""}).status_code == 302
    assert trip.row.carrier_id == cast.dune_express.pk
    sara.post(f"{page}/assign/", {"driver": str(cast.bilal.pk)})
    assert (trip.row.carrier_id, trip.row.driver) == (cast.fasttrack.pk, cast.bilal)


def test_the_admin_refuses_with_a_message(cast: Cast, start: Start) -> None:
    trip = start()
    path = f"/admin/logistics/delivery/{trip.row.pk}/assign/"
    page = browser(cast.sara).post(path, {}, follow=True).content.decode()
    assert "Please choose a driver." in page
    assert browser(cast.sara).get(path).status_code == 404
    assert browser(cast.deepa).post(path, {"driver": str(cast.bilal.pk)}).status_code == 302
    assert trip.row.driver is None


def test_a_suspended_carrier_gets_nothing_new(cast: Cast, start: Start) -> None:
    cast.strangers()
    accounts.suspend(cast.fasttrack.business, cast.sara, note="Insurance ran out.")
    trip = start()
    assert trip.row.carrier is None
    for body in ({"carrier": cast.fasttrack.pk}, {"driver": cast.bilal.pk}):
        answer = assign(trip, cast.sara, **body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["carrier"])
    page = browser(cast.sara).get(f"/admin/logistics/delivery/{trip.row.pk}/change/").content.decode()
    assert "FastTrack" not in page.partition('id="id_carrier"')[2].partition("</select>")[0]


def test_the_people_of_a_suspended_carrier_can_do_nothing(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    bilal, deepa = Api(cast.bilal), Api(cast.deepa)
    assert bilal.token
    assert deepa.token
    accounts.suspend(cast.fasttrack.business, cast.sara, note="Insurance ran out.")
    path = f"/deliveries/{trip.row.code}/moves"
    assert bilal.post(f"{path}/deliver", {"code": trip.code}).status_code == 401
    assert deepa.post(f"{path}/unlock").status_code == 401


def test_a_deactivated_driver_can_not_act_and_gets_nothing(cast: Cast, start: Start, hassan: User) -> None:
    trip = start()
    bilal, phone = Api(cast.bilal), browser(cast.bilal)
    assert bilal.post(f"/deliveries/{trip.row.code}/moves/take").status_code == 200
    User.objects.filter(pk=cast.bilal.pk).update(is_active=False)
    assert bilal.post(f"/deliveries/{trip.row.code}/moves/pick_up").status_code == 401
    phone.post(f"/driver/{trip.row.code}/moves/pick_up/")
    assert trip.row.status == "assigned"
    answer = assign(trip, cast.deepa, driver=cast.bilal.pk)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["driver"])
    assert assign(trip, cast.deepa, driver=hassan.pk).status_code == 200


def test_a_free_delivery_is_taken_once(cast: Cast, start: Start, hassan: User) -> None:
    trip = start()
    for driver in (cast.bilal, hassan):
        free = Api(driver).get("/deliveries").json()["data"][0]
        assert free["moves"] == ["take"]
    assert trip.move(cast.bilal, "take").status_code == 200
    assert trip.move(hassan, "take").status_code == 404
    assert trip.row.driver == cast.bilal


def test_who_saw_it_free_finds_it_taken_a_moment_later(cast: Cast, start: Start, hassan: User) -> None:
    trip = start()
    seen = trip.row
    assert trip.move(cast.bilal, "take").status_code == 200
    with pytest.raises(WrongMoment, match="faster"):
        actions.take(seen, hassan)
    assert trip.row.driver == cast.bilal


def test_what_is_free_must_be_taken_before_it_moves(cast: Cast, start: Start) -> None:
    assert start().move(cast.bilal, "pick_up").status_code == 409


def test_the_board_says_what_waits_who_has_what_and_what_is_done(
    cast: Cast, start: Start, hassan: User
) -> None:
    waiting, with_hassan, done = start(), start(), start().leaves()
    assign(with_hassan, cast.deepa, driver=hassan.pk)
    assert done.hand_over().status_code == 200
    old = start().leaves()
    assert old.hand_over().status_code == 200
    yesterday = "2020-01-01T10:00:00Z"
    Delivery.objects.filter(pk=old.row.pk).update(delivered_at=yesterday)
    page = browser(cast.deepa).get("/carrier/").content.decode()
    first, _, rest = page.partition(f'id="column-{hassan.pk}"')
    running, _, finished = rest.partition("Done today")
    assert waiting.row.code in first
    assert "Hassan Ali" in running
    assert with_hassan.row.code in running
    assert done.row.code in finished
    assert old.row.code not in page


def test_the_buyer_greets_the_driver_by_first_name_and_the_seller_knows_who_picks_up(
    cast: Cast, start: Start, hassan: User
) -> None:
    trip = start()
    assign(trip, cast.deepa, driver=hassan.pk)
    assert trip.told(cast.fatima)["delivery"]["driver"] == "Hassan"
    assert trip.told(cast.ahmed)["delivery"]["driver"] == "Hassan Ali"
    bought = browser(cast.fatima).get(f"/orders/{trip.order}/").content.decode()
    assert "Hassan" in bought
    assert "Hassan Ali" not in bought
    sold = browser(cast.ahmed).get(f"/orders/{trip.order}/").content.decode()
    assert "Hassan Ali" in sold
    assert "FastTrack Logistics" in sold


def test_a_carrier_that_covers_the_place_and_is_least_busy_gets_it(cast: Cast, start: Start) -> None:
    quick = CarrierFactory.create(name="Quick Wheels", covers=["DXB"])
    first, second = start(), start()
    assert {first.row.carrier_id, second.row.carrier_id} == {cast.fasttrack.pk, quick.pk}
    assert Order.objects.filter(deliveries__carrier=quick).count() == 1
