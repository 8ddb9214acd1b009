"""The catalogue, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from core.tests.papers import drawn, sent
from tests.cast import Api, Cast
from tests.contract.rows import row
from tests.contract.shapes import META, MONEY, OWN_PRODUCT, PRODUCT, TEXT, TIME, code, data, maybe, refused
from tests.contract.shapes import rows as listed
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db

NAMED = {"slug": TEXT, "name": TEXT, "name_ar": str}
COUNTED = NAMED | {"count": int}
FACETS = {
    "category": [COUNTED],
    "brand": [COUNTED],
    "vendor": [{"id": code("V"), "name": TEXT, "count": int}],
    "price": [{"min": MONEY, "max": maybe(MONEY), "count": int}],
    "in_stock": [{"value": bool, "count": int}],
}
PEPSI: dict[str, Any] = {
    "name": "Pepsi 330ml", "description": "24 cans in a carton", "price": "32.50", "quantity": 500,
    "category": "soft-drinks", "brand": "pepsi",
}  # fmt: skip
MORE: dict[str, Any] = {
    "name_ar": "بيبسي 330 مل", "sku": "PEP-330", "gtin": "4006381333931", "unit": "XBX", "units_per_carton": 24,
    "min_quantity": 10, "quantity_step": 5, "vat_category": "Z", "hs_code": "220210",
}  # fmt: skip


@row("GET /api/products")
def test_get_api_products(cast: Cast) -> None:
    found = listed(Api().get("/products"), PRODUCT)
    assert [each["id"] for each in found] == [cast.pepsi.code]
    listed(Api().get("/products?facets=1"), PRODUCT, META | {"facets": FACETS})


NARROWED = {
    "search=pepsi": 1, "search=labneh": 0, "category=soft-drinks": 1, "category=toys": 0, "brand=pepsi": 1,
    "brand=nobody": 0, "vendor=V999999": 0, "min_price=32.50": 1, "min_price=32.51": 0, "max_price=32.50": 1,
    "max_price=32.49": 0, "in_stock=true": 1,
}  # fmt: skip


@row("GET /api/products")
@pytest.mark.parametrize(("query", "count"), NARROWED.items())
def test_get_api_products_narrowed(cast: Cast, query: str, count: int) -> None:
    assert len(listed(Api().get(f"/products?{query}"), PRODUCT)) == count


@row("GET /api/products", "lists")
@pytest.mark.parametrize("sort", ["relevance", "price", "-price", "newest", "name"])
def test_get_api_products_page_by_page(cast: Cast, sort: str) -> None:
    for number in range(4):
        ProductFactory(vendor=cast.ahmed_foods, name=f"Pepsi {number}", price=f"{number + 1}.00")
    every = [each["id"] for each in Api().get(f"/products?search=pepsi&sort={sort}").json()["data"]]
    seen, cursor = [], ""
    while cursor is not None:
        answer = Api().get(f"/products?search=pepsi&sort={sort}&page_size=2&cursor={cursor}").json()
        assert answer["meta"]["count"] == 5
        seen += [each["id"] for each in answer["data"]]
        assert (answer["meta"]["previous"] is None) == (len(seen) == 2)
        cursor = answer["meta"]["next"]
    assert seen == every
    assert len(every) == 5


@row("GET /api/products")
@pytest.mark.parametrize(
    ("query", "field"),
    [("page_size=101", "page_size"), ("page_size=0", "page_size"), ("sort=colour", "sort"),
     ("cursor=nonsense", "cursor"), ("min_price=cheap", "min_price")],
)  # fmt: skip
def test_get_api_products_refuses(cast: Cast, query: str, field: str) -> None:
    assert field in refused(Api().get(f"/products?{query}"), 400, "invalid")["errors"]


@row("GET /api/products/{product}")
def test_get_api_product(cast: Cast) -> None:
    path = f"/products/{cast.pepsi.code}"
    data(Api().get(path), 200, PRODUCT)
    data(Api(cast.fatima).get(path), 200, PRODUCT)
    data(Api(cast.ahmed).get(path), 200, OWN_PRODUCT)
    refused(Api().get("/products/P999999"), 404, "not_found")


@row("GET /api/categories")
def test_get_api_categories(cast: Cast) -> None:
    [shelf] = data(Api().get("/categories"), 200, [NAMED | {"parent": maybe(TEXT), "children": list}])
    assert (shelf["slug"], shelf["parent"], shelf["children"]) == ("soft-drinks", None, [])


@row("GET /api/brands")
def test_get_api_brands(cast: Cast) -> None:
    data(Api().get("/brands"), 200, [NAMED])


@row("POST /api/products")
def test_post_api_products(cast: Cast) -> None:
    made = data(Api(cast.ahmed).post("/products", PEPSI | MORE), 201, OWN_PRODUCT)
    assert {name: made[name] for name in MORE} == MORE
    assert (made["status"], made["available"], made["price"]) == ("listed", 500, "32.50")
    pictured = PEPSI | {"images": [sent("front.png", drawn()), sent("back.png", drawn())]}
    assert len(data(Api(cast.ahmed).upload("/products", pictured), 201, OWN_PRODUCT)["images"]) == 2
    refused(Api(cast.fatima).post("/products", PEPSI), 403, "forbidden")
    refused(Api(cast.sara).post("/products", PEPSI), 403, "forbidden")
    refused(Api().post("/products", PEPSI), 401, "unauthorized")
    refused(Api(cast.ahmed).post("/products", PEPSI | {"vendor": "V1"}), 400, "invalid")


@row("PATCH /api/products/{product}")
def test_patch_api_product(cast: Cast) -> None:
    path = f"/products/{cast.pepsi.code}"
    made = data(Api(cast.ahmed).call("PATCH", path, {"price": "35.00"}), 200, OWN_PRODUCT)
    assert (made["price"], made["name"]) == ("35.00", "Pepsi 330ml")
    refused(Api(cast.ahmed).call("PATCH", path, {"price": "-1"}), 400, "invalid")
    refused(Api(cast.strangers().yusuf).call("PATCH", path, {"price": "1.00"}), 404, "not_found")


@row("DELETE /api/products/{product}")
def test_delete_api_product(cast: Cast) -> None:
    path = f"/products/{cast.pepsi.code}"
    assert data(Api(cast.ahmed).call("DELETE", path), 200, OWN_PRODUCT)["status"] == "archived"
    refused(Api().get(path), 404, "not_found")
    refused(Api(cast.ahmed).call("DELETE", path), 409, "wrong_state")


@row("POST /api/products/{product}/images", "DELETE /api/products/{product}/images/{n}")
def test_post_and_delete_api_product_images(cast: Cast) -> None:
    ahmed, path = Api(cast.ahmed), f"/products/{cast.pepsi.code}/images"
    made = data(
        ahmed.upload(path, {"images": [sent("a.png", drawn()), sent("b.png", drawn())]}), 201, OWN_PRODUCT
    )
    assert len(made["images"]) == 2
    assert len(data(ahmed.call("DELETE", f"{path}/1"), 200, OWN_PRODUCT)["images"]) == 1
    refused(ahmed.call("DELETE", f"{path}/2"), 404, "not_found")
    assert (
        "images"
        in refused(ahmed.upload(path, {"images": sent("a.png", b"<svg/>")}), 400, "invalid")["errors"]
    )


@row("POST /api/products/{product}/stock")
def test_post_api_product_stock(cast: Cast) -> None:
    ahmed, path = Api(cast.ahmed), f"/products/{cast.pepsi.code}/stock"
    made = data(ahmed.post(path, {"change": 50, "reason": "received"}), 200, OWN_PRODUCT)
    assert (made["on_hand"], made["available"]) == (550, 550)
    told = refused(ahmed.post(path, {"change": -551, "reason": "broken"}), 409, "out_of_stock")
    assert (told["product"], told["asked"], told["available"]) == (cast.pepsi.code, 551, 550)
    refused(ahmed.post(path, {"change": 5}), 400, "invalid")


@row("GET /api/products/{product}/movements")
def test_get_api_product_movements(cast: Cast) -> None:
    line = {"at": TIME, "kind": TEXT, "on_hand": int, "reserved": int, "reason": str, "actor": TEXT}
    cast.order(100)
    found = listed(Api(cast.ahmed).get(f"/products/{cast.pepsi.code}/movements"), line)
    assert [(each["kind"], each["on_hand"], each["reserved"]) for each in found] == [
        ("hold", 0, 100), ("receive", 500, 0),
    ]  # fmt: skip
    refused(Api(cast.fatima).get(f"/products/{cast.pepsi.code}/movements"), 403, "forbidden")
