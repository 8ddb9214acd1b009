"""Sign-up and sign-in, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.tests.factors import code_of, set_up
from core.tests.papers import drawn, pdf, sent
from tests.cast import Api, Cast
from tests.contract.rows import row
from tests.contract.shapes import PAIR, TEXT, USER, code, data, refused
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

PERSON = {
    "name": "Nadia",
    "email": "nadia@newvendor.example",
    "phone": "+971501234567",
    "password": "Saffron-and-rice-4",
    "company_name": "New Vendor Trading",
}
PLACE = {"line1": "Shop 4, Al Rigga Road", "area": "Deira", "city": "Dubai", "emirate": "DXB"}


def papers() -> dict[str, Any]:
    return {
        "trade_license": sent("licence.pdf", pdf(), "application/pdf"),
        "vat_certificate": sent("vat.png", drawn(), "image/png"),
    }


@row("POST /api/vendor/register")
def test_post_api_vendor_register() -> None:
    more = {
        "company_logo": sent("logo.png", drawn(), "image/png"), "trade_license_number": "CN-1234567",
        "trade_license_authority": "Dubai Economy and Tourism", "trade_license_expiry": "2030-06-30",
        "trn": "100234567800003", "emirate": "DXB",
    }  # fmt: skip
    answer = Api().upload("/vendor/register", PERSON | papers() | more)
    data(answer, 201, {"id": code("V"), "status": "pending_approval"})


@row("POST /api/vendor/register")
def test_post_api_vendor_register_refuses() -> None:
    assert refused(Api().upload("/vendor/register", PERSON), 400, "invalid")["errors"].keys() == {
        "trade_license", "vat_certificate",
    }  # fmt: skip
    refused(
        Api().upload("/vendor/register", PERSON | papers() | {"trn": "1"}), 400, "invalid",
        trn=["A TRN has 15 digits, begins with 1 and ends in 03."],
    )  # fmt: skip
    refused(Api().upload("/vendor/register", PERSON | papers() | {"status": "active"}), 400, "invalid")
    Api().upload("/vendor/register", PERSON | papers())
    taken = {"email": ["This e-mail is taken."]}
    refused(Api().upload("/vendor/register", PERSON | papers()), 400, "invalid", **taken)


@row("POST /api/retailer/register")
def test_post_api_retailer_register() -> None:
    fields = PERSON | {f"address.{name}": value for name, value in PLACE.items()}
    more = {"trn": "100234567800003", "trade_license": papers()["trade_license"]}
    data(Api().upload("/retailer/register", fields | more), 201, {"id": code("R"), "status": "active"})
    nested = PERSON | {"address": PLACE, "email": "huda@cornershop.example"}
    data(Api().post("/retailer/register", nested), 201, {"id": code("R"), "status": "active"})
    refused(Api().post("/retailer/register", PERSON), 400, "invalid")


@row("POST /api/auth/login")
def test_post_api_auth_login(cast: Cast) -> None:
    answer = Api().post("/auth/login", {"email": cast.ahmed.email, "password": PASSWORD})
    told = data(answer, 200, PAIR | {"user": USER})
    assert told["user"]["business"]["id"] == cast.ahmed_foods.pk
    wrong = Api().post("/auth/login", {"email": cast.ahmed.email, "password": "wrong"})
    assert refused(wrong, 401, "invalid_credentials")["message"] == "Invalid email or password"
    pending = {"email": cast.pending_vendor().email, "password": PASSWORD}
    refused(Api().post("/auth/login", pending), 403, "account_not_active")
    refused(Api().post("/auth/login", pending | {"password": "wrong"}), 401, "invalid_credentials")


@row("POST /api/auth/login")
def test_post_api_auth_login_asks_staff_for_a_code(cast: Cast, settings: Any) -> None:
    settings.SECOND_FACTOR_OF_STAFF = True
    body = {"email": cast.sara.email, "password": PASSWORD}
    refused(Api().post("/auth/login", body), 401, "mfa_required")
    secret = set_up(cast.sara)
    refused(Api().post("/auth/login", body), 401, "mfa_required")
    refused(Api().post("/auth/login", body | {"code": "000000"}), 401, "mfa_invalid")
    data(Api().post("/auth/login", body | {"code": code_of(secret)}), 200, PAIR | {"user": USER})


@row("POST /api/auth/refresh")
def test_post_api_auth_refresh(cast: Cast) -> None:
    first = Api().post("/auth/login", {"email": cast.ahmed.email, "password": PASSWORD}).json()["data"]
    second = data(Api().post("/auth/refresh", {"refresh": first["refresh"]}), 200, PAIR)
    refused(Api().post("/auth/refresh", {"refresh": first["refresh"]}), 401, "unauthorized")
    refused(Api().post("/auth/refresh", {"refresh": second["refresh"]}), 401, "unauthorized")


@row("POST /api/auth/logout")
def test_post_api_auth_logout(cast: Cast) -> None:
    pair = Api().post("/auth/login", {"email": cast.ahmed.email, "password": PASSWORD}).json()["data"]
    data(Api().post("/auth/logout", {"refresh": pair["refresh"]}), 200, lambda told: told is None)
    refused(Api().post("/auth/refresh", {"refresh": pair["refresh"]}), 401, "unauthorized")
    refused(Api().get("/auth/me", Authorization=f"Bearer {pair['access']}"), 401, "unauthorized")


@row("GET /api/auth/me")
def test_get_api_auth_me(cast: Cast) -> None:
    more = {"email": TEXT, "email_verified": bool, "phone": str, "language": TEXT, "notifications": int}
    data(Api(cast.ahmed).get("/auth/me"), 200, USER | more)
    refused(Api().get("/auth/me"), 401, "unauthorized")
