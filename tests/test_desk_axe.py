"""Staff's pages for everybody's eyes and ears: axe finds nothing on them, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from django.test import Client
from playwright.sync_api import Page

from tests.stage import Stage

pytestmark = pytest.mark.django_db

DJANGO = Path(admin.__file__).parent / "static/admin/css"
STYLES = [
    *(DJANGO / f"{name}.css" for name in ("base", "nav_sidebar", "changelists", "forms")),
    *(Path(f"static/css/{name}.css") for name in ("tokens", "admin", "admin-frame")),
]


def looked_at(page: Page, client: Client, path: str) -> str:
    """What axe has to say about a page in its own styles."""
    answer = client.get(path, follow=True)
    assert answer.status_code == 200, path
    page.set_content(answer.content.decode(), wait_until="domcontentloaded")
    page.add_style_tag(content="* { transition: none !important }")  # colours as they end up
    for style in STYLES:
        page.add_style_tag(path=style)
    found = Axe().run(page)
    return str(found.generate_report()) if found.violations_count else ""


@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing(language: str, page: Page) -> None:
    stage = Stage()
    client = Client()
    client.force_login(stage.sara)
    client.cookies["aqad-language"] = language
    page.set_viewport_size({"width": 1280, "height": 900})
    told = [
        looked_at(page, client, path)
        for path in (
            "/admin/",
            "/admin/vendors/vendor/",
            f"/admin/vendors/vendor/{stage.nadia.business_id}/change/",
            f"/admin/orders/order/{stage.bought.pk}/change/",
            f"/admin/payments/payment/{stage.payment.pk}/change/",
            "/admin/catalog/category/",
        )
    ]
    assert not "".join(told)
