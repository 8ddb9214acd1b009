"""What Sara changes in Django Admin stands in the audit log, with before and after."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.models import Category
from core.models import Event
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.sara)
    return client


def test_a_vendors_facts(cast: Cast, desk: Client) -> None:
    path = f"/admin/vendors/vendor/{cast.ahmed_foods.pk}/change/"
    papers = {f"documents-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    form = {"name": "Ahmed Foods Trading LLC", "emirate": "SHJ", "trn": "", "about": ""}
    assert desk.post(path, form | papers).status_code == 302
    event = Event.objects.get(name="vendor.edit")
    assert (event.subject, event.actor) == (cast.ahmed_foods.pk, "Staff Sara")
    assert event.data["before"] == {"name": "Ahmed Foods LLC", "emirate": "DXB"}
    assert event.data["after"] == {"name": "Ahmed Foods Trading LLC", "emirate": "SHJ"}


def test_a_new_shelf_and_its_new_name(cast: Cast, desk: Client) -> None:
    form = {"name": "Dates", "name_ar": "تمور", "slug": "dates", "position": "9", "parent": ""}
    desk.post("/admin/catalog/category/add/", form)
    shelf = Category.objects.get(slug="dates")
    desk.post(f"/admin/catalog/category/{shelf.pk}/change/", form | {"name": "Dates and figs"})
    names = list(Event.objects.filter(subject="dates").order_by("id").values_list("name", flat=True))
    assert names == ["category.create", "category.edit"]


def test_a_persons_facts_without_secrets(cast: Cast, desk: Client) -> None:
    form = {"email": cast.bilal.email, "name": "Bilal Khan", "language": "ar", "is_active": "on"}
    assert desk.post(f"/admin/accounts/user/{cast.bilal.pk}/change/", form).status_code == 302
    event = Event.objects.get(name="user.edit")
    assert event.data["after"] == {"name": "Bilal Khan", "language": "ar"}
    assert "password" not in str(event.data)


def test_saving_without_a_change_says_nothing(cast: Cast, desk: Client) -> None:
    form = {"email": cast.bilal.email, "name": "Bilal", "language": "en", "is_active": "on"}
    desk.post(f"/admin/accounts/user/{cast.bilal.pk}/change/", form)
    assert not Event.objects.filter(name="user.edit").exists()


def test_the_log_is_searched_by_subject(cast: Cast, desk: Client) -> None:
    cast.order(1)
    page = desk.get(f"/admin/core/event/?q={cast.fresh_mart.pk}").content.decode()
    assert f"Retailer {cast.fresh_mart.pk}" in page
