"""What buyers see of Ahmed Foods, and how Ahmed keeps it."""

from __future__ import annotations

import pytest
from django.test import Client

from core.models import Event
from core.tests.papers import drawn, sent
from tests.cast import Cast
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def ahmed(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.ahmed)
    return client


def test_a_few_words_and_a_logo(cast: Cast, ahmed: Client) -> None:
    logo = sent("logo.png", drawn(), "image/png")
    answer = ahmed.post(
        "/vendor/profile/", {"about": "Drinks for Dubai since 1998.", "logo": logo}, follow=True
    )
    assert answer.status_code == 200
    page = Client().get(Vendor.objects.get(pk=cast.ahmed_foods.pk).get_absolute_url()).content.decode()
    assert "Drinks for Dubai since 1998." in page
    assert "/media/logos/" in page


def test_words_alone_keep_the_logo(cast: Cast, ahmed: Client) -> None:
    ahmed.post("/vendor/profile/", {"logo": sent("logo.png", drawn(), "image/png")})
    before = Vendor.objects.get(pk=cast.ahmed_foods.pk).logo.name
    ahmed.post("/vendor/profile/", {"about": "Open on Fridays."})
    assert Vendor.objects.get(pk=cast.ahmed_foods.pk).logo.name == before != ""


def test_the_change_is_in_the_audit_log_with_before_and_after(cast: Cast, ahmed: Client) -> None:
    ahmed.post("/vendor/profile/", {"about": "Open on Fridays."})
    event = Event.objects.get(name="business.edit")
    assert (event.subject, event.data["before"]["about"], event.data["after"]["about"]) == (
        cast.ahmed_foods.pk, "", "Open on Fridays.",
    )  # fmt: skip


def test_a_picture_that_is_a_page_is_refused(cast: Cast, ahmed: Client) -> None:
    trick = sent("logo.png", b"<svg onload=alert(1)>", "image/png")
    assert "JPEG, PNG or WebP" in ahmed.post("/vendor/profile/", {"logo": trick}).content.decode()
    assert not Vendor.objects.get(pk=cast.ahmed_foods.pk).logo


def test_a_suspended_vendor_has_no_storefront(cast: Cast) -> None:
    from accounts import actions

    actions.suspend(cast.ahmed_foods.business, cast.sara, note="Expired licence.")
    assert Client().get(cast.ahmed_foods.get_absolute_url()).status_code == 404
