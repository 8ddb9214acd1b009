"""Documents are private: their owner and staff get them as a download, nobody else learns that they exist."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from tests.cast import Api, Cast
from vendors.models import Document
from vendors.tests.applying import application

pytestmark = pytest.mark.django_db


@pytest.fixture
def licence(cast: Cast) -> Document:
    Api().upload("/vendor/register", application())
    return Document.objects.get(kind="trade_license")


def page_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_nadia_gets_her_own_licence_as_a_download(licence: Document) -> None:
    answer = page_of(licence.vendor.memberships.get().user).get(licence.get_absolute_url(), follow=True)
    assert answer["Content-Disposition"] == 'attachment; filename="licence.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert hashlib.sha256(body_of(answer)).hexdigest() == licence.sha256


def test_sara_of_staff_gets_it_too(licence: Document, cast: Cast) -> None:
    answer = page_of(cast.sara).get(licence.get_absolute_url(), follow=True)
    assert answer["Content-Disposition"].startswith("attachment")
    assert body_of(answer).startswith(b"%PDF-")


def test_only_staff_see_it_in_the_page(licence: Document, cast: Cast) -> None:
    inline = f"{licence.get_absolute_url()}?inline=1"
    shown = page_of(cast.sara).get(inline, follow=True)
    assert shown["Content-Disposition"].startswith("inline")
    assert "default-src 'none'" in shown["Content-Security-Policy"]
    assert (
        page_of(licence.vendor.memberships.get().user)
        .get(inline, follow=True)["Content-Disposition"]
        .startswith("attachment")
    )


@pytest.mark.parametrize("who", ["ahmed", "fatima", "bilal", "deepa"])
def test_others_do_not_find_it(licence: Document, cast: Cast, who: str) -> None:
    assert page_of(getattr(cast, who)).get(licence.get_absolute_url()).status_code == 404


def test_strangers_are_asked_to_sign_in(licence: Document) -> None:
    answer = page_of(None).get(licence.get_absolute_url())
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_no_public_address_reaches_it(licence: Document, cast: Cast) -> None:
    kept = Path(licence.file.path)
    assert kept.exists()
    assert not kept.is_relative_to(settings.MEDIA_ROOT)
    for name in (
        licence.file.name,
        f"../private/{licence.file.name}",
        f"..%2Fprivate%2F{licence.file.name}",
        str(kept),
    ):
        assert page_of(cast.sara).get(f"/media/{name}").status_code == 404


def test_the_address_its_storage_would_give_leads_nowhere(licence: Document, cast: Cast) -> None:
    assert page_of(cast.sara).get(licence.file.url).status_code == 404


def test_a_name_with_a_line_break_writes_no_header(licence: Document) -> None:
    Document.objects.filter(pk=licence.pk).update(name='x"\r\nSet-Cookie: a=b.pdf')
    answer = page_of(licence.vendor.memberships.get().user).get(licence.get_absolute_url(), follow=True)
    assert "\n" not in answer["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers
