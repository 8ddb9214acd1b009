"""Proof of delivery: photo, note, time and actor, shown to whom the delivery concerns."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from PIL import Image

from core.models import Event
from core.tests.papers import drawn, pdf, sent
from logistics.models import Delivery
from logistics.tests.conftest import Start, Trip, browser
from tests.cast import Api, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def drawer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Photos of a test stay in its own folder."""
    monkeypatch.setattr(Delivery.photo.field, "storage", FileSystemStorage(tmp_path))
    return tmp_path / "proofs"


def kept(drawer: Path) -> list[str]:
    """The files in the drawer."""
    return [file.name for file in drawer.iterdir()] if drawer.exists() else []


def shoot(trip: Trip, picture: bytes, name: str = "door.png", **told: str) -> Any:
    """Bilal sends a photo from the door."""
    fields = {"code": trip.code, "note": "Handed to Fatima.", "photo": sent(name, picture)} | told
    return Api(trip.cast.bilal).upload(f"/deliveries/{trip.row.code}/moves/deliver", fields)


def test_photo_note_time_and_actor_are_kept(cast: Cast, start: Start, drawer: Path) -> None:
    trip = start().leaves()
    answer = shoot(trip, drawn())
    assert answer.status_code == 200, answer.content
    told = answer.json()["data"]
    assert (told["note"], told["status"]) == ("Handed to Fatima.", "delivered")
    assert told["delivered_at"]
    assert told["photo"] == f"/api/deliveries/{trip.row.code}/photo"
    event = Event.objects.get(name="delivery.deliver")
    assert (event.actor_id, event.note) == (cast.bilal.pk, "Handed to Fatima.")
    assert kept(drawer) == [Path(str(trip.row.photo.name)).name]


def test_the_photo_is_drawn_anew_without_where_it_was_taken(start: Start) -> None:
    exif = Image.Exif()
    exif[0x010E] = "N 25.2048, E 55.2708"
    trip = start().leaves()
    assert shoot(trip, drawn("JPEG", exif=exif), "door.jpg").status_code == 200
    body = trip.row.photo.read()
    assert b"25.2048" not in body
    assert Image.open(io.BytesIO(body)).format == "WEBP"


def test_both_sides_staff_and_the_carrier_see_it_and_nobody_else(cast: Cast, start: Start) -> None:
    cast.strangers()
    trip = start().leaves()
    shoot(trip, drawn())
    code = trip.row.code
    for person in (cast.fatima, cast.ahmed, cast.sara, cast.deepa, cast.bilal):
        answer: Any
        for answer in (
            browser(person).get(f"/deliveries/{code}/photo/", follow=True),
            Api(person).get(f"/deliveries/{code}/photo"),
        ):
            assert answer.status_code == 200
            assert answer["Content-Type"] == "image/webp"
            assert b"".join(answer.streaming_content)[:4] == b"RIFF"
    for person in (cast.huda, cast.yusuf, cast.omar, cast.salma):
        assert browser(person).get(f"/deliveries/{code}/photo/").status_code == 404
        assert Api(person).get(f"/deliveries/{code}/photo").status_code == 404
    assert Api().get(f"/deliveries/{code}/photo").status_code == 401


def test_the_order_shows_it_to_both_sides(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    shoot(trip, drawn())
    for person in (cast.fatima, cast.ahmed, cast.sara):
        page = browser(person).get(f"/orders/{trip.order}/").content.decode()
        assert f"/deliveries/{trip.row.code}/photo/" in page
        assert "Handed to Fatima." in page


@pytest.mark.parametrize(
    ("name", "body"),
    [("door.pdf", pdf()), ("door.png", b"not a picture"), ("door.png", b""), ("door.jpg", drawn())],
    ids=["pdf", "text", "empty", "another kind"],
)
def test_what_is_no_picture_is_refused(start: Start, drawer: Path, name: str, body: bytes) -> None:
    trip = start().leaves()
    answer = shoot(trip, body, name)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["photo"])
    assert (trip.row.status, trip.row.tries, kept(drawer)) == ("out_for_delivery", 0, [])


def test_a_refused_report_leaves_no_file(start: Start, drawer: Path) -> None:
    trip = start().leaves()
    assert shoot(trip, drawn(), code="000").status_code == 400
    assert kept(drawer) == []
    assert trip.row.tries == 1


def test_json_needs_no_photo_and_takes_nothing_unknown(start: Start) -> None:
    trip = start().leaves()
    wrong = trip.hand_over(signature="F")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["signature"])
    assert trip.hand_over(note="Handed to Fatima.").status_code == 200
    assert trip.row.note == "Handed to Fatima."
    assert Api(trip.cast.fatima).get(f"/deliveries/{trip.row.code}/photo").status_code == 404


def test_bilal_reports_on_his_phone(cast: Cast, start: Start, drawer: Path) -> None:
    trip = start().leaves()
    bilal, path = browser(cast.bilal), f"/driver/{trip.row.code}/"
    page = bilal.get(path).content.decode()
    assert 'name="code"' in page
    assert 'capture="environment"' in page
    assert 'name="cash"' not in page
    refused = bilal.post(f"{path}moves/deliver/", {"code": "000"}).content.decode()
    assert "4 tries are left" in refused
    fields = {"code": trip.code, "note": "At the back door.", "photo": sent("a.png", drawn())}
    done = bilal.post(f"{path}moves/deliver/", fields, follow=True)
    assert done.redirect_chain == [("/driver/", 302)]
    assert (trip.row.status, trip.row.note, len(kept(drawer))) == ("delivered", "At the back door.", 1)


def test_a_driver_keeps_no_phone_number_of_the_shop(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    number = str(cast.deira.phone)
    path = f"/deliveries/{trip.row.code}"
    assert Api(cast.bilal).get(path).json()["data"]["address"]["phone"] == number
    assert trip.hand_over().status_code == 200
    assert number not in Api(cast.bilal).get(path).content.decode()
    assert number not in browser(cast.bilal).get(f"/driver/{trip.row.code}/").content.decode()
    assert Api(cast.deepa).get(path).json()["data"]["address"]["phone"] == number
