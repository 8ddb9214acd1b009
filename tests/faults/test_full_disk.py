"""No space left for pictures and papers: refused cleanly, no row left behind, and at work again at once."""

from __future__ import annotations

from typing import Any

from tests.faults.checks import broken
from tests.faults.lab import Lab
from tests.faults.test_storms import signed_in
from tests.faults.web import HTTP, Web
from tests.papers import pdf, png

REGISTRATION = {
    "name": "Rashid",
    "phone": "050 765 4321",
    "password": "Karak-and-dates-7",
    "company_name": "Delta Foods LLC",
    "trn": "100234567800003",
}
ROWS = """
SELECT (SELECT count(*) FROM catalog_product), (SELECT count(*) FROM catalog_image),
       (SELECT count(*) FROM vendors_document), (SELECT count(*) FROM accounts_user),
       (SELECT count(*) FROM accounts_business), (SELECT count(*) FROM core_event)
"""


def upload(web: Web, path: str, fields: dict[str, Any]) -> Any:
    """One multipart request."""
    headers = {"Authorization": f"Bearer {web.token}"} if web.email else {}
    return HTTP.request("POST", f"{web.place.url}/api{path}", fields=fields, headers=headers)


def tries(lab: Lab, number: int) -> list[Any]:
    """A product with a picture, and a new vendor with papers."""
    seller = signed_in(lab, 130, 1).web("vendor")
    product = {
        "name": "Mirinda", "description": "24 cans", "price": "30.00", "quantity": "5",
        "category": "soft-drinks", "brand": "pepsi", "images": ("m.png", png(), "image/png"),
    }  # fmt: skip
    papers = {
        "email": f"rashid{number}@lab.example",
        "trade_license": ("licence.pdf", pdf(), "application/pdf"),
        "vat_certificate": ("vat.png", png(), "image/png"),
    }
    return [
        upload(seller, "/products", product),
        upload(Web(lab), "/vendor/register", REGISTRATION | papers),
    ]


def test_media(lab: Lab, reached: Any) -> None:
    """G11."""
    before = lab.rows(ROWS)
    lab.sabotage("media_full")
    refused = [answer.status for answer in tries(lab, 1)]
    assert set(refused) <= {413, 503, 507}, refused
    assert lab.rows(ROWS) == before
    lab.repair()
    assert [answer.status for answer in tries(lab, 2)] == [201, 201]
    assert not broken(lab)
    reached("G11", f"media full: answers {refused}, no row left, uploads again at once")
