"""First steps: who is new is told what to do first, step by step, until all of it is done or they say enough."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from aqad.steps import steps_of
from catalog.models import Image
from core.roles import Role
from logistics.models import Delivery
from orders.models import Order
from tests.cast import Cast, put
from tests.factories import ProductFactory, RetailerFactory, UserFactory, VendorFactory
from tests.stage import Stage

pytestmark = pytest.mark.django_db
PAGES = {
    Role.RETAILER: "/catalog/",
    Role.VENDOR: "/vendor/",
    Role.DISPATCHER: "/carrier/",
    Role.DRIVER: "/driver/",
}


def seen(person: User, path: str = "", language: str = "en") -> dict[str, bool]:
    """The steps on this person's page, each with whether it is done."""
    client = Client()
    client.force_login(person)
    client.cookies["aqad-language"] = language
    page = client.get(path or PAGES[Role(person.role)], follow=True).content.decode()
    rows = re.findall(
        r'<li( class="is-done")?>\s*<span class="first-steps-mark.*?<(?:a|strong)[^>]*>([^<]+)<',
        page,
        re.DOTALL,
    )
    return {label: bool(done) for done, label in rows}


def again(person: User) -> User:
    return User.objects.get(pk=person.pk)


def test_a_new_shop_fills_its_basket_and_orders(cast: Cast) -> None:
    huda = UserFactory.create(name="Huda", role=Role.RETAILER, business=RetailerFactory.create())
    assert seen(huda) == {
        "Say where we deliver": False,
        "Fill your basket": False,
        "Place your first order": False,
    }
    client = Client()
    client.force_login(huda)
    client.post(f"/cart/{cast.pepsi.code}/", {"add": 1})
    assert seen(huda)["Fill your basket"]
    assert not seen(huda)["Say where we deliver"]


def test_who_has_ordered_sees_no_steps(cast: Cast) -> None:
    assert seen(cast.fatima) == {
        "Say where we deliver": True,
        "Fill your basket": False,
        "Place your first order": False,
    }
    cast.order(5)
    assert seen(cast.fatima) == {}
    assert seen(cast.fatima, "/") == {}


def test_a_vendor_just_approved(cast: Cast) -> None:
    desert_gold = VendorFactory.create(name="Desert Gold", about="")
    yusuf = UserFactory.create(name="Yusuf", business=desert_gold)
    assert list(seen(yusuf).values()) == [False] * 4
    rice = ProductFactory.create(vendor=desert_gold)
    Image.objects.create(product=rice, position=0, file="products/a.webp", width=10, height=10)
    assert [label for label, done in seen(yusuf).items() if done] == [
        "List your first product",
        "Show it with a picture",
    ]


def test_a_vendor_pending_approval(cast: Cast) -> None:
    nadia = cast.pending_vendor()
    first = seen(nadia, "/vendor/documents/")
    assert not first["Confirm your e-mail address"]
    assert not first["We review your papers"]
    EmailAddress.objects.create(user=nadia, email=nadia.email, primary=True, verified=True)
    assert seen(nadia, "/vendor/documents/")["Confirm your e-mail address"]


def test_a_carrier_and_its_driver(db: None) -> None:
    stage = Stage()
    assert seen(stage.salma) == {"Invite your drivers": True, "Assign the first delivery": False}
    assert seen(stage.omar)["Take your first stop"] is False
    assert Delivery.objects.filter(driver=stage.bilal).exists()
    assert "Take your first stop" not in seen(stage.bilal) or seen(stage.bilal)["Take your first stop"]


def test_they_are_told_in_arabic(cast: Cast) -> None:
    assert "املأ سلتك" in seen(cast.fatima, language="ar")


def test_hidden_is_hidden_for_this_person_alone(cast: Cast) -> None:
    colleague = UserFactory.create(name="Layla", role=Role.RETAILER, business=cast.fresh_mart)
    client = Client()
    client.force_login(cast.fatima)
    answer = client.post("/account/steps/hide/", headers={"Referer": "http://testserver/catalog/?search=tea"})
    assert answer["Location"].endswith("/catalog/?search=tea")
    assert seen(again(cast.fatima)) == {}
    assert seen(colleague) != {}


def test_staff_have_none_and_all_cost_one_question(cast: Cast) -> None:
    assert steps_of(cast.sara) == []
    for person in (cast.fatima, cast.ahmed, cast.deepa, cast.bilal):
        person.business_id  # noqa: B018
        with CaptureQueriesContext(connection) as asked:
            steps_of(person)
        assert len(asked) == 1, person


def test_an_order_taken_on_completes_the_vendors_steps(cast: Cast) -> None:
    cast.order(5, method="cash_on_delivery")
    assert not seen(cast.ahmed)["Accept your first order"]
    put(Order.objects.all(), "processing")
    assert seen(cast.ahmed)["Accept your first order"]
