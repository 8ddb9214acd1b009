"""The demo market as it is promised; `tests/test_demo.py` looks at its books."""

from __future__ import annotations

import pytest
from django.db.models import F

from accounts.lifecycle import BusinessStatus
from accounts.models import User
from aqad import demo
from catalog.models import Product
from orders.lifecycle import OrderStatus
from orders.models import Order
from retailers.models import Address
from tests.cast import Api
from tests.contract.rows import row
from tests.contract.shapes import data, refused
from tests.test_demo import _loaded  # noqa: F401
from vendors.models import Document, Vendor

pytestmark = pytest.mark.django_db

LOGINS = {
    # e-mail: role, business
    "ahmed@ahmedfoods.example": ("vendor", "V1001"),
    "fresh@freshmart.example": ("retailer", "R2001"),
    "driver@fasttrack.example": ("driver", "C3001"),
    "dispatch@fasttrack.example": ("dispatcher", "C3001"),
    "admin@aqad.example": ("staff", None),
}
SHOPS = [f"shop{number:02d}@demo.example" for number in range(1, 61)]


def sign_in(email: str) -> Api:
    """Somebody's program, with the demo's password."""
    api = Api(User.objects.get(email=email))
    credentials = {"email": email, "password": "aqad-demo"}
    api._token = data(Api().post("/auth/login", credentials))["access"]
    return api


@row("printed logins", "demo")
def test_the_printed_logins() -> None:
    assert set(demo.LOGINS) == {*LOGINS, "new@newvendor.example"}
    for email, (role, business) in LOGINS.items():
        me = data(sign_in(email).get("/auth/me"))
        assert (me["role"], me["business"] and me["business"]["id"]) == (role, business)
        assert me["email_verified"]
    pending = {"email": "new@newvendor.example", "password": "aqad-demo"}
    refused(Api().post("/auth/login", pending), 403, "account_not_active")
    nadia = User.objects.get(email=pending["email"])
    assert Document.objects.filter(vendor=nadia.business_id, status="pending").count() == 2


@row("shop01 … shop60")
def test_sixty_more_retailers_each_with_an_address(settings: object) -> None:
    people = User.objects.filter(email__in=SHOPS, role="retailer", is_active=True)
    assert people.count() == 60
    homes = Address.objects.filter(retailer__in=people.values("membership__business"))
    assert homes.values("retailer").distinct().count() == 60
    assert all(person.check_password("aqad-demo") for person in people[:2])
    for email in (SHOPS[0], SHOPS[-1]):
        assert data(sign_in(email).get("/addresses"))


@row("how much there is")
def test_about_twelve_vendors_and_four_hundred_products_in_both_languages() -> None:
    assert Vendor.objects.filter(status=BusinessStatus.ACTIVE).count() == 12
    goods = Product.objects.on_sale()
    assert goods.count() == 400
    assert not goods.filter(name_ar="").exists()
    assert not goods.filter(images=None).exists()
    assert set(Order.objects.values_list("status", flat=True)) == set(OrderStatus.values)


@row("how much there is")
def test_everything_in_it_can_be_ordered_from_its_page() -> None:
    assert not Product.objects.exclude(
        min_quantity=F("quantity_step") * (F("min_quantity") / F("quantity_step"))
    ).exists()


@row("the story's numbers", "readable ids")
def test_the_story_has_the_first_numbers() -> None:
    pepsi = data(Api().get("/products/P1001"))
    assert (pepsi["name"], pepsi["vendor"], pepsi["available"]) == (
        "Pepsi 330ml", {"id": "V1001", "name": "Ahmed Foods LLC"}, 500,
    )  # fmt: skip
    assert (
        data(sign_in("fresh@freshmart.example").get("/auth/me"))["business"]["name"]
        == "Fresh Mart Supermarket"
    )
    assert (
        data(sign_in("driver@fasttrack.example").get("/auth/me"))["business"]["name"] == "FastTrack Logistics"
    )
