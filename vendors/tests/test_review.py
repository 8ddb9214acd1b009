"""Paper by paper: Sara accepts one, asks for another again, Nadia sends it, Sara lets her in."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Business, User
from core.models import Event
from core.tests.papers import drawn, pdf, sent
from tests.cast import Api, Cast, workers_run
from vendors.models import Document, Vendor
from vendors.tests.applying import application

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadia() -> User:
    answer = Api().upload("/vendor/register", application())
    assert answer.status_code == 201, answer.content
    return User.objects.get(email="nadia@newvendor.example")


@pytest.fixture
def desk(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.sara)
    return client


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def paper(user: User, kind: str = "trade_license") -> Document:
    return Vendor.objects.get(pk=user.business_id).papers().get(kind=kind)


def decide(desk: Client, document: Document, move: str, reason: str = "") -> Any:
    path = f"/admin/vendors/document/{document.pk}/moves/{move}/"
    return desk.post(path, {"reason": reason}, follow=True)


def send(user: User, kind: str = "trade_license", body: Any = None) -> Any:
    file = body or sent("licence-2027.pdf", pdf(), "application/pdf")
    return browser(user).post("/vendor/documents/", {"kind": kind, "file": file}, follow=True)


def test_registration_leaves_two_papers_to_review(nadia: User) -> None:
    assert {row.status for row in Document.objects.all()} == {"pending"}
    names = set(Event.objects.filter(subject=str(paper(nadia).pk)).values_list("name", flat=True))
    assert names == {"document.upload"}


def test_sara_accepts_one_on_the_vendors_page(nadia: User, desk: Client) -> None:
    answer = decide(desk, paper(nadia), "accept")
    assert answer.redirect_chain[-1][0] == f"/admin/vendors/vendor/{nadia.business_id}/change/"
    assert paper(nadia).status == "accepted"


def test_asking_again_needs_a_reason(nadia: User, desk: Client) -> None:
    answer = decide(desk, paper(nadia), "reject")
    assert "Please tell the vendor what is wrong" in answer.content.decode()
    assert paper(nadia).status == "pending"


def test_asking_again_tells_nadia_why(nadia: User, desk: Client) -> None:
    decide(desk, paper(nadia), "reject", "The licence is cut off at the edge.")
    workers_run()
    page = browser(nadia).get("/vendor/documents/").content.decode()
    assert "The licence is cut off at the edge." in page
    inbox = browser(nadia).get("/notifications/").content.decode()
    assert "Please send one of your documents again" in inbox


def test_nobody_is_let_in_while_a_paper_is_missing(nadia: User, desk: Client) -> None:
    decide(desk, paper(nadia), "reject", "Unreadable.")
    desk.post(f"/admin/vendors/vendor/{nadia.business_id}/moves/approve/")
    assert Business.objects.get(pk=nadia.business_id).status == "pending_approval"


def test_a_newer_paper_takes_the_place_of_the_one_before(nadia: User, desk: Client) -> None:
    first = paper(nadia)
    decide(desk, first, "reject", "Unreadable.")
    assert send(nadia).status_code == 200
    first.refresh_from_db()
    assert (first.status, paper(nadia).status, paper(nadia).name) == (
        "replaced", "pending", "licence-2027.pdf",
    )  # fmt: skip
    desk.post(f"/admin/vendors/vendor/{nadia.business_id}/moves/approve/")
    assert Business.objects.get(pk=nadia.business_id).status == "active"
    assert {row.status for row in Vendor.objects.get(pk=nadia.business_id).papers()} == {"accepted"}


def test_a_rejected_vendor_applies_anew_with_a_newer_paper(nadia: User, desk: Client) -> None:
    desk.post(
        f"/admin/vendors/vendor/{nadia.business_id}/moves/reject/", {"reason": "The licence has expired."}
    )
    assert Business.objects.get(pk=nadia.business_id).status == "rejected"
    send(nadia)
    assert Business.objects.get(pk=nadia.business_id).status == "pending_approval"


def test_rejecting_a_vendor_needs_a_reason(nadia: User, desk: Client) -> None:
    desk.post(f"/admin/vendors/vendor/{nadia.business_id}/moves/reject/")
    assert Business.objects.get(pk=nadia.business_id).status == "pending_approval"


def test_a_wrong_file_changes_nothing(nadia: User) -> None:
    before = paper(nadia).pk
    answer = send(nadia, body=sent("licence.pdf", b"<html>not a licence</html>", "application/pdf"))
    assert "PDF, JPEG or PNG" in answer.content.decode()
    assert paper(nadia).pk == before


def test_an_active_vendor_renews_through_the_api(cast: Cast) -> None:
    api = Api(cast.ahmed)
    fields = {"kind": "vat_certificate", "file": sent("vat.png", drawn(), "image/png")}
    answer = api.upload("/vendor/documents", fields)
    assert (answer.status_code, answer.json()["data"]["status"]) == (201, "pending")
    listed = api.get("/vendor/documents").json()["data"]
    assert [each["name"] for each in listed] == ["vat.png"]


def test_strangers_decide_nothing(nadia: User, cast: Cast) -> None:
    for person in (cast.ahmed, cast.fatima, nadia):
        path = f"/admin/vendors/document/{paper(nadia).pk}/moves/accept/"
        assert browser(person).post(path).status_code == 302
    assert paper(nadia).status == "pending"
