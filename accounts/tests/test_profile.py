"""What people change about themselves and their business, and what is remembered of it."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Business
from accounts.tests.mailbox import browser
from core.models import Event
from tests.cast import Api, Cast

pytestmark = pytest.mark.django_db

FACTS = {
    "name": "Ahmed Foods Trading", "trn": "100234567800003", "emirate": "SHJ", "licence_number": "CN-77",
    "licence_authority": "Dubai Economy and Tourism", "licence_expiry": "2027-05-01",
}  # fmt: skip


def patch(user: Any, **facts: Any) -> Any:
    return Api(user).call("PATCH", "/auth/me", facts)


def test_ahmed_changes_what_he_is_called(cast: Cast) -> None:
    form = {"name": "Ahmed Ali", "phone": "050 765 4321", "language": "ar"}
    answer = browser(cast.ahmed).post("/account/edit/", form)
    assert answer.status_code == 302
    assert answer.cookies["aqad-language"].value == "ar"
    cast.ahmed.refresh_from_db()
    assert (cast.ahmed.name, str(cast.ahmed.phone), cast.ahmed.language) == (
        "Ahmed Ali",
        "+971507654321",
        "ar",
    )


def test_the_api_changes_what_is_sent_and_nothing_else(cast: Cast) -> None:
    told = patch(cast.ahmed, phone="050 765 4321").json()["data"]
    assert (told["name"], told["phone"], told["language"]) == ("Ahmed", "+971507654321", "en")
    assert patch(cast.ahmed, name="Ahmed Ali").json()["data"]["phone"] == "+971507654321"


@pytest.mark.parametrize(
    ("field", "value"),
    [("phone", "12"), ("language", "fr"), ("name", ""), ("role", "staff"), ("email", "a@b.ae")],
)
def test_what_is_wrong_or_not_theirs_to_change_is_refused(cast: Cast, field: str, value: str) -> None:
    answer = patch(cast.ahmed, **{field: value})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_the_switch_of_language_is_remembered(cast: Cast) -> None:
    browser(cast.fatima).post("/i18n/setlang/", {"language": "ar", "next": "/catalog/"})
    cast.fatima.refresh_from_db()
    assert cast.fatima.language == "ar"


def test_a_language_we_do_not_speak_is_not(cast: Cast) -> None:
    browser(cast.fatima).post("/i18n/setlang/", {"language": "fr"})
    cast.fatima.refresh_from_db()
    assert cast.fatima.language == "en"


def test_a_fresh_browser_speaks_the_language_of_who_signs_in(cast: Cast) -> None:
    type(cast.fatima).objects.filter(pk=cast.fatima.pk).update(language="ar")
    form = {"login": cast.fatima.email, "password": "Karak-and-dates-7"}
    assert browser().post("/accounts/login/", form).cookies["aqad-language"].value == "ar"


def test_the_facts_of_the_business_are_kept_with_before_and_after(cast: Cast) -> None:
    answer = browser(cast.ahmed).post("/account/business/", FACTS)
    assert answer.status_code == 302
    row = Business.objects.get(pk=cast.ahmed_foods.pk)
    assert (row.name, row.emirate, row.licence_number, row.status) == (
        "Ahmed Foods Trading",
        "SHJ",
        "CN-77",
        "active",
    )
    event = Event.objects.get(subject=row.pk, name="business.edit")
    assert event.actor == cast.ahmed.label
    assert event.data["before"]["name"] == "Ahmed Foods LLC"
    assert event.data["after"] == FACTS


def test_nothing_changed_is_nothing_written(cast: Cast) -> None:
    page = browser(cast.ahmed)
    page.post("/account/business/", FACTS)
    page.post("/account/business/", FACTS)
    assert Event.objects.filter(name="business.edit").count() == 1


def test_a_wrong_trn_is_refused(cast: Cast) -> None:
    page = browser(cast.ahmed).post("/account/business/", FACTS | {"trn": "123"})
    assert page.status_code == 200
    assert "A TRN has 15 digits" in page.content.decode()
    assert Business.objects.get(pk=cast.ahmed_foods.pk).name == "Ahmed Foods LLC"


def test_a_buyer_has_no_licence_to_tell_of(cast: Cast) -> None:
    browser(cast.fatima).post("/account/business/", FACTS)
    row = Business.objects.get(pk=cast.fresh_mart.pk)
    assert (row.name, row.licence_number) == ("Ahmed Foods Trading", "")


def test_pending_nadia_puts_her_licence_right_and_stays_pending(cast: Cast) -> None:
    nadia = cast.pending_vendor()
    assert browser(nadia).post("/account/business/", FACTS).status_code == 302
    row = Business.objects.get(pk=nadia.business_id)
    assert (row.licence_number, row.status) == ("CN-77", "pending_approval")


def test_a_status_is_not_among_the_facts(cast: Cast) -> None:
    nadia = cast.pending_vendor()
    browser(nadia).post("/account/business/", FACTS | {"status": "active", "id": "V1"})
    assert Business.objects.get(pk=nadia.business_id).status == "pending_approval"
