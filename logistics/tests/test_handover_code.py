"""The hand-over code: Fatima reads it, Bilal must ask her for it, and nobody else ever learns it."""

from __future__ import annotations

import logging
import re

import pytest
from django.core import mail, serializers

from accounts.models import Notification
from core.models import Event
from logistics import handover
from logistics.tests.conftest import Start, browser
from tests.cast import Api, Cast, workers_run

pytestmark = pytest.mark.django_db


def test_fatima_alone_sees_it(cast: Cast, start: Start) -> None:
    trip = start()
    assert re.fullmatch(r"\d{6}", trip.code)
    for other in (cast.ahmed, cast.sara):
        assert trip.told(other)["delivery"]["code"] is None
    listed = Api(cast.fatima).get("/orders").json()["data"][0]
    assert listed["delivery"]["code"] == trip.code


def test_no_answer_to_anybody_else_holds_it(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    path = f"/deliveries/{trip.row.code}"
    for other in (cast.bilal, cast.deepa, cast.ahmed, cast.sara):
        for answer in (Api(other).get(path), Api(other).get("/deliveries")):
            assert answer.status_code == 200
            assert trip.code not in answer.content.decode()
            assert trip.row.salt not in answer.content.decode()
    pages = {
        f"/driver/{trip.row.code}/": cast.bilal,
        "/driver/": cast.bilal,
        "/carrier/": cast.deepa,
        f"/orders/{trip.order}/": cast.ahmed,
        f"/admin/logistics/delivery/{trip.row.pk}/change/": cast.sara,
        f"/admin/orders/order/{trip.row.order_id}/change/": cast.sara,
    }
    for page, other in pages.items():
        shown = browser(other).get(page)
        assert shown.status_code == 200, page
        assert trip.code not in shown.content.decode()
        assert trip.row.salt not in shown.content.decode()


def test_she_reads_it_on_her_order_until_the_goods_are_there(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    code, page = trip.code, f"/orders/{trip.order}/"
    assert (
        f'<p class="hand-over-code" dir="ltr">{code}</p>' in browser(cast.fatima).get(page).content.decode()
    )
    assert trip.hand_over().status_code == 200
    assert "hand-over-code" not in browser(cast.fatima).get(page).content.decode()
    assert trip.told(cast.fatima)["delivery"]["code"] is None


def test_no_row_log_line_news_or_mail_holds_it(
    cast: Cast, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        trip = start().leaves()
        code = trip.code
        trip.hand_over(code="111111")
        assert trip.hand_over().status_code == 200
        workers_run()
    written = serializers.serialize("json", [trip.row, *Event.objects.all(), *Notification.objects.all()])
    assert code not in written
    assert all(code not in record.getMessage() for record in caplog.records)
    assert all(code not in str(letter.message()) for letter in mail.outbox)


def test_the_row_without_the_key_tells_nothing(start: Start, settings: pytest.FixtureRequest) -> None:
    row = start().row
    before = handover.code_of(row.pk, row.salt)
    settings.SECRET_KEY = "another-market"  # type: ignore[attr-defined]
    assert handover.code_of(row.pk, row.salt) != before


@pytest.mark.parametrize("told", [{}, {"code": ""}, {"code": None}, {"code": "   "}])
def test_without_a_code_nothing_is_delivered_and_no_try_is_spent(start: Start, told: dict[str, str]) -> None:
    trip = start().leaves()
    answer = trip.move(trip.cast.bilal, "deliver", told)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["code"])
    assert (trip.row.status, trip.row.tries) == ("out_for_delivery", 0)


def test_a_wrong_code_is_refused_and_counted(start: Start) -> None:
    trip = start().leaves()
    answer = trip.hand_over(code=f"{(int(trip.code) + 1) % 10**6:06d}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["code"])
    assert "4 tries are left" in answer.json()["message"]
    assert (trip.row.status, trip.row.tries) == ("out_for_delivery", 1)
    assert trip.told(trip.cast.fatima)["status"] == "out_for_delivery"


def test_the_right_code_delivers(start: Start) -> None:
    trip = start().leaves()
    assert trip.hand_over().json()["data"]["status"] == "delivered"
    assert trip.told(trip.cast.fatima)["status"] == "delivered"


def test_as_people_type_it(start: Start) -> None:
    trip = start().leaves()
    eastern = trip.code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    answer = trip.hand_over(code=f" {eastern[:3]} {eastern[3:]}")
    assert answer.status_code == 200, answer.content


def test_five_wrong_codes_lock_it_even_for_the_right_one(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    right = trip.code
    for _ in range(5):
        assert trip.hand_over(code="nothing").status_code == 400
    answer = trip.hand_over(code=right)
    assert (answer.status_code, answer.json()["code"]) == (409, "locked")
    assert (trip.row.status, trip.row.tries) == ("out_for_delivery", 5)
    workers_run()
    for person in (cast.deepa, cast.fatima):
        titles = [note["title"] for note in Api(person).get("/notifications").json()["data"]]
        assert any("wrong" in title for title in titles)


def test_dispatcher_or_staff_unlock_and_nobody_else(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    assert trip.move(cast.deepa, "unlock").status_code == 409
    for helper in (cast.deepa, cast.sara):
        for _ in range(5):
            trip.hand_over(code="nothing")
        for other in (cast.bilal, cast.fatima, cast.ahmed):
            assert trip.move(other, "unlock").status_code == 403
        assert "unlock" in trip.move(helper, "unlock").json()["data"]["moves"] or trip.row.tries == 0
        assert trip.row.tries == 0
    assert trip.hand_over().status_code == 200


def test_the_dispatcher_unlocks_on_the_board(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    deepa = browser(cast.deepa)
    assert "/unlock/" not in deepa.get("/carrier/").content.decode()
    for _ in range(5):
        trip.hand_over(code="nothing")
    assert f"/carrier/{trip.row.code}/unlock/" in deepa.get("/carrier/").content.decode()
    deepa.post(f"/carrier/{trip.row.code}/unlock/")
    assert trip.row.tries == 0


def test_staff_unlock_in_the_admin(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    for _ in range(5):
        trip.hand_over(code="nothing")
    browser(cast.sara).post(
        f"/admin/logistics/delivery/{trip.row.pk}/moves/unlock/", {"reason": "Called them."}
    )
    assert trip.row.tries == 0
    assert Event.objects.get(name="delivery.unlock").note == "Called them."


def test_a_fresh_delivery_has_a_fresh_code_and_five_tries(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    before, first = trip.code, trip.row
    trip.hand_over(code="nothing")
    assert trip.move(cast.bilal, "fail", {"reason": "closed"}).status_code == 200
    workers_run()
    assert trip.row.pk != first.pk
    assert trip.row.tries == 0
    assert trip.leaves().code != before
    assert trip.hand_over(code=before).status_code == 400
    assert trip.hand_over().status_code == 200


def test_who_switched_it_off_is_asked_for_none(cast: Cast, start: Start) -> None:
    browser(cast.fatima).post("/addresses/hand-over/", {})
    trip = start().leaves()
    assert trip.told(cast.fatima)["delivery"]["code"] is None
    assert "hand-over-code" not in browser(cast.fatima).get(f"/orders/{trip.order}/").content.decode()
    assert 'name="code"' not in browser(cast.bilal).get(f"/driver/{trip.row.code}/").content.decode()
    assert trip.move(cast.bilal, "deliver").status_code == 200


def test_switching_it_off_later_does_not_free_a_delivery_on_its_way(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    browser(cast.fatima).post("/addresses/hand-over/", {})
    assert trip.move(cast.bilal, "deliver").status_code == 400
    assert trip.hand_over().status_code == 200


def test_codes_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(handover, "constant_time_compare", lambda a, b: asked.append((a, b)))
    handover.fits(1001, "salt", "12 34-56")
    assert asked == [(handover.code_of(1001, "salt"), "123456")]
