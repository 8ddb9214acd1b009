"""Nadia registers through the API: what is taken, what is refused, and that a refusal leaves nothing behind."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.models import Business, User
from core.models import Event
from core.tests.papers import drawn, pdf, sent
from tests.cast import Api, Cast, workers_run
from vendors.models import Document, Vendor
from vendors.tests.applying import application

pytestmark = pytest.mark.django_db


def register(**changes: Any) -> Any:
    return Api().upload("/vendor/register", application(**changes))


def refused(answer: Any, status: int = 400) -> Any:
    """The envelope of a refusal that left nothing behind."""
    assert answer.status_code == status, answer.content
    assert not User.objects.exists()
    assert not Business.objects.exists()
    assert not Document.objects.exists()
    assert not Event.objects.exists()
    return answer.json()


def test_nadia_registers_and_waits_for_approval() -> None:
    answer = register(company_logo=sent("logo.png", drawn(), "image/png"))
    assert answer.status_code == 201, answer.content
    vendor = Vendor.objects.get()
    assert answer.json() == {"success": True, "data": {"id": vendor.pk, "status": "pending_approval"}}
    assert vendor.pk.startswith("V")
    assert str(vendor.logo).endswith(".webp")
    nadia = User.objects.get()
    assert (nadia.email, nadia.role, nadia.business_id) == ("nadia@newvendor.example", "vendor", vendor.pk)


def test_her_password_is_kept_as_a_hash() -> None:
    register()
    assert "Saffron" not in User.objects.get().password
    assert User.objects.get().check_password("Saffron-and-rice-4")


def test_both_documents_are_kept_under_names_of_ours() -> None:
    register()
    papers = {paper.kind: paper for paper in Document.objects.all()}
    assert set(papers) == {"trade_license", "vat_certificate"}
    licence = papers["trade_license"]
    assert (licence.name, licence.media_type) == ("licence.pdf", "application/pdf")
    assert "licence" not in licence.file.name
    assert papers["vat_certificate"].media_type == "image/png"


def test_the_facts_of_the_licence_are_kept() -> None:
    answer = register(
        trn="100234567800003", emirate="DXB", trade_license_number="CN-1234567",
        trade_license_authority="Dubai Economy and Tourism", trade_license_expiry="2027-06-30",
    )  # fmt: skip
    assert answer.status_code == 201, answer.content
    vendor = Vendor.objects.get()
    assert (vendor.trn, vendor.emirate, vendor.licence_number) == ("100234567800003", "DXB", "CN-1234567")
    assert vendor.licence_expiry == date(2027, 6, 30)


def test_staff_are_told(cast: Cast) -> None:
    register()
    vendor = Vendor.objects.exclude(pk=cast.ahmed_foods.pk).get()
    event = Event.objects.get(name="business.register")
    assert (event.subject, event.actor) == (vendor.pk, f"Vendor {vendor.pk}")
    workers_run()
    [line] = Api(cast.sara).get("/notifications").json()["data"]
    assert (line["title"], line["subject"]) == ("A new business has registered", vendor.pk)


REQUIRED = ["name", "email", "phone", "password", "company_name", "trade_license", "vat_certificate"]


@pytest.mark.parametrize("missing", REQUIRED)
def test_each_required_field_is_asked_for_by_name(missing: str) -> None:
    told = refused(register(**{missing: None}))
    assert (told["success"], told["code"], list(told["errors"])) == (False, "invalid", [missing])
    assert told["message"] == told["errors"][missing][0]
    assert told["message"].endswith(" is required")


@pytest.mark.parametrize("email", ["nadia", "nadia@", "@newvendor.example", "nadia@new vendor.example"])
def test_an_invalid_email_is_called_that(email: str) -> None:
    told = refused(register(email=email))
    assert told == {
        "success": False,
        "message": "Invalid email",
        "code": "invalid",
        "errors": {"email": ["Invalid email"]},
    }


def test_an_email_longer_than_we_keep_is_refused() -> None:
    assert "email" in refused(register(email="n" * 60 + "@" + "a." * 120 + "example"))["errors"]


@pytest.mark.parametrize("phone", ["12", "phone", "+97150123456789012", "٠"])
def test_a_bad_phone_number_is_refused(phone: str) -> None:
    assert list(refused(register(phone=phone))["errors"]) == ["phone"]


@pytest.mark.parametrize("password", ["short1", "1234567890", "password"])
def test_a_weak_password_is_refused(password: str) -> None:
    assert list(refused(register(password=password))["errors"]) == ["password"]


def test_an_email_belongs_to_one_person_whatever_its_case(cast: Cast) -> None:
    answer = register(email=cast.ahmed.email.upper())
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"email": ["This e-mail is taken."]}
    assert Vendor.objects.get() == cast.ahmed_foods


def test_of_two_who_send_the_same_email_at_once_the_second_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    register()
    monkeypatch.setattr("accounts.forms.PersonForm.clean_email", lambda form: form.cleaned_data["email"])
    answer = register()
    assert answer.status_code == 400
    assert answer.json()["message"] == "This e-mail is taken."
    assert Vendor.objects.count() == User.objects.count() == 1


@pytest.mark.parametrize("trn", ["200234567800003", "100234567800004", "10023456780003", "1002345678000a3"])
def test_a_trn_has_fifteen_digits_begins_with_1_and_ends_in_03(trn: str) -> None:
    told = refused(register(trn=trn))
    assert told["message"] == "A TRN has 15 digits, begins with 1 and ends in 03."


def test_an_unknown_emirate_is_refused() -> None:
    assert list(refused(register(emirate="Paris"))["errors"]) == ["emirate"]


def test_an_unknown_field_is_refused_so_nobody_makes_himself_staff() -> None:
    told = refused(register(role="staff"))
    assert told["errors"] == {"role": ["Unknown field: role"]}


def test_json_is_told_to_come_as_multipart() -> None:
    body = {name: value for name, value in application().items() if isinstance(value, str)}
    told = refused(Api().post("/vendor/register", body), 415)
    assert told["code"] == "unsupported_media_type"
    assert "multipart/form-data" in told["message"]


def test_a_text_in_place_of_a_document_is_no_document() -> None:
    assert list(refused(register(trade_license="licence.pdf"))["errors"]) == ["trade_license"]


def test_null_characters_are_refused() -> None:
    assert list(refused(register(company_name="New\0Vendor"))["errors"]) == ["company_name"]


def test_a_body_without_boundary_is_refused_in_the_envelope() -> None:
    answer = Api().client.post("/api/vendor/register", b"anything", content_type="multipart/form-data")
    assert refused(answer)["code"] == "malformed"


def test_a_hundred_registrations_a_minute_are_stopped() -> None:
    nadia = Api()
    answers = [nadia.upload("/vendor/register", {"name": "Nadia"}) for _ in range(100)]
    stopped = [answer for answer in answers if answer.status_code == 429]
    assert len(stopped) >= 80
    assert int(stopped[0]["Retry-After"]) > 0
    assert stopped[0].json()["code"] == "too_many_requests"


def test_somebody_elsewhere_is_not_stopped_with_them() -> None:
    nadia = Api()
    for _ in range(30):
        nadia.upload("/vendor/register", {"name": "Nadia"})
    assert register().status_code == 201


def test_limits_can_be_lifted_for_load_tests(settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False
    nadia = Api()
    answers = [nadia.upload("/vendor/register", {"name": "Nadia"}) for _ in range(30)]
    assert {answer.status_code for answer in answers} == {400}


def test_a_crash_while_writing_rows_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_args: object, **_facts: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("vendors.actions.BUSINESS.begin", crash)
    nadia = Api()
    nadia.client.raise_request_exception = False
    answer = nadia.upload("/vendor/register", application())
    assert refused(answer, 500)["code"] == "internal_error"


def test_a_licence_scanned_as_jpeg_is_fine() -> None:
    answer = register(trade_license=sent("LICENCE.JPG", drawn("JPEG"), "image/jpeg"))
    assert answer.status_code == 201, answer.content
    assert pdf().startswith(b"%PDF-")
