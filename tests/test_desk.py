"""Sara's desk: today's figures and the rows behind them, codes that find, filters with names, many rows at once."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Category, Product
from core.models import Event, Reaction
from logistics.models import Delivery
from orders.models import Order
from payments.models import Break, Callback, Payment, Refund
from tests.cast import Api, Cast, bank_says, key, put, workers_run
from tests.factories import CategoryFactory, ProductFactory, VendorFactory
from tests.stage import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast: Cast) -> Client:
    """Sara in Django Admin."""
    client = Client()
    client.force_login(cast.sara)
    return client


@pytest.fixture
def stage(db: None) -> Stage:
    """The story half-way."""
    return Stage()


def of(stage: Stage) -> Client:
    """The desk of that story's Sara."""
    client = Client()
    client.force_login(stage.sara)
    return client


def page(desk: Client, path: str) -> str:
    """What Sara sees there."""
    answer = desk.get(path, follow=True)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def figure(desk: Client, label: str) -> tuple[int, str, str]:
    """A figure of the overview: its number, its link, what stands beside it."""
    shown = re.findall(r'<a class="figure[^"]*" href="([^"]+)">(.*?)</a>', page(desk, "/admin/"), re.DOTALL)
    for url, text in shown:
        if f">{label}<" in text:
            number = re.search(r"figure-number\">(\d+)<", text)
            beside = re.search(r"figure-beside\">(.*?)<", text)
            assert number
            return int(number[1]), url, beside[1] if beside else ""
    raise AssertionError(label)


def listed(desk: Client, url: str) -> set[str]:
    """The first cells of a list: the codes, or whatever stands there."""
    answer = desk.get(url)
    assert answer.status_code == 200, f"{answer.status_code} {url}"
    return {getattr(row, "code", str(row.pk)) for row in answer.context["cl"].result_list}


