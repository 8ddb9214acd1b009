"""The whole story through the API alone: real web, worker, scheduler and bank; nothing but HTTP."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import urllib3

from aqad.demo import PASSWORD
from tests.papers import pdf, png
from tests.stack import Stack

HTTP = urllib3.PoolManager(retries=False, timeout=20)


class Program:
    """Somebody's program: signs in, then speaks JSON."""

    def __init__(self, market: Stack, email: str = "", password: str = PASSWORD) -> None:
        self.base = f"{market.url}/api"
        self.headers: dict[str, str] = {}
        if email:
            pair = self.post("/auth/login", {"email": email, "password": password})
            self.headers = {"Authorization": f"Bearer {pair['access']}"}

    def call(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """One request: status and envelope."""
        headers = self.headers | options.pop("headers", {})
        answer = HTTP.request(method, self.base + path, headers=headers, **options)
        assert answer.headers["X-Request-ID"]
        return answer.status, answer.json()

    def get(self, path: str) -> Any:
        status, told = self.call("GET", path)
        assert status == 200, told
        return told["data"]

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        status, told = self.call("POST", path, json=body or {}, headers=headers)
        assert status in (200, 201), told
        return told["data"]

    def upload(self, path: str, fields: dict[str, Any]) -> Any:
        status, told = self.call("POST", path, fields=fields)
        assert status == 201, told
        return told["data"]


def until(look: Callable[[], Any], seconds: float = 20) -> Any:
    """What `look` finds once it finds something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.2)
    return found


def register_vendor(market: Stack) -> tuple[str, str]:
    """A distributor nobody knows yet; its readable id and e-mail."""
    email = f"rashid-{uuid.uuid4().hex[:8]}@deltafoods.example"
    fields = {
        "name": "Rashid",
        "email": email,
        "phone": "050 765 4321",
        "password": PASSWORD,
        "company_name": "Delta Foods LLC",
        "trade_license": ("licence.pdf", pdf(), "application/pdf"),
        "vat_certificate": ("vat.png", png("#ffffff"), "image/png"),
        "trn": "100234567800003",
    }
    made = Program(market).upload("/vendor/register", fields)
    assert made["status"] == "pending_approval"
    return made["id"], email


def approve(market: Stack, vendor: str) -> None:
    """Sara signs in on the page and approves in Django Admin, as a browser would."""
    browser = urllib3.PoolManager(retries=False)
    jar: dict[str, str] = {}

    def request(method: str, path: str, fields: dict[str, str] | None = None) -> Any:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()),
            "Referer": market.url,
        }
        form: dict[str, Any] = {"fields": fields, "encode_multipart": False} if fields else {}
        answer = browser.request(method, market.url + path, headers=headers, redirect=False, **form)
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            jar[name] = value
        return answer

    def token(path: str) -> str:
        found = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', request("GET", path).data)
        assert found, path
        return found[1].decode()

    login = {"login": "admin@aqad.example", "password": PASSWORD}
    request("POST", "/accounts/login/", {**login, "csrfmiddlewaretoken": token("/accounts/login/")})
    page = f"/admin/vendors/vendor/{vendor}"
    csrf = token(f"{page}/change/")
    answer = request("POST", f"{page}/moves/approve/", {"csrfmiddlewaretoken": csrf, "reason": "In order."})
    assert answer.status == 302, answer.data


def pay(page: str, card: str) -> None:
    """Open AQAD's payment address, land at the bank, fill in the card."""
    opened = HTTP.request("GET", page, redirect=False)
    assert opened.status == 302, opened.data
    fields = {"card_number": card, "expiry": "12/30", "cvc": "123"}
    answer = HTTP.request(
        "POST", opened.headers["Location"], fields=fields, encode_multipart=False, redirect=False
    )
    assert answer.status == 303


def listed_pepsi(seller: Program) -> str:
    """500 cartons of Pepsi with a picture; its readable id."""
    fields = {
        "name": "Pepsi 330ml", "name_ar": "بيبسي 330 مل", "description": "24 cans in a carton.", "price": "32.50",
        "quantity": "500", "category": "soft-drinks", "brand": "pepsi",
        "images": ("pepsi.png", png(), "image/png"),
    }  # fmt: skip
    product = seller.upload("/products", fields)
    assert product["images"], product
    return str(product["id"])


def ordered(buyer: Program, product: str, quantity: int = 100) -> Any:
    """Fatima's order by card."""
    wish = {
        "items": [{"product": product, "quantity": quantity}],
        "address": buyer.get("/addresses")[0]["id"],
        "payment_method": "card",
    }
    return buyer.post("/orders", wish, **{"Idempotency-Key": str(uuid.uuid4())})


def hand_over(driver: Program, shipment: str, code: str) -> None:
    """At the shop's door: without its code nothing is delivered; with it, and a photo, it is."""
    path = f"/deliveries/{shipment}/moves/deliver"
    status, told = driver.call("POST", path, json={"note": "Left at the door."})
    assert (status, list(told["errors"])) == (400, ["code"])
    fields = {"code": code, "note": "Handed to Fatima.", "photo": ("door.png", png("#0a0"), "image/png")}
    status, told = driver.call("POST", path, fields=fields)
    assert (status, told["data"]["status"]) == (200, "delivered"), told


def test_from_registration_to_delivery(market: Stack) -> None:
    vendor, email = register_vendor(market)
    status, told = Program(market).call("POST", "/auth/login", json={"email": email, "password": PASSWORD})
    assert (status, told["code"]) == (403, "account_not_active")
    approve(market, vendor)
    seller = Program(market, email)
    product = listed_pepsi(seller)

    buyer = Program(market, "fresh@freshmart.example")
    found = buyer.get(f"/products?search=pepsi&vendor={vendor}")
    assert [each["id"] for each in found] == [product]
    made = ordered(buyer, product)
    assert buyer.get(f"/products/{product}")["available"] == 400
    code = made["orders"][0]["id"]

    pay(made["payments"][0]["redirect_url"], "4000000000000077")
    until(lambda: buyer.get(f"/orders/{code}")["status"] == "placed")
    until(lambda: "New Order Received" in titles(seller))
    for move in ("accept", "ready"):
        seller.post(f"/orders/{code}/moves/{move}")

    dispatcher = Program(market, "dispatch@fasttrack.example")
    shipment = until(lambda: next((d for d in dispatcher.get("/deliveries") if d["order"] == code), None))
    assert shipment["carrier"]["id"] == "C3001"
    driver = Program(market, "driver@fasttrack.example")
    driver.post(f"/deliveries/{shipment['id']}/moves/take")
    for move in ("pick_up", "out_for_delivery"):
        driver.post(f"/deliveries/{shipment['id']}/moves/{move}")
    hand_over(driver, shipment["id"], buyer.get(f"/orders/{code}")["delivery"]["code"])

    order = buyer.get(f"/orders/{code}")
    assert order["status"] == "delivered"
    assert [entry["to"] for entry in order["history"]] == [
        "awaiting_payment", "placed", "processing", "ready", "picked_up", "out_for_delivery", "delivered",
    ]  # fmt: skip
    until(lambda: "The order is delivered" in titles(buyer))
    assert f"Retailer R2001 created Order {code}" in market.log()


def test_a_declined_card_gives_the_stock_back(market: Stack) -> None:
    buyer = Program(market, "fresh@freshmart.example")
    product = next(each for each in buyer.get("/products?search=mirinda"))
    made = ordered(buyer, product["id"], 10)
    assert buyer.get(f"/products/{product['id']}")["available"] == product["available"] - 10
    pay(made["payments"][0]["redirect_url"], "4000000000000002")
    code = made["orders"][0]["id"]
    until(lambda: buyer.get(f"/orders/{code}")["status"] == "failed")
    assert buyer.get(f"/products/{product['id']}")["available"] == product["available"]
    assert buyer.get(f"/payments/{made['payments'][0]['id']}")["status"] == "failed"
    until(lambda: "Payment failed: the order was not placed" in titles(buyer))


def titles(program: Program) -> list[str]:
    """The inbox."""
    return [note["title"] for note in program.get("/notifications")]
