"""The demo market is a believable past: nothing in it could not have happened, and its books agree."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Count, F, Q, Sum
from django.utils import timezone
from stdnum import ean

from accounts.lifecycle import BusinessStatus
from accounts.models import Business, Notification, User
from aqad import demo
from aqad.reactions import REACTIONS
from catalog.lifecycle import ProductStatus
from catalog.models import Brand, Category, Image, Movement, Product, Stock
from core.lifecycle import Lifecycle, Moving
from core.models import Event, Reaction
from core.money import vat_on
from core.roles import Role
from logistics import actions as logistics
from logistics.lifecycle import LIVE, DeliveryStatus
from logistics.models import Carrier, Delivery
from orders.lifecycle import ENDED_WITHOUT_GOODS, NEVER_PLACED, OrderStatus
from orders.models import Checkout, Hold, Line, Order, PaymentMethod
from payments.lifecycle import PaymentStatus, RefundStatus
from payments.models import Payment, Refund
from retailers.models import Address, Retailer
from tests.cast import Api
from vendors.models import Document, Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loaded(whole_demo: Path, db: None) -> None:
    """Every test here looks at it."""


def counts() -> dict[str, int]:
    """Rows of every table."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def api(email: str) -> Api:
    """Somebody of the demo signs in over the API."""
    client = Api(User.objects.get(email=email))
    credentials = {"email": email, "password": demo.PASSWORD}
    answer = client.client.post("/api/auth/login", credentials, content_type="application/json")
    assert answer.status_code == 200, answer.content
    client._token = answer.json()["data"]["access"]
    return client


def test_a_second_run_changes_nothing_and_is_quick() -> None:
    before, began = counts(), time.monotonic()
    assert demo.load() == demo.LOGINS
    assert time.monotonic() - began < 1
    assert counts() == before


def test_the_story_has_the_first_numbers() -> None:
    assert User.objects.get(email="ahmed@ahmedfoods.example").business_id == "V1001"
    assert User.objects.get(email="fresh@freshmart.example").business_id == "R2001"
    assert User.objects.get(email="driver@fasttrack.example").label == "Driver Bilal of C3001"
    assert User.objects.get(email="dispatch@fasttrack.example").label == "Dispatcher Deepa of C3001"
    pepsi = Product.objects.get(pk=1001)
    assert (pepsi.name, pepsi.vendor_id, pepsi.available) == ("Pepsi 330ml", "V1001", 500)
    assert Address.objects.get(retailer="R2001").emirate == "DXB"
    for model in (Checkout, Order, Payment, Refund, Delivery):
        assert model._default_manager.order_by("pk").values_list("pk", flat=True)[0] == 1001


def test_everybody_of_the_printed_logins_comes_in() -> None:
    for email, who in demo.LOGINS.items():
        if "pending" not in who:
            assert api(email).get("/auth/me").json()["data"]["email"] == email
    for number in (1, 30, 60):
        shop = api(f"shop{number:02d}@demo.example")
        assert shop.get("/addresses").json()["data"]


def test_who_takes_part() -> None:
    assert Retailer.objects.filter(status=BusinessStatus.ACTIVE).count() == 61
    assert Address.objects.values("retailer").distinct().count() == 61
    standing = Counter(Vendor.objects.values_list("status", flat=True))
    assert standing == {"active": 12, "pending_approval": 1, "rejected": 1, "suspended": 1}
    assert Vendor.objects.filter(status="active").values("emirate").distinct().count() >= 6
    assert Document.objects.filter(vendor__status="pending_approval").count() == 2
    assert Business.objects.exclude(trn="").exclude(trn__regex=r"^1\d{12}03$").count() == 0


def test_one_carrier_for_each_emirate_and_fasttrack_for_dubai() -> None:
    carrier = logistics._carrier_for("DXB")
    assert carrier is not None
    assert carrier.pk == "C3001"
    covered = Counter(emirate for one in Carrier.objects.all() for emirate in one.covers)
    assert covered == dict.fromkeys(("DXB", "SHJ", "AJM", "AUH", "UAQ", "RAK", "FUJ"), 1)
    for one in Carrier.objects.all():
        crew = Counter(one.memberships.values_list("user__role", flat=True))
        assert crew[Role.DRIVER] >= 2
        assert crew[Role.DISPATCHER] == 1


