"""Nadia registers in a browser, and looks around while she waits."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from tests.cast import Cast
from vendors.models import Vendor
from vendors.tests.applying import application

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadia(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.pending_vendor())
    return client


def test_the_form_asks_for_both_documents() -> None:
    page = Client().get("/register/vendor/").content.decode()
    assert 'name="trade_license"' in page
    assert 'name="vat_certificate"' in page
    assert 'enctype="multipart/form-data"' in page


def test_registering_signs_in_and_leads_to_the_documents() -> None:
    client = Client()
    answer = client.post("/register/vendor/", application(), follow=True)
    assert answer.redirect_chain == [("/vendor/documents/", 302)]
    assert "licence.pdf" in answer.content.decode()
    assert answer.context["user"].business_id == Vendor.objects.get().pk


def test_a_mistake_is_shown_beside_its_field_and_nothing_is_made() -> None:
    answer = Client().post("/register/vendor/", application(email="nadia"))
    assert answer.status_code == 200
    assert "Invalid email" in answer.content.decode()
    assert not User.objects.exists()


def test_too_many_registrations_are_stopped_on_the_page_too() -> None:
    client = Client()
    codes = [client.post("/register/vendor/", {"name": "Nadia"}).status_code for _ in range(25)]
    assert codes[-1] == 429


@pytest.mark.parametrize("path", ["/vendor/documents/", "/notifications/", "/account/"])
def test_pending_nadia_reaches(nadia: Client, path: str) -> None:
    assert nadia.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/vendor/products/", "/vendor/products/new/", "/vendor/"])
def test_pending_nadia_is_led_back_from(nadia: Client, path: str) -> None:
    answer = nadia.get(path, follow=True)
    assert answer.redirect_chain[-1][0] == "/vendor/documents/"


def test_pending_nadia_creates_nothing(nadia: Client, cast: Cast) -> None:
    nadia.post("/vendor/products/new/", {"name": "Anything"})
    assert not Vendor.objects.get(name="New Vendor Trading").products.exists()


def test_fatima_has_no_vendor_documents(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.fatima)
    assert client.get("/vendor/documents/").status_code == 403


def test_the_storefront_of_a_pending_vendor_is_not_there(cast: Cast) -> None:
    cast.pending_vendor()
    waiting = Vendor.objects.get(name="New Vendor Trading")
    assert Client().get(waiting.get_absolute_url()).status_code == 404
    assert Client().get(cast.ahmed_foods.get_absolute_url()).status_code == 200
