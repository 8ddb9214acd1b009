"""Fatima registers her supermarket and may buy at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core.models import Event
from core.tests.papers import drawn, pdf, sent
from retailers.models import Address, Retailer
from tests.cast import Api, Cast

pytestmark = pytest.mark.django_db

PASSWORD = "Labneh-and-zaatar-5"
PERSON = {
    "name": "Fatima",
    "email": "fatima@freshmart.example",
    "phone": "050 222 3344",
    "password": PASSWORD,
    "company_name": "Fresh Mart Supermarket",
}
PLACE = {"line1": "Shop 4, Al Rigga Road", "area": "Deira", "city": "Dubai", "emirate": "DXB"}


def register(**changes: Any) -> Any:
    """By multipart; a change to None leaves the field out. `__` stands for the dot in `address.line1`."""
    facts = PERSON | {f"address.{name}": value for name, value in PLACE.items()}
    facts |= {name.replace("__", "."): value for name, value in changes.items()}
    fields = {name: value for name, value in facts.items() if value is not None}
    return Api().upload("/retailer/register", fields)


def refused(answer: Any) -> Any:
    assert answer.status_code == 400, answer.content
    assert not User.objects.exists()
    assert not Retailer.objects.exists()
    assert not Address.objects.exists()
    return answer.json()


def test_fatima_is_active_at_once() -> None:
    answer = register()
    assert answer.status_code == 201, answer.content
    retailer = Retailer.objects.get()
    assert answer.json()["data"] == {"id": retailer.pk, "status": "active"}
    assert retailer.pk.startswith("R")
    assert retailer.emirate == "DXB"
    assert Event.objects.get(subject=retailer.pk).name == "business.register"


def test_she_may_sign_in_and_her_first_address_is_there() -> None:
    register()
    fatima = User.objects.get()
    api = Api()
    token = api.post("/auth/login", {"email": fatima.email, "password": PASSWORD}).json()["data"]["access"]
    [place] = api.get("/addresses", Authorization=f"Bearer {token}").json()["data"]
    assert (place["line1"], place["city"], place["emirate"]) == ("Shop 4, Al Rigga Road", "Dubai", "DXB")


def test_json_with_a_nested_address_works_too() -> None:
    answer = Api().post("/retailer/register", PERSON | {"address": PLACE})
    assert answer.status_code == 201, answer.content
    assert Address.objects.get().city == "Dubai"


@pytest.mark.parametrize("missing", [*PERSON, "address.line1", "address.city", "address.emirate"])
def test_each_required_field_is_asked_for_by_name(missing: str) -> None:
    told = refused(register(**{missing: None}))
    assert list(told["errors"]) == [missing]
    assert told["message"].endswith(" is required")


def test_an_address_is_required() -> None:
    told = refused(Api().post("/retailer/register", PERSON))
    assert set(told["errors"]) == {"address.line1", "address.city", "address.emirate"}


def test_an_address_is_no_text() -> None:
    assert list(refused(Api().post("/retailer/register", PERSON | {"address": "Deira"}))["errors"]) == [
        "address"
    ]


def test_unknown_fields_are_refused_also_in_the_address() -> None:
    assert list(refused(register(status="active"))["errors"]) == ["status"]
    nested = PERSON | {"address": PLACE | {"retailer": "R2001"}}
    assert list(refused(Api().post("/retailer/register", nested))["errors"]) == ["address.retailer"]


def test_a_trn_is_optional_but_not_any_number() -> None:
    assert list(refused(register(trn="123"))["errors"]) == ["trn"]
    assert register(trn="100234567800003").status_code == 201


def test_an_invalid_email_is_called_that() -> None:
    assert refused(register(email="fatima"))["message"] == "Invalid email"


def test_an_email_belongs_to_one_person(cast: Cast) -> None:
    assert register(email=cast.ahmed.email).json()["message"] == "This e-mail is taken."


def test_a_licence_may_come_with_it_and_is_kept_privately() -> None:
    answer = register(trade_license=sent("licence.pdf", pdf(), "application/pdf"))
    assert answer.status_code == 201, answer.content
    kept = str(Retailer.objects.get().licence)
    assert kept.endswith(".pdf")
    assert "licence" not in kept
    assert Client().get(f"/media/{kept}").status_code == 404


def test_a_licence_is_checked_like_every_document() -> None:
    wrong = sent("licence.pdf", b"<script>", "application/pdf")
    assert list(refused(register(trade_license=wrong))["errors"]) == ["trade_license"]


def test_only_she_and_staff_get_her_licence(cast: Cast) -> None:
    register(trade_license=sent("licence.png", drawn(), "image/png"))
    retailer = Retailer.objects.exclude(pk=cast.fresh_mart.pk).get()
    answers = {}
    for who in (retailer.memberships.get().user, cast.sara, cast.fatima, cast.ahmed):
        client = Client()
        client.force_login(who)
        answers[who.pk] = client.get(f"/retailers/{retailer.pk}/licence/", follow=True)
    assert [answer.status_code for answer in answers.values()] == [200, 200, 404, 404]
    assert answers[cast.sara.pk]["Content-Disposition"].startswith("attachment")
    assert answers[cast.sara.pk]["Content-Type"] == "image/png"
    assert Client().get(f"/retailers/{retailer.pk}/licence/").status_code == 302


def test_a_shop_without_licence_has_none_to_give(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.fatima)
    assert client.get(f"/retailers/{cast.fresh_mart.pk}/licence/").status_code == 404


def test_sara_finds_the_licence_in_the_admin(cast: Cast) -> None:
    register(trade_license=sent("licence.pdf", pdf(), "application/pdf"))
    retailer = Retailer.objects.exclude(pk=cast.fresh_mart.pk).get()
    client = Client()
    client.force_login(cast.sara)
    page = client.get(f"/admin/retailers/retailer/{retailer.pk}/change/").content.decode()
    assert f"/retailers/{retailer.pk}/licence/" in page


def form(**changes: str) -> dict[str, Any]:
    return PERSON | {f"address-{name}": value for name, value in PLACE.items()} | changes


def test_the_page_asks_for_person_and_address() -> None:
    page = Client().get("/register/retailer/").content.decode()
    assert 'name="company_name"' in page
    assert 'name="address-line1"' in page


def test_registering_on_the_page_signs_in_and_leads_to_the_goods() -> None:
    client = Client()
    answer = client.post("/register/retailer/", form(), follow=True)
    assert answer.redirect_chain == [("/catalog/", 302)]
    assert answer.context["user"].business_id == Retailer.objects.get().pk


def test_a_page_without_address_makes_nothing() -> None:
    answer = Client().post("/register/retailer/", form(**{"address-line1": ""}))
    assert answer.status_code == 200
    assert not User.objects.exists()


def test_registrations_are_limited_together_with_those_of_vendors() -> None:
    api = Api()
    codes = [api.post(f"/{kind}/register", {}).status_code for kind in ["vendor", "retailer"] * 15]
    assert codes[-1] == 429