def test_four_hundred_products_on_sale_and_some_that_are_not() -> None:
    assert Product.objects.on_sale().count() == 400
    statuses = Counter(Product.objects.values_list("status", flat=True))
    assert all(statuses[status] for status in ProductStatus.values), statuses
    assert Product.objects.filter(name_ar="").count() == 0
    assert Product.objects.filter(min_quantity__gt=1).exists()
    assert Product.objects.filter(quantity_step__gt=1).exists()
    assert set(Product.objects.values_list("vat_category", flat=True)) >= {"S", "Z", "O"}
    assert not Product.objects.exclude(min_quantity__gte=F("quantity_step")).exists()
    sold_out = Product.objects.on_sale().filter(stock__on_hand=F("stock__reserved"))
    assert 3 <= sold_out.count() <= 30
    assert all(ean.is_valid(gtin) for gtin in Product.objects.values_list("gtin", flat=True))
    assert not Product.objects.values("gtin").annotate(n=Count("pk")).filter(n__gt=1).exists()


def test_what_people_search_for_first_is_there() -> None:
    for word in ("labneh", "mirinda", "pepsi"):
        for product in Product.objects.on_sale().filter(name__icontains=word):
            assert product.available >= 10, product
            assert 10 % product.quantity_step == 0
            assert product.min_quantity <= 10
            assert product.get_absolute_url()
    assert Category.objects.get(slug="soft-drinks").parent is not None
    assert Brand.objects.get(slug="pepsi").name_ar
    assert not Category.objects.filter(Q(name_ar="") | Q(parent__parent__isnull=False)).exists()


def test_every_product_has_a_picture_in_the_store(whole_demo: Path) -> None:
    assert not Product.objects.filter(images=None).exists()
    for image in Image.objects.all():
        for name in image.names:
            assert (whole_demo / name).stat().st_size > 500


def test_orders_of_sixty_days_in_every_state() -> None:
    states = Counter(Order.objects.values_list("status", flat=True))
    assert all(states[status] >= 2 for status in OrderStatus.values), states
    assert Order.objects.count() > 450
    first, last = Order.objects.order_by("created_at").first(), Order.objects.order_by("created_at").last()
    assert first is not None
    assert last is not None
    assert timedelta(days=52) < last.created_at - first.created_at < timedelta(days=61)
    assert set(Checkout.objects.values_list("method", flat=True)) == set(PaymentMethod.values)
    assert Checkout.objects.annotate(n=Count("orders")).filter(n__gt=1).count() > 40
    assert Delivery.objects.filter(status=DeliveryStatus.FAILED).exists()
    assert Refund.objects.filter(status=RefundStatus.DONE).exists()
    assert {"created", "captured", "failed"} <= set(Payment.objects.values_list("status", flat=True))


def test_stock_is_the_sum_of_its_movements_and_reserved_what_lines_hold() -> None:
    held = dict(Line.objects.filter(hold=Hold.HELD).values_list("product").annotate(Sum("quantity")))
    sums = {
        row["product"]: (row["on"], row["res"])
        for row in Movement.objects.values("product").annotate(on=Sum("on_hand"), res=Sum("reserved"))
    }
    for stock in Stock.objects.all():
        assert sums.get(stock.pk, (0, 0)) == (stock.on_hand, stock.reserved)
        assert stock.reserved == held.get(stock.pk, 0)
    assert Stock.objects.count() == Product.objects.count()


def test_there_was_always_enough_stock() -> None:
    there: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    before = None
    for movement in Movement.objects.order_by("pk"):
        on_hand, reserved = there[movement.product_id]
        there[movement.product_id] = [on_hand + movement.on_hand, reserved + movement.reserved]
        assert 0 <= there[movement.product_id][1] <= there[movement.product_id][0], movement
        assert before is None or before <= movement.at
        before = movement.at


