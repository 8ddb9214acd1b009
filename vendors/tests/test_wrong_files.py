"""Files are allowed by what they are, never by what they are called."""

from __future__ import annotations

import pytest

from accounts.models import User
from core.tests.papers import bomb, drawn, packed, pdf, sent
from tests.cast import Api
from vendors.models import Vendor
from vendors.tests.applying import application

pytestmark = pytest.mark.django_db

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

WRONG = {
    "a page called a PDF": ("licence.pdf", HTML),
    "a page with the end of a PDF": ("licence.pdf", HTML + b"\n%%EOF\n"),
    "a drawing with scripts": ("licence.svg", SVG),
    "a drawing with scripts called a picture": ("licence.png", SVG),
    "a picture called a PDF": ("licence.pdf", drawn("PNG")),
    "a PDF called a picture": ("licence.png", pdf()),
    "a GIF": ("licence.gif", drawn("GIF")),
    "a GIF called a picture": ("licence.png", drawn("GIF")),
    "a WebP as a document": ("licence.webp", drawn("WEBP")),
    "a program": ("licence.exe", b"MZ\x90\x00" + b"\0" * 100),
    "no extension": ("licence", pdf()),
    "two extensions": ("licence.pdf.exe", pdf()),
    "an empty file": ("licence.pdf", b""),
    "more than 10 MB": ("licence.pdf", pdf(b"%" + b"x" * (10 * 1024 * 1024))),
    "a picture cut short": ("licence.png", drawn("PNG", (400, 400))[:120]),
    "a PDF cut short": ("licence.pdf", pdf()[:200]),
    "a PDF with a script": ("licence.pdf", pdf(b"7 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj")),
    "a PDF with a script spelt oddly": ("licence.pdf", pdf(b"7 0 obj << /S /J#61vaScript >> endobj")),
    "a PDF with a packed script": ("licence.pdf", pdf(packed(b"1 0 << /S /JavaScript >>"))),
    "a PDF whose objects can't be unpacked": ("licence.pdf", pdf(packed(b"").replace(b"\x78\x9c", b"\0\0"))),
    "a PDF that starts programs": ("licence.pdf", pdf(b"7 0 obj << /S /Launch >> endobj")),
    "a PDF with files in it": ("licence.pdf", pdf(b"7 0 obj << /Type /EmbeddedFile >> endobj")),
    "an encrypted PDF": ("licence.pdf", pdf(b"trailer << /Encrypt 9 0 R >>")),
    "a wall of pixels": ("licence.png", bomb(50_000, 50_000)),
    "a long thin wall of pixels": ("licence.png", bomb(20_000, 10)),
    "a little too many pixels": ("licence.png", bomb(6_000, 5_000)),
}


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("kind", WRONG)
def test_nadias_licence_is_not(kind: str) -> None:
    name, body = WRONG[kind]
    answer = Api().upload("/vendor/register", application(trade_license=sent(name, body, "application/pdf")))
    assert answer.status_code == 400, answer.content
    told = answer.json()
    assert list(told["errors"]) == ["trade_license"]
    assert told["message"] == told["errors"]["trade_license"][0]
    assert not User.objects.exists()
    assert not Vendor.objects.exists()


def test_her_logo_is_no_drawing_with_scripts() -> None:
    answer = Api().upload(
        "/vendor/register", application(company_logo=sent("logo.svg", SVG, "image/svg+xml"))
    )
    assert answer.status_code == 400
    assert answer.json()["message"] == "Please send a JPEG, PNG or WebP picture."


def test_a_pdf_with_harmless_packed_objects_is_fine() -> None:
    licence = sent("licence.pdf", pdf(packed(b"1 0 << /Type /Pages >>")), "application/pdf")
    assert Api().upload("/vendor/register", application(trade_license=licence)).status_code == 201
