"""The story from vendor registration to delivery, phase by phase, with its failures and in its own words."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from catalog import cache
from core.tests.papers import drawn, pdf, sent
from payments import asking
from payments.models import Payment
from payments.tests.conftest import DECLINED, Bank
from tests.cast import Api, Cast, bank_says, handover_code, key, workers_run
from tests.contract.rows import row
from tests.contract.shapes import data, refused
from tests.contract.test_sign_up_and_in import PERSON, papers
from tests.factories import PASSWORD
from tests.stage import Stage

pytestmark = pytest.mark.django_db

PEPSI: dict[str, Any] = {
    "name": "Pepsi 330ml", "description": "24 cans in a carton", "price": "32.50", "quantity": 500,
    "category": "soft-drinks", "brand": "pepsi",
}  # fmt: skip


def logged(caplog: Any) -> list[str]:
    """What the log says, sentence by sentence."""
    return [record.msg["event"] for record in caplog.records if isinstance(record.msg, dict)]


def told(cast_member: Any) -> list[str]:
    """The titles in somebody's inbox."""
    workers_run()
    return [note["title"] for note in Api(cast_member).get("/notifications").json()["data"]]


# --- phases ---------------------------------------------------------------------------------------


@row("1 Vendor registration", "1 File upload", "1 Verification")
def test_phase_1_vendor_registration_documents_and_approval(
    cast: Cast, django_capture_on_commit_callbacks: Any, caplog: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = Api().upload("/vendor/register", PERSON | papers())
    vendor = data(answer, 201)["id"]
    assert f"Vendor {vendor} registered Business {vendor}" in logged(caplog)
    credentials = {"email": PERSON["email"], "password": PERSON["password"]}
    refused(Api().post("/auth/login", credentials), 403, "account_not_active")
    sara = Client()
    sara.force_login(cast.sara)
    page = sara.get(f"/admin/vendors/vendor/{vendor}/change/").content.decode()
    assert "licence.pdf" in page
    sara.post(f"/admin/vendors/vendor/{vendor}/moves/approve/", {"reason": "In order."})
    user = data(Api().post("/auth/login", credentials))["user"]
    assert user["business"]["status"] == "active"


@row("1 Rate limiting", "100 registrations in a minute")
def test_phase_1_a_hundred_registrations_in_a_minute_are_blocked() -> None:
    nadia = Api()
    answers = [nadia.upload("/vendor/register", {"name": "Nadia"}) for _ in range(100)]
    assert sum(answer.status_code == 429 for answer in answers) >= 80


@row("1 Validation", "an invalid e-mail")
def test_phase_1_an_invalid_email_is_called_invalid_email() -> None:
    answer = Api().upload("/vendor/register", PERSON | papers() | {"email": "abc"})
    told = refused(answer, 400, "invalid")
    assert (told["success"], told["message"]) == (False, "Invalid email")


@row("2 Vendor login")
def test_phase_2_vendor_login(cast: Cast) -> None:
    pair = data(Api().post("/auth/login", {"email": cast.ahmed.email, "password": PASSWORD}))
    assert pair["access"].count(".") == 2
    data(Api().get("/auth/me", Authorization=f"Bearer {pair['access']}"))


@row("3 Product creation", "3 Logging")
def test_phase_3_vendor_created_product_with_a_picture(
    cast: Cast, django_capture_on_commit_callbacks: Any, caplog: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = Api(cast.ahmed).upload("/products", PEPSI | {"images": sent("pepsi.png", drawn())})
    made = data(answer, 201)
    assert f"Vendor {cast.ahmed_foods.pk} created Product {made['id']}" in logged(caplog)
    assert Client().get(made["images"][0]["url"]).status_code == 200


@row("3 Authorization", "a retailer creating a product")
def test_phase_3_a_retailer_may_not_create_products(cast: Cast) -> None:
    assert refused(Api(cast.fatima).post("/products", PEPSI), 403, "forbidden")["message"] == "Forbidden"
    assert refused(Api().post("/products", PEPSI), 401, "unauthorized")["message"] == "Unauthorized"


@row("4 Search")
def test_phase_4_fresh_mart_searches_for_pepsi(cast: Cast) -> None:
    for query in ("Pepsi", "pepsi 330", "بيبسي"):
        found = Api(cast.fatima).get(f"/products?search={query}").json()["data"]
        assert [each["name"] for each in found] == ["Pepsi 330ml"], query


@row("4 Cache")
@pytest.mark.django_db(transaction=True)
def test_phase_4_a_popular_search_is_answered_from_the_cache(
    cast: Cast, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "BRIEF", 60)
    caches["default"].clear()
    first = Api().get("/products?search=pepsi")
    with django_assert_num_queries(0):
        again = Api().get("/products?search=pepsi")
    assert again.content == first.content
    assert len(again.json()["data"]) == 1


@row("5 Order", "5 Inventory reservation", "5 Logging", "5 Notifications")
def test_phase_5_a_hundred_cartons_of_five_hundred(
    cast: Cast, django_capture_on_commit_callbacks: Any, caplog: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        order = cast.order(100, "cash_on_delivery")["orders"][0]
    assert Api().get(f"/products/{cast.pepsi.code}").json()["data"]["available"] == 400
    assert f"Retailer {cast.fresh_mart.pk} created Order {order['id']}" in logged(caplog)
    assert "New Order Received" in told(cast.ahmed)
    assert "Order Successfully Created" in told(cast.fatima)


@row("6 Payment")
def test_phase_6_successful_payment(cast: Cast) -> None:
    made = cast.order(100)
    bank_says(made["payments"][0]["id"])
    fatima = Api(cast.fatima)
    assert fatima.get(f"/payments/{made['payments'][0]['id']}").json()["data"]["status"] == "captured"
    assert fatima.get(f"/orders/{made['orders'][0]['id']}").json()["data"]["status"] == "placed"
    assert "New Order Received" in told(cast.ahmed)


@row("6 Failed payment", "a declined card")
def test_phase_6_a_declined_card_restores_the_inventory(
    cast: Cast, bank: Bank, django_capture_on_commit_callbacks: Any, caplog: Any
) -> None:
    made = cast.order(100)
    payment, order = made["payments"][0], made["orders"][0]["id"]
    opened = Client().get(payment["redirect_url"].partition("127.0.0.1:1")[2])
    bank.pay(opened["Location"], DECLINED)
    with django_capture_on_commit_callbacks(execute=True):
        asking.ask(Payment.objects.coded(payment["id"]).get())
    told_order = Api(cast.fatima).get(f"/orders/{order}").json()["data"]
    assert (told_order["status"], told_order["payment"]["status"]) == ("failed", "failed")
    assert Api().get(f"/products/{cast.pepsi.code}").json()["data"]["available"] == 500
    assert f"AQAD failed Order {order}" in logged(caplog)
    assert "Payment failed: the order was not placed" in told(cast.fatima)


@row("7 Vendor processing")
def test_phase_7_vendor_accepts_the_order(cast: Cast) -> None:
    order = cast.order(100, "cash_on_delivery")["orders"][0]["id"]
    pending = Api(cast.ahmed).get("/orders?status=placed").json()["data"]
    assert [each["id"] for each in pending] == [order]
    made = data(Api(cast.ahmed).post(f"/orders/{order}/moves/accept"))
    assert (made["status"], made["history"][-1]["event"]) == ("processing", "order.accept")
    assert "The vendor has accepted the order" in told(cast.fatima)


@row("8 Delivery assignment", "8 Delivery tracking")
def test_phase_8_delivery_from_assignment_to_delivered(stage: Stage) -> None:
    bilal, order = stage.api("bilal"), f"/orders/{stage.bought.code}"
    [delivery] = bilal.get("/deliveries").json()["data"]
    assert (delivery["order"], delivery["carrier"]["name"]) == (stage.bought.code, "FastTrack Logistics")
    news = {
        "pick_up": "The order was picked up", "out_for_delivery": "The order is out for delivery",
        "deliver": "The order is delivered",
    }  # fmt: skip
    for move, title in news.items():
        proof = {"code": handover_code(stage.bought.code, stage.fatima)} if move == "deliver" else {}
        data(bilal.post(f"/deliveries/{delivery['id']}/moves/{move}", proof))
        assert title in told(stage.fatima)
    assert stage.api("fatima").get(order).json()["data"]["status"] == "delivered"


@row("Helmet")
@pytest.mark.parametrize("path", ["/", "/api/products"])
def test_every_answer_carries_its_armour(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "default-src 'self'" in answer["Content-Security-Policy"]


@row("CORS")
def test_only_listed_front_ends_may_call_the_api(client: Client, db: None, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.aqad.example"]
    for origin, allowed in (("https://app.aqad.example", True), ("https://evil.example", False)):
        answer = client.get("/api/categories", headers={"Origin": origin})
        assert (answer.get("Access-Control-Allow-Origin") == origin) == allowed


@row("Deployment")
def test_production_is_checked_before_it_starts() -> None:
    bare = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}
    left = subprocess.run([sys.executable, "manage.py", "check"], env=bare, capture_output=True, text=True)
    assert left.returncode != 0
    assert "Unsafe or missing in production: SECRET_KEY" in left.stderr


# --- failures -------------------------------------------------------------------------------------


@row("a wrong file", "1 File upload")
@pytest.mark.parametrize("body", [b"<script>alert(1)</script>", b"", pdf()[:100]])
def test_a_wrong_file_is_refused(body: bytes) -> None:
    wrong = papers() | {"trade_license": sent("licence.pdf", body, "application/pdf")}
    assert (
        "trade_license" in refused(Api().upload("/vendor/register", PERSON | wrong), 400, "invalid")["errors"]
    )


@row("an expired token")
def test_an_expired_token_is_unauthorized(cast: Cast, settings: Any) -> None:
    settings.HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = -1
    assert refused(Api(cast.ahmed).post("/products", PEPSI), 401, "unauthorized")["message"] == "Unauthorized"


@row("a negative price", "an unknown category")
@pytest.mark.parametrize(
    "wrong", [{"price": "-1.00"}, {"category": "toys"}, {"quantity": -1}, {"brand": "nobody"}]
)
def test_a_wrong_product_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    answer = Api(cast.ahmed).post("/products", PEPSI | wrong)
    assert list(refused(answer, 400, "invalid")["errors"]) == list(wrong)


@row("too little stock")
def test_too_little_stock_says_how_much_there_is(cast: Cast) -> None:
    told = refused(Api(cast.fatima).post("/orders", cast.wish(501), **key()), 409, "out_of_stock")
    assert (told["asked"], told["available"]) == (501, 500)


@row("no address")
def test_no_address_no_order(cast: Cast) -> None:
    wish = {name: value for name, value in cast.wish().items() if name != "address"}
    told = refused(Api(cast.fatima).post("/orders", wish, **key()), 400, "invalid")
    assert told["message"] == "Address is required"
    foreign = cast.wish() | {"address": "00000000-0000-0000-0000-000000000000"}
    refused(Api(cast.fatima).post("/orders", foreign, **key()), 400, "invalid", address=["Unknown address"])


@row("a suspended vendor")
def test_a_suspended_vendor_stops_at_its_next_request(cast: Cast) -> None:
    ahmed = Api(cast.ahmed)
    data(ahmed.get("/auth/me"))
    sara = Client()
    sara.force_login(cast.sara)
    sara.post(f"/admin/vendors/vendor/{cast.ahmed_foods.pk}/moves/suspend/", {"reason": "Licence expired."})
    refused(ahmed.post("/products", PEPSI), 401, "unauthorized")
    refused(Api().get(f"/products/{cast.pepsi.code}"), 404, "not_found")
    told = refused(Api(cast.fatima).post("/orders", cast.wish(1), **key()), 400, "invalid")
    assert told["message"].endswith("is not on sale.")
