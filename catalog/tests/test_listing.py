"""Ahmed lists Pepsi 330ml, by JSON or with pictures."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from PIL import Image as Pillow

from catalog.models import Movement, Product
from catalog.tests.selling import PEPSI
from core.models import Event
from core.tests.papers import drawn, sent
from tests.cast import Api, Cast
from tests.factories import PASSWORD, ProductFactory

pytestmark = pytest.mark.django_db


def newest() -> Product:
    found: Product = Product.objects.order_by("-pk")[0]
    return found


def test_ahmed_lists_pepsi_and_everybody_sees_it(ahmed: Api, cast: Cast) -> None:
    answer = ahmed.post("/products", PEPSI)
    assert answer.status_code == 201, answer.content
    made = answer.json()["data"]
    shown = {
        name: made[name] for name in ("id", "name", "price", "currency", "vat_rate", "available", "status")
    }
    assert shown == {
        "id": newest().code, "name": "Pepsi 330ml", "price": "32.50", "currency": "AED", "vat_rate": "0.05",
        "available": 500, "status": "listed",
    }  # fmt: skip
    assert made["vendor"] == {"id": cast.ahmed_foods.pk, "name": "Ahmed Foods LLC"}
    assert (made["category"]["slug"], made["brand"]["slug"]) == ("soft-drinks", "pepsi")
    assert Api().get(f"/products/{made['id']}").json()["data"]["name"] == "Pepsi 330ml"


def test_the_owner_sees_more_than_others(ahmed: Api) -> None:
    made = ahmed.post("/products", PEPSI | {"sku": "PEP-330"}).json()["data"]
    assert (made["on_hand"], made["reserved"], made["sku"]) == (500, 0, "PEP-330")
    public = Api().get(f"/products/{made['id']}").json()["data"]
    assert {"on_hand", "reserved", "sku"}.isdisjoint(public)


def test_stock_and_ledger_begin_together(ahmed: Api) -> None:
    ahmed.post("/products", PEPSI)
    [line] = Movement.objects.filter(product=newest())
    assert (line.kind, line.on_hand, line.reserved) == ("receive", 500, 0)


def test_the_log_says_vendor_created_product(ahmed: Api, cast: Cast) -> None:
    ahmed.post("/products", PEPSI)
    event = Event.objects.get(name="product.create", subject=newest().code)
    assert event.actor == f"Vendor {cast.ahmed_foods.pk}"


def test_everything_optional_is_kept(ahmed: Api) -> None:
    more = {
        "name_ar": "بيبسي 330 مل", "sku": "PEP-330", "gtin": "4006381333931", "unit": "XBX",
        "units_per_carton": 24, "min_quantity": 5, "quantity_step": 5, "vat_category": "Z", "hs_code": "220210",
    }  # fmt: skip
    made = ahmed.post("/products", PEPSI | more).json()["data"]
    assert {name: made[name] for name in more} == more
    assert made["vat_rate"] == "0"


def test_numbers_may_come_as_numbers(ahmed: Api) -> None:
    assert (
        ahmed.post("/products", PEPSI | {"price": 32.5, "quantity": "500"}).json()["data"]["price"] == "32.50"
    )


def test_a_picture_comes_with_it_and_is_drawn_anew(ahmed: Api) -> None:
    exif = Pillow.Exif()
    exif[0x010F] = "Ahmed's telephone"
    body = drawn("JPEG", (2400, 1200), exif=exif, comment=b"from the warehouse")
    assert b"telephone" in body
    answer = ahmed.upload("/products", PEPSI | {"images": sent("../../Pepsi front.JPG", body, "image/jpeg")})
    assert answer.status_code == 201, answer.content
    [image] = answer.json()["data"]["images"]
    assert (image["width"], image["height"]) == (1200, 600)
    assert "Pepsi" not in image["url"]
    served: Any = Client().get(image["url"])
    kept = b"".join(served.streaming_content)
    assert Pillow.open(io.BytesIO(kept)).format == "WEBP"
    assert b"telephone" not in kept
    assert b"warehouse" not in kept


def test_pictures_are_served_to_be_kept_for_good(ahmed: Api) -> None:
    made = ahmed.upload("/products", PEPSI | {"images": sent("a.png", drawn(), "image/png")}).json()["data"]
    served = Client().get(made["images"][0]["url"])
    assert served["Content-Type"] == "image/webp"
    assert served["Cache-Control"] == "public, max-age=31536000, immutable"
    assert served["X-Content-Type-Options"] == "nosniff"


def test_more_pictures_follow_in_order(ahmed: Api) -> None:
    code = ahmed.post("/products", PEPSI).json()["data"]["id"]
    pictures = [sent("a.png", drawn(size=(10, 10))), sent("b.jpg", drawn("JPEG", (20, 20)))]
    answer = ahmed.upload(f"/products/{code}/images", {"images": pictures})
    assert answer.status_code == 201, answer.content
    ahmed.upload(f"/products/{code}/images", {"images": sent("c.webp", drawn("WEBP", (30, 30)))})
    images = Api().get(f"/products/{code}").json()["data"]["images"]
    assert [image["width"] for image in images] == [10, 20, 30]


def test_one_bad_picture_of_two_adds_none(ahmed: Api, cast: Cast) -> None:
    pictures = [sent("a.png", drawn()), sent("b.png", b"<svg/>")]
    answer = ahmed.upload(f"/products/{cast.pepsi.code}/images", {"images": pictures})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["images"])
    assert not cast.pepsi.images.exists()


def test_a_picture_is_taken_down_by_its_place(ahmed: Api, cast: Cast) -> None:
    pictures = [sent("a.png", drawn(size=(10, 10))), sent("b.png", drawn(size=(20, 20)))]
    ahmed.upload(f"/products/{cast.pepsi.code}/images", {"images": pictures})
    answer = ahmed.call("DELETE", f"/products/{cast.pepsi.code}/images/1")
    assert answer.status_code == 200, answer.content
    assert [image["width"] for image in answer.json()["data"]["images"]] == [20]
    assert ahmed.call("DELETE", f"/products/{cast.pepsi.code}/images/2").status_code == 404
    assert ahmed.call("DELETE", f"/products/{cast.pepsi.code}/images/0").status_code == 404


def test_no_picture_at_all_is_asked_for(ahmed: Api, cast: Cast) -> None:
    answer = ahmed.upload(f"/products/{cast.pepsi.code}/images", {})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["images"])


WRONG: dict[str, dict[str, Any]] = {
    "a negative price": {"price": "-1"},
    "no price at all": {"price": "0"},
    "less than a fils": {"price": "0.001"},
    "an endless price": {"price": "1e400"},
    "a price that is no number": {"price": "NaN"},
    "a price without end": {"price": "Infinity"},
    "a price in words": {"price": "ten"},
    "a price that is true": {"price": True},
    "a price too large to keep": {"price": "99999999999.00"},
    "a negative quantity": {"quantity": -1},
    "half a carton": {"quantity": 1.5},
    "a quantity that is true": {"quantity": True},
    "more cartons than exist": {"quantity": 10**12},
    "no name": {"name": ""},
    "a name of blanks": {"name": "   "},
    "a name that is null": {"name": None},
    "a name in a list": {"name": ["Pepsi"]},
    "a very long name": {"name": "x" * 201},
    "a null character": {"name": "Pep\0si"},
    "half a character": {"name": "Pep\ud800si"},
    "an unknown category": {"category": "toys"},
    "a category with a null character": {"category": "soft\0"},
    "an unknown brand": {"brand": "nobody"},
    "a barcode with a wrong check digit": {"gtin": "4006381333932"},
    "a barcode in words": {"gtin": "barcode"},
    "an unknown unit": {"unit": "XYZ"},
    "an unknown VAT category": {"vat_category": "X"},
    "a wrong HS code": {"hs_code": "22"},
    "a smallest order of nothing": {"min_quantity": 0},
    "steps of nothing": {"quantity_step": 0},
    "another vendor": {"vendor": "V1"},
    "a status of its own": {"status": "hidden"},
}


@pytest.mark.parametrize("kind", WRONG)
def test_ahmed_is_refused(ahmed: Api, kind: str) -> None:
    before = Product.objects.count()
    answer = ahmed.post("/products", PEPSI | WRONG[kind])
    assert answer.status_code == 400, answer.content
    told = answer.json()
    assert list(told["errors"]) == list(WRONG[kind])
    assert told["message"] == next(iter(told["errors"].values()))[0]
    assert Product.objects.count() == before


SENDABLE = [
    kind
    for kind, wrong in WRONG.items()
    if "half a" not in kind and isinstance(next(iter(wrong.values())), str)
]


@pytest.mark.parametrize("kind", SENDABLE)
def test_multipart_is_judged_like_json(ahmed: Api, kind: str) -> None:
    answer = ahmed.upload("/products", PEPSI | WRONG[kind])
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(WRONG[kind]))


@pytest.mark.parametrize("missing", list(PEPSI))
def test_each_required_field_is_asked_for_by_name(ahmed: Api, missing: str) -> None:
    answer = ahmed.post("/products", {name: value for name, value in PEPSI.items() if name != missing})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [missing])
    assert answer.json()["message"].endswith(" is required")


@pytest.mark.parametrize("body", [b"{", b"[]", b"NaN", b'{"price": NaN}', b"\xff", b'{"name":' * 100_000])
def test_a_body_that_is_no_json_object_is_refused(ahmed: Api, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {ahmed.token}"}
    answer = ahmed.client.post(
        "/api/products", body[:200_000], content_type="application/json", headers=headers
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_a_sku_names_one_product_of_a_vendor(ahmed: Api, cast: Cast) -> None:
    ProductFactory(sku="PEP-330")
    assert ahmed.post("/products", PEPSI | {"sku": "PEP-330"}).status_code == 201
    assert list(ahmed.post("/products", PEPSI | {"sku": "PEP-330"}).json()["errors"]) == ["sku"]


@pytest.mark.parametrize(("who", "status"), [("fatima", 403), ("sara", 403), ("bilal", 403), ("deepa", 403)])
def test_only_vendors_list_products(ahmed: Api, cast: Cast, who: str, status: int) -> None:
    assert Api(getattr(cast, who)).post("/products", PEPSI).status_code == status
    assert Product.objects.count() == 1


def test_strangers_are_unauthorized(ahmed: Api) -> None:
    assert Api().post("/products", PEPSI).status_code == 401


def test_pending_nadia_gets_no_token_to_list_with(cast: Cast) -> None:
    nadia = cast.pending_vendor()
    answer = Api().post("/auth/login", {"email": nadia.email, "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (403, "account_not_active")
