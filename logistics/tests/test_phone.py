"""The driver's pages on a phone: in driving order, installable, and with everything a report may need later."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from logistics import views_phone
from logistics.models import Carrier
from logistics.tests.conftest import Start, browser
from tests.cast import Cast
from tests.factories import AddressFactory

pytestmark = pytest.mark.django_db


def test_the_manifest_makes_an_app_of_the_drivers_pages() -> None:
    answer = Client().get("/driver/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    app = answer.json()
    assert (app["start_url"], app["scope"], app["display"]) == ("/driver/", "/driver/", "standalone")
    assert {icon["purpose"] for icon in app["icons"]} == {"any", "maskable"}
    assert {icon["sizes"] for icon in app["icons"]} == {"192x192", "512x512"}
    assert all(finders.find(icon["src"].removeprefix("/static/")) for icon in app["icons"])
    arabic = Client(headers={"Accept-Language": "ar"}).get("/driver/manifest.webmanifest").json()
    assert (arabic["lang"], arabic["dir"]) == ("ar", "rtl")


def test_the_worker_is_ours_fresh_and_knows_files_that_exist() -> None:
    answer = Client().get("/driver/sw.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert (answer["Cache-Control"], answer["Service-Worker-Allowed"]) == ("no-cache", "/driver/")
    assert "worker-src 'self'" in answer["Content-Security-Policy"]
    said = re.match(r"self\.SHELL = (.*);\nimportScripts\(", answer.content.decode())
    assert said
    shell = json.loads(said[1])
    missing = [
        path for path in shell["files"] + shell["imported"] if not finders.find(path.removeprefix("/static/"))
    ]
    assert not missing


def test_a_new_file_makes_a_new_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    before = views_phone.shell()["version"]
    assert views_phone.shell()["version"] == before
    monkeypatch.setattr(views_phone, "static", lambda name: f"/static/{name}?new")
    assert views_phone.shell()["version"] != before


def test_the_page_of_a_driver_brings_the_app_and_others_do_not(cast: Cast) -> None:
    page = browser(cast.bilal).get("/driver/")
    assert 'rel="manifest"' in page.content.decode()
    assert f'data-person="{cast.bilal.pk}"' in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert 'rel="manifest"' not in browser(cast.deepa).get("/carrier/").content.decode()


def test_a_phone_asks_who_is_signed_in(cast: Cast) -> None:
    told = browser(cast.bilal).get("/driver/who/")
    assert told.json()["driver"] == str(cast.bilal.pk)
    assert told["Cache-Control"] == "private, no-store"
    assert Client().get("/driver/who/").status_code == 302


def test_its_token_is_taken_and_without_it_nothing_is(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.bilal, backend="accounts.backends.EmailBackend")
    token = strict.get("/driver/who/").json()["token"]
    report = {"key": "k1", "driver": str(cast.bilal.pk), "code": trip.code}
    path = f"/driver/{trip.row.code}/moves/deliver/"
    assert strict.post(path, report).status_code == 403
    assert strict.post(path, report, headers={"X-CSRFToken": token}).status_code == 200


def test_what_is_on_its_way_comes_first_and_neighbours_together(cast: Cast, start: Start) -> None:
    stops = []
    Carrier.objects.filter(pk=cast.fasttrack.pk).update(covers=["SHJ", "DXB", "AUH"])
    for emirate, area in [("SHJ", "Al Nahda"), ("DXB", "Marina"), ("DXB", "Deira"), ("AUH", "Yas")]:
        cast.deira = AddressFactory.create(retailer=cast.fresh_mart, emirate=emirate, area=area)
        stops.append(start())
        assert stops[-1].move(cast.bilal, "take").status_code == 200
    for move in ("pick_up", "out_for_delivery"):
        assert stops[0].move(cast.bilal, move).status_code == 200
    page = browser(cast.bilal).get("/driver/").content.decode()
    shown = re.findall(r'data-stop="(DEL\d+)"', page)
    assert shown == [stops[n].row.code for n in (0, 3, 2, 1)]


def test_later_reports_wait_on_the_page_for_a_phone_without_network(cast: Cast, start: Start) -> None:
    trip = start()
    trip.move(cast.bilal, "take")
    page = browser(cast.bilal).get(f"/driver/{trip.row.code}/").content.decode()
    steps = dict(re.findall(r'<form class="[a-z ]*step"[^>]*data-move="(\w+)"[^>]*?( hidden)?>', page))
    assert steps == {"pick_up": "", "out_for_delivery": " hidden", "deliver": " hidden"}


def test_no_report_is_offered_for_what_nobody_has_taken(cast: Cast, start: Start) -> None:
    trip = start()
    page = browser(cast.bilal).get(f"/driver/{trip.row.code}/").content.decode()
    assert "moves/take/" in page
    assert "data-report" not in page


def test_each_reason_is_a_button(cast: Cast, start: Start) -> None:
    trip = start().leaves()
    bilal: Any = browser(cast.bilal)
    page = bilal.get(f"/driver/{trip.row.code}/").content.decode()
    assert page.count('name="reason" value="') == 5
    done = bilal.post(f"/driver/{trip.row.code}/moves/fail/", {"reason": "closed"})
    assert done.status_code == 302
