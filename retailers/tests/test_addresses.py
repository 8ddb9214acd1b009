"""Fatima's addresses are hers alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from retailers.models import Address
from tests.cast import Api, Cast

pytestmark = pytest.mark.django_db

PLACE = {"line1": "Gate 7, Al Quoz 3", "city": "Dubai", "emirate": "DXB"}


def test_she_sees_her_own_and_huda_sees_hers(cast: Cast) -> None:
    cast.strangers()
    Api(cast.huda).post("/addresses", PLACE)
    assert [place["line1"] for place in Api(cast.fatima).get("/addresses").json()["data"]] == [
        cast.deira.line1
    ]
    assert [place["line1"] for place in Api(cast.huda).get("/addresses").json()["data"]] == [
        "Gate 7, Al Quoz 3"
    ]


def test_she_adds_one_more(cast: Cast) -> None:
    answer = Api(cast.fatima).post("/addresses", PLACE | {"contact": "Rashid", "phone": "050 999 8877"})
    assert answer.status_code == 201, answer.content
    made = answer.json()["data"]
    assert (made["contact"], made["phone"]) == ("Rashid", "+971509998877")
    assert Address.objects.get(pk=made["id"]).retailer == cast.fresh_mart


@pytest.mark.parametrize("missing", ["line1", "city", "emirate"])
def test_what_a_driver_needs_is_required(cast: Cast, missing: str) -> None:
    answer = Api(cast.fatima).post(
        "/addresses", {name: value for name, value in PLACE.items() if name != missing}
    )
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [missing])


@pytest.mark.parametrize(
    "wrong",
    [{"emirate": "Paris"}, {"phone": "12"}, {"retailer": "R2001"}, {"line1": ["a"]}, {"line1": "a\0"}],
)
def test_wrong_input_adds_nothing(cast: Cast, wrong: dict[str, Any]) -> None:
    answer = Api(cast.fatima).post("/addresses", PLACE | wrong)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(wrong))
    assert Address.objects.count() == 1


def test_others_have_no_addresses(cast: Cast) -> None:
    assert Api(cast.ahmed).get("/addresses").status_code == 403
    assert Api(cast.sara).get("/addresses").status_code == 403
    assert Api().get("/addresses").status_code == 401


def test_the_page_lists_and_adds(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.fatima)
    assert cast.deira.line1 in client.get("/addresses/").content.decode()
    answer = client.post("/addresses/", PLACE, follow=True)
    assert "Gate 7, Al Quoz 3" in answer.content.decode()


def test_ahmed_has_no_address_page(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.ahmed)
    assert client.get("/addresses/").status_code == 403
