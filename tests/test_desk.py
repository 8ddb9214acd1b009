"""Sara's lists and pages: many rows at once, a thing in one view, and no more questions for more rows."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from catalog.models import Category, Product
from core.models import Event
from orders.models import Order
from payments.models import Break, Callback, Payment
from tests.cast import Api, Cast, bank_says, key, workers_run
from tests.desk import of, page, questions
from tests.factories import CategoryFactory, ProductFactory, VendorFactory
from tests.stage import Stage

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("where", ["order", "payment", "refund", "delivery", "product", "vendor"])
def test_a_list_is_as_quick_for_many(where: str, desk: Client, cast: Cast) -> None:
    app = {"order": "orders", "delivery": "logistics", "product": "catalog", "vendor": "vendors"}
    path = f"/admin/{app.get(where, 'payments')}/{where}/"
    ProductFactory.create(vendor=cast.ahmed_foods, name="One")
    bank_says(cast.order(1)["payments"][0]["id"])
    before = questions(desk, path)
    for n in range(3):
        ProductFactory.create(vendor=VendorFactory.create(name=f"V{n}"), name=f"P{n}")
        bank_says(cast.order(2)["payments"][0]["id"])
    assert questions(desk, path) == before


def test_many_products_are_hidden_at_once_and_each_is_told_of(cast: Cast, desk: Client) -> None:
    seven = ProductFactory.create(vendor=cast.ahmed_foods, name="Seven", brand=cast.pepsi.brand)
    gone = ProductFactory.create(vendor=cast.ahmed_foods, name="Gone", status="archived")
    chosen = [cast.pepsi.pk, seven.pk, gone.pk]
    form = {"action": "hide", "reason": "A recall.", "_selected_action": chosen, "index": "0"}
    shown = html.unescape(desk.post("/admin/catalog/product/", form, follow=True).content.decode())
    assert list(Product.objects.order_by("pk").values_list("status", flat=True)) == [
        "hidden",
        "hidden",
        "archived",
    ]
    assert f"Hid: {seven.code}, {cast.pepsi.code}" in shown
    assert f"{gone.code}: " in shown
    notes = Event.objects.filter(name="product.hide").values_list("note", "actor")
    assert set(notes) == {("A recall.", "Staff Sara")}
    form |= {"action": "unhide", "_selected_action": [seven.pk]}
    desk.post("/admin/catalog/product/", form)
    assert Product.objects.get(pk=seven.pk).status == "listed"


def test_others_moderate_nothing(cast: Cast) -> None:
    for person in (cast.ahmed, cast.fatima):
        client = Client()
        client.force_login(person)
        client.post("/admin/catalog/product/", {"action": "hide", "_selected_action": [cast.pepsi.pk]})
        assert client.get("/admin/find/?q=ORD1001").status_code == 302
    assert Product.objects.get().status == "listed"


def test_the_order_in_one_view(stage: Stage) -> None:
    desk = of(stage)
    shown = page(desk, f"/admin/orders/order/{stage.bought.pk}/change/")
    for code in (stage.payment.code, stage.shipment.code, stage.ahmed_foods.pk, stage.fresh_mart.pk):
        assert f"<bdi>{code}</bdi></a>" in shown
    assert "Pepsi 330ml" in shown
    assert "Captured" in shown
    assert desk.get("/admin/orders/order/nonsense/change/").status_code == 302


def test_an_order_of_many_lines_asks_no_more(cast: Cast, desk: Client) -> None:
    first = Order.objects.coded(cast.order(1)["orders"][0]["id"]).get()
    page(desk, f"/admin/orders/order/{first.pk}/change/")  # what is asked once in a process
    before = questions(desk, f"/admin/orders/order/{first.pk}/change/")
    assert before <= 20
    wish = cast.wish(1)
    more = [ProductFactory.create(vendor=cast.ahmed_foods, name=f"P{n}") for n in range(4)]
    wish["items"] += [{"product": each.code, "quantity": 1} for each in more]
    made = Api(cast.fatima).post("/orders", wish, **key()).json()["data"]
    second = Order.objects.coded(made["orders"][0]["id"]).get()
    assert second.lines.count() == 5
    assert questions(desk, f"/admin/orders/order/{second.pk}/change/") == before


def test_the_payment_with_all_around_it(cast: Cast, desk: Client) -> None:
    code = cast.order()["payments"][0]["id"]
    bank_says(code)
    row = Payment.objects.coded(code).get()
    other = Callback.objects.create(gateway="sandbox", event_id="e2", body=b"{}", reference="PAY9")
    told = Callback.objects.create(gateway="sandbox", event_id="e1", body=b"{}", reference=code)
    found = Break.objects.create(
        gateway="sandbox", kind="capture_amount", reference=code, fact_at="2026-01-01T00:00:00Z",
        last_seen="2026-01-01T00:00:00Z", status="open",
    )  # fmt: skip
    found.LIFECYCLE.begin(found, cast.sara, name="find")
    shown = page(desk, f"/admin/payments/payment/{row.pk}/change/")
    for each in (told.code, found.code, Order.objects.get().code):
        assert f"<bdi>{each}</bdi></a>" in shown
    assert other.code not in shown


def test_shelves_in_the_order_of_their_tree(cast: Cast, desk: Client) -> None:
    drinks = CategoryFactory.create(slug="drinks", name="Drinks", name_ar="مشروبات", position=9)
    soft = Category.objects.get(slug="soft-drinks")
    desk.post(f"/admin/catalog/category/{soft.pk}/change/", {
        "name": soft.name, "name_ar": soft.name_ar, "slug": soft.slug, "position": "1", "parent": drinks.pk,
    })  # fmt: skip
    food = CategoryFactory.create(slug="food", name="Food", position=0)
    desk.post(f"/admin/catalog/category/{food.pk}/change/", {
        "name": "Food", "name_ar": "", "slug": "food", "position": "5", "parent": "",
    })  # fmt: skip
    rows = list(desk.get("/admin/catalog/category/").context["cl"].result_list)
    assert [row.slug for row in rows] == ["food", "drinks", "soft-drinks"]
    assert [row.depth for row in rows] == [0, 0, 1]
    form = {
        f"form-{n}-{name}": getattr(row, name)
        for n, row in enumerate(rows)
        for name in ("id", "name", "name_ar", "position")
    }
    form |= {"form-TOTAL_FORMS": 3, "form-INITIAL_FORMS": 3, "_save": "Save", "form-0-name_ar": "أغذية"}
    desk.post("/admin/catalog/category/", form)
    assert Category.objects.get(slug="food").name_ar == "أغذية"
    edits = Event.objects.filter(name="category.edit", subject="food").order_by("-id")
    assert edits[0].data["after"] == {"name_ar": "أغذية"}


def test_people_with_their_business_and_back(cast: Cast, desk: Client) -> None:
    shown = page(desk, f"/admin/accounts/user/{cast.bilal.pk}/change/")
    assert f"<bdi>{cast.fasttrack.pk}</bdi></a>" in shown
    shown = page(desk, f"/admin/logistics/carrier/{cast.fasttrack.pk}/change/")
    assert f"/admin/accounts/user/{cast.bilal.pk}/change/" in shown
    assert f"/admin/accounts/invitation/add/?business={cast.fasttrack.pk}" in shown
    form = page(desk, f"/admin/accounts/invitation/add/?business={cast.fasttrack.pk}")
    assert re.search(rf'value="{cast.fasttrack.pk}" selected', form)


def test_a_list_counts_no_further_than_it_must(
    cast: Cast, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.desk.MOST", 2)
    cast.order(1)
    workers_run()
    assert Event.objects.count() > 3
    assert "More than 10,000" in page(desk, "/admin/core/event/")