def test_every_line_was_held_once_and_ended_as_its_order_did() -> None:
    kinds = defaultdict(list)
    for number, kind in Movement.objects.exclude(line=None).order_by("pk").values_list("line", "kind"):
        kinds[number].append(kind)
    expected = {
        Hold.HELD: ["hold"],
        Hold.CONSUMED: ["hold", "consume"],
        Hold.RELEASED: ["hold", "release"],
        Hold.RETURNED: ["hold", "consume", "return"],
    }
    for line in Line.objects.select_related("order"):
        assert kinds[line.pk] == expected[Hold(line.hold)]
        if line.order.status in ENDED_WITHOUT_GOODS:
            assert line.hold in (Hold.RELEASED, Hold.RETURNED)
        elif line.order.status in ("picked_up", "out_for_delivery", "delivered"):
            assert line.hold == Hold.CONSUMED
    assert set(kinds) == set(Line.objects.values_list("pk", flat=True))


def test_sums_of_lines_orders_and_checkouts() -> None:
    for line in Line.objects.all():
        assert line.net == line.unit_price * line.quantity
        assert line.vat == vat_on(line.net, line.vat_category)
    for order in Order.objects.annotate(net=Sum("lines__net"), tax=Sum("lines__vat")):
        assert (order.subtotal, order.vat) == (order.net, order.tax)
    for checkout in Checkout.objects.annotate(sum=Sum("orders__total")):
        assert checkout.total == checkout.sum
    assert not Line.objects.exclude(product__vendor=F("order__vendor")).exists()
    assert not Order.objects.exclude(retailer=F("checkout__retailer")).exists()


def test_lines_keep_the_price_of_their_time() -> None:
    assert Line.objects.exclude(unit_price=F("product__price")).exists()
    for event in Event.objects.filter(name="product.edit"):
        product = int(event.subject.removeprefix("P"))
        before = Line.objects.filter(product=product, order__created_at__lt=event.at)
        assert all(str(line.unit_price) == event.data["before"]["price"] for line in before)


def test_money_that_came_is_with_live_orders_or_on_its_way_back() -> None:
    for payment in Payment.objects.prefetch_related("allocations__order", "refunds"):
        refunds = sum((one.amount for one in payment.refunds.all() if one.status != "failed"), Decimal(0))
        live = [one for one in payment.allocations.all() if one.order.status not in ENDED_WITHOUT_GOODS]
        assert payment.refunding == refunds
        assert sum((one.amount for one in payment.allocations.all()), Decimal(0)) == payment.amount
        if payment.status == PaymentStatus.CAPTURED:
            assert payment.captured == sum((one.amount for one in live), Decimal(0)) + refunds
        else:
            assert payment.captured == refunds == 0
    assert Order.objects.filter(allocation=None).count() == 0


def test_no_card_order_goes_on_unpaid_and_cash_comes_with_the_goods() -> None:
    going_on = Order.objects.exclude(status__in=[*ENDED_WITHOUT_GOODS, OrderStatus.AWAITING_PAYMENT])
    card = going_on.filter(checkout__method=PaymentMethod.CARD)
    assert not card.exclude(allocation__payment__settles=True).exists()
    cash = Order.objects.filter(checkout__method=PaymentMethod.CASH_ON_DELIVERY)
    assert not cash.filter(status=OrderStatus.DELIVERED).exclude(allocation__payment__settles=True).exists()
    assert not cash.exclude(status=OrderStatus.DELIVERED).filter(allocation__payment__settles=True).exists()
    for order in Order.objects.all():
        assert (order.placed_at is None) == (
            order.status in NEVER_PLACED or (order.status == OrderStatus.CANCELLED and _was_unpaid(order))
        )


def _was_unpaid(order: Order) -> bool:
    return not order.history().filter(name__in=["order.pay", "order.place"]).exists()