def questions(desk: Client, path: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(
        connection,
    ) as seen:
        page(desk, path)
    return len(seen)


def test_orders_of_today_and_their_value(cast: Cast, desk: Client) -> None:
    bank_says(cast.order(10)["payments"][0]["id"])
    unpaid = cast.order(1)["orders"][0]["id"]
    number, url, beside = figure(desk, "Placed today")
    assert (number, beside) == (1, "AED 341.25")
    assert listed(desk, url) == {Order.objects.get(status="placed").code}
    number, url, beside = figure(desk, "Unpaid, stock held")
    assert number == 1
    assert beside.startswith("oldest: ")
    assert listed(desk, url) == {unpaid}


def test_what_waits_to_be_accepted(cast: Cast, desk: Client) -> None:
    assert figure(desk, "Waiting to be accepted")[0] == 0
    bank_says(cast.order(10)["payments"][0]["id"])
    cast.order(1)
    number, url, _ = figure(desk, "Waiting to be accepted")
    assert (number, listed(desk, url)) == (1, {Order.objects.get(status="placed").code})


def test_vendors_to_review_and_licences_that_end(cast: Cast, desk: Client) -> None:
    nadia = cast.pending_vendor()
    number, url, beside = figure(desk, "Vendors to review")
    assert (number, listed(desk, url)) == (1, {nadia.business_id})
    assert beside.startswith("oldest: ")
    soon = VendorFactory.create(name="Soon", licence_expiry=date.today() + timedelta(days=5))  # noqa: DTZ011
    VendorFactory.create(name="Late", licence_expiry=date.today() + timedelta(days=90))  # noqa: DTZ011
    number, url, _ = figure(desk, "Licences ending within 30 days")
    assert (number, listed(desk, url)) == (1, {soon.pk})


def test_deliveries_that_need_somebody(stage: Stage) -> None:
    desk = of(stage)
    for label in ("Without a carrier", "On the way", "Locked after wrong codes"):
        assert figure(desk, label)[0] == 0
    put(Delivery.objects.all(), "out_for_delivery", tries=5)
    for label in ("On the way", "Locked after wrong codes"):
        number, url, _ = figure(desk, label)
        assert (number, listed(desk, url)) == (1, {stage.shipment.code})
    put(Delivery.objects.all(), "assigned", tries=0, driver=None, carrier=None)
    number, url, _ = figure(desk, "Without a carrier")
    assert (number, listed(desk, url)) == (1, {stage.shipment.code})


def test_money_that_needs_somebody(cast: Cast, desk: Client) -> None:
    row = Payment.objects.coded(cast.order()["payments"][0]["id"]).get()
    put(Payment.objects.all(), "unknown")
    number, url, _ = figure(desk, "Payments being checked")
    assert (number, listed(desk, url)) == (1, {row.code})
    bank_says(row.code)
    desk.post(f"/admin/payments/payment/{row.pk}/refund/", {
        "amount": "65.00", "reason": "Wet.", "key": "8f6f2c1e-0d5b-4f0e-9d4b-2f7f6f1f1c11",
    })  # fmt: skip
    back = Refund.objects.get()
    number, url, _ = figure(desk, "Refunds on their way")
    assert (number, listed(desk, url)) == (1, {back.code})
    put(Refund.objects.all(), "failed")
    Payment.objects.update(refunding=0)
    number, url, _ = figure(desk, "Refunds failed in 7 days")
    assert (number, listed(desk, url)) == (1, {back.code})
    Callback.objects.create(gateway="sandbox", event_id="e1", body=b"?", parked=True)
    Callback.objects.create(gateway="sandbox", event_id="e2", body=b"?")
    number, url, _ = figure(desk, "Callbacks parked")
    assert (number, listed(desk, url)) == (1, {Callback.objects.get(parked=True).code})


def test_the_outbox_that_needs_somebody(cast: Cast, desk: Client) -> None:
    cast.order(1)
    dead = Reaction.objects.first()
    assert dead
    assert figure(desk, "Overdue in the outbox")[0] == 0
    Reaction.objects.update(due_at="2026-01-01T00:00:00Z")
    late = {row.code for row in Reaction.objects.exclude(pk=dead.pk).filter(done_at=None)}
    Reaction.objects.filter(pk=dead.pk).update(dead=True)
    number, url, _ = figure(desk, "Dead letters")
    assert (number, listed(desk, url)) == (1, {dead.code})
    number, url, _ = figure(desk, "Overdue in the outbox")
    assert (number, listed(desk, url)) == (len(late), late)


def test_the_overview_asks_no_more_when_there_is_more(cast: Cast, desk: Client) -> None:
    before = questions(desk, "/admin/")
    assert before <= 14
    cast.order(1)
    cast.order(2)
    cast.pending_vendor()
    cast.pending_vendor()
    assert questions(desk, "/admin/") == before


def test_lists_stand_by_their_work(desk: Client) -> None:
    shown = page(desk, "/admin/")
    titles = ["People and businesses", "Catalogue", "Orders and deliveries", "Money", "System"]
    places = [shown.index(f'<span class="section">{title}</span>') for title in titles]
    assert places == sorted(places)
    assert "app-other" not in shown


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


def test_codes_find_their_things_and_no_others(stage: Stage) -> None:
    desk = of(stage)
    bank_says(stage.order(1)["payments"][0]["id"])
    bought, payment = stage.bought.code, stage.payment.code
    expected = {
        "/admin/orders/order/": {bought, payment, stage.shipment.code, stage.bought.checkout.code},
        "/admin/payments/payment/": {payment, bought},
        "/admin/logistics/delivery/": {stage.shipment.code, bought},
    }
    own = {"orders": bought, "payments": payment, "logistics": stage.shipment.code}
    for path, codes in expected.items():
        for code in codes:
            assert listed(desk, f"{path}?q={code.lower()}") == {own[path.split("/")[2]]}, f"{path} {code}"
        assert listed(desk, f"{path}?q=ORD999999") == set()
    assert listed(desk, f"/admin/vendors/vendor/?q={stage.ahmed_foods.pk}") == {stage.ahmed_foods.pk}
    assert listed(desk, f"/admin/catalog/product/?q={stage.ahmed_foods.pk}") == {stage.pepsi.code}


def test_the_log_is_asked_for_a_code_by_its_index(cast: Cast, desk: Client) -> None:
    code = cast.order(1)["orders"][0]["id"]
    with CaptureQueriesContext(connection) as seen:
        desk.get(f"/admin/core/event/?q={code}")
    asked = [one["sql"] for one in seen if "core_event" in one["sql"]]
    assert asked
    assert not [sql for sql in asked if "LIKE" in sql]


@pytest.mark.parametrize("what", ["bought", "payment", "shipment", "pepsi"])
def test_a_code_opens_its_page(what: str, stage: Stage) -> None:
    thing: Any = getattr(stage, what)
    answer = of(stage).get(f"/admin/find/?q={thing.code.lower()}", follow=True)
    assert (answer.status_code, answer.context["original"].code) == (200, thing.code)


def test_anything_else_is_looked_for_in_the_log(desk: Client) -> None:
    assert desk.get("/admin/find/?q=V99X").headers["Location"] == "/admin/core/event/?q=V99X"
    assert desk.get("/admin/find/").headers["Location"] == "/admin/"


def test_my_actions_of_today(cast: Cast, desk: Client) -> None:
    desk.post(f"/admin/catalog/product/{cast.pepsi.pk}/moves/hide/", {"reason": "A recall."})
    cast.order(1, product=ProductFactory.create(vendor=cast.ahmed_foods, name="Seven"))
    shown = page(desk, "/admin/core/event/")
    query = re.search(r'href="(\?[^"]*)"[^>]*>My actions today', shown)
    assert query
    rows = desk.get(f"/admin/core/event/{query[1]}").context["cl"].result_list
    assert {row.name for row in rows} == {"product.hide"}


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