def test_deliveries_agree_with_their_orders() -> None:
    states = {"ready": "assigned", "picked_up": "picked_up", "out_for_delivery": "out_for_delivery"}
    for order in Order.objects.prefetch_related("deliveries"):
        live = [one.status for one in order.deliveries.all() if one.status in LIVE]
        assert len(live) <= 1
        assert live == ([states[order.status]] if order.status in states else [])
        if order.status == OrderStatus.DELIVERED:
            done = order.deliveries.get(status=DeliveryStatus.DELIVERED)
            assert done.delivered_at == order.delivered_at is not None
    for delivery in Delivery.objects.exclude(driver=None).select_related("driver__membership", "carrier"):
        assert delivery.driver is not None
        assert delivery.driver.business_id == delivery.carrier_id


def nouns() -> Iterator[Moving]:
    """Everything with a lifecycle, each once."""
    for model in apps.get_models():
        if issubclass(model, Moving) and not model._meta.parents:
            yield from model._default_manager.all()


def test_histories_have_no_gap_follow_the_table_and_end_in_the_status() -> None:
    stories = defaultdict(list)
    for event in Event.objects.exclude(seq=None).order_by("id"):
        stories[event.subject].append(event)
    for thing in nouns():
        story, table = stories[thing.code], thing.LIFECYCLE
        assert [event.seq for event in story] == list(range(1, thing.version + 1)), thing.code
        assert story[-1].after == thing.status
        for before, after in pairwise(story):
            assert after.before == before.after
            assert after.at >= before.at
            assert _allowed(table, after)


def _allowed(table: Lifecycle, event: Event) -> bool:
    name = event.name.rpartition(".")[2]
    return any(
        move.name == name and event.before in move.sources and event.after == move.target
        for move in table.table
    )


def test_the_log_is_in_order_of_time_and_nothing_lies_ahead() -> None:
    times = list(Event.objects.order_by("id").values_list("at", flat=True))
    assert times == sorted(times)
    assert times[-1] <= timezone.now()
    assert not Notification.objects.filter(created_at__gt=timezone.now() + timedelta(minutes=1)).exists()


def test_what_had_to_follow_has_followed() -> None:
    due = Counter((name, handler) for name in Event.objects.values_list("name", flat=True)
                  for handler in REACTIONS.get(name, ()))  # fmt: skip
    assert Counter(Reaction.objects.values_list("event__name", "handler")) == due
    waiting = Reaction.objects.filter(done_at=None).values_list("event__actor", flat=True)
    assert set(waiting) == {"Vendor V1015"}


def test_people_were_told_what_concerns_them() -> None:
    for order in Order.objects.filter(status=OrderStatus.DELIVERED).prefetch_related("checkout")[:40]:
        events = order.history().filter(name__in=["order.pay", "order.place"])
        told = Notification.objects.filter(event__in=events, title="New Order Received")
        assert {note.user.business_id for note in told} == {order.vendor_id}
        assert {note.url for note in told} == {order.get_absolute_url()}
    strangers = Notification.objects.filter(user__role=Role.VENDOR, event__name="order.create")
    assert not strangers.exists()
    assert Notification.objects.filter(read_at=None).exists()
    assert Notification.objects.exclude(read_at=None).exists()


def test_unpaid_orders_stay_open_for_a_while_and_hold_nothing_of_the_story() -> None:
    waiting = Order.objects.filter(status=OrderStatus.AWAITING_PAYMENT)
    assert waiting.count() >= 2
    assert not waiting.filter(checkout__reserved_until__lt=timezone.now() + timedelta(days=2)).exists()
    assert Stock.objects.get(pk=1001).reserved == 0


def test_fresh_mart_has_a_past_and_no_failed_card() -> None:
    mine = Order.objects.filter(retailer="R2001")
    assert mine.filter(status=OrderStatus.DELIVERED).count() >= 5
    assert not mine.filter(status__in=[OrderStatus.FAILED, OrderStatus.AWAITING_PAYMENT]).exists()


def test_ahmed_has_work_waiting_for_him() -> None:
    his = Counter(Order.objects.filter(vendor="V1001").values_list("status", flat=True))
    for status in (OrderStatus.PLACED, OrderStatus.PROCESSING, OrderStatus.READY, OrderStatus.DELIVERED):
        assert his[status], his
