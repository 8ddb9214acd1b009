"""Wrong code can't break it: the database refuses, and without the guard it would have gone through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from orders.models import Order
from payments.models import Payment
from tests.factories import ProductFactory
from tests.stage import Stage, undone

MOVE = "INSERT INTO catalog_movement (product_id, kind, on_hand, reserved, line, reason, actor) SELECT product_id,"
ITS_LINE = "FROM orders_line WHERE order_id = {paid}"
EVENT = "INSERT INTO core_event (name, subject, seq, before, after, actor, note, data, request_id) VALUES"
LINE = """INSERT INTO orders_line (order_id, product_id, name, name_ar, unit, quantity, unit_price, vat_category,
          net, vat, total, hold) VALUES ({paid}, {product}, '', '', 'XCT', 1, 1, 'Z', 1, 0, 1, 'held')"""
ORDER = """INSERT INTO orders_order (checkout_id, retailer_id, vendor_id, currency, subtotal, vat, total, status,
           version) SELECT id, '{retailer}', '{stranger}', 'AED', {net}, 0, {net}, 'awaiting_payment', 1
           FROM orders_checkout WHERE id = {checkout}"""
REFUND = """INSERT INTO payments_refund (payment_id, order_id, key, amount, reason, gateway_ref, status, version)
            VALUES ({payment}, {of}, gen_random_uuid(), 5, '', '', '{status}', 1)"""
PAYMENT = """INSERT INTO payments_payment (checkout_id, method, gateway, key, amount, currency, gateway_ref,
             gateway_url, captured, captured_currency, refunding, settles, failure, status, version)
             SELECT id, 'cash_on_delivery', '', gen_random_uuid(), 5, 'AED', '', '', 0, '', 0, false, '', 'created', 1
             FROM orders_checkout WHERE id = {checkout}"""
DELIVERY = """INSERT INTO logistics_delivery (order_id, status, version, salt, tries, failure, note, photo)
              VALUES ({paid}, 'assigned', 1, '', 0, '', '', '')"""
TOLD = ("trigger", "orders_order", "orders_order_told")
PAYMENT_TOLD = ("trigger", "payments_payment", "payments_payment_told")
REFUND_TOLD = ("trigger", "payments_refund", "payments_refund_told")
DELIVERY_TOLD = ("trigger", "logistics_delivery", "logistics_delivery_told")
FOLLOWS = ("trigger", "core_event", "core_event_follows")
REFUNDS = (
    ("trigger", "payments_refund", "payments_refund_adds_up"),
    ("trigger", "payments_payment", "payments_payment_refunds_add_up"),
)

# What is tried, in one or more statements; what must be dropped for it to go through.
TRIED: dict[str, tuple[list[str], list[tuple[str, str, str]]]] = {
    "I1 more is promised than there is": (
        ["UPDATE catalog_stock SET reserved = on_hand + 1 WHERE product_id = {product}"],
        [("constraint", "catalog_stock", "stock_never_oversold")],
    ),
    "I2 the ledger is rewritten": (
        ["UPDATE catalog_movement SET on_hand = on_hand + 1 WHERE kind = 'receive'"],
        [("trigger", "catalog_movement", "catalog_movement_append_only")],
    ),
    "I2 a receipt takes goods away": (
        [("INSERT INTO catalog_movement (product_id, kind, on_hand, reserved, reason, actor)"
         " VALUES ({product}, 'receive', -5, 0, '', '')")],
        [("constraint", "catalog_movement", "movement_signs_of_its_kind")],
    ),
    "I4 a release takes more": (
        [f"{MOVE} 'release', 0, 1, id, '', '' {ITS_LINE}"],
        [("constraint", "catalog_movement", "movement_signs_of_its_kind")],
    ),
    "I4 a line is held twice": (
        [f"{MOVE} 'hold', 0, 1, id, '', '' {ITS_LINE}"],
        [("constraint", "catalog_movement", "movement_once_per_line_and_kind")],
    ),
    "I4 a line ends twice": (
        [f"{MOVE} 'release', 0, -1, id, '', '' {ITS_LINE}", f"{MOVE} 'consume', -1, -1, id, '', '' {ITS_LINE}"],
        [("index", "catalog_movement", "movement_closes_a_line_once")],
    ),
    "I4 what was freed is held again": (
        ["UPDATE orders_line SET hold = 'released'", "UPDATE orders_line SET hold = 'held'"],
        [("trigger", "orders_line", "orders_line_hold_one_way")],
    ),
    "I6 a price changes afterwards": (
        ["UPDATE orders_line SET unit_price = 1, net = quantity, total = quantity + vat"],
        [("trigger", "orders_line", "orders_line_frozen")],
    ),
    "I6 a line comes later": (
        [LINE.replace("{product}", "{cola}")],
        [("trigger", "orders_line", "orders_line_fits")],
    ),
    "I6 an order without lines": (
        [ORDER.replace("{net}", "5")],
        [("trigger", "orders_order", "orders_order_adds_up"), TOLD],
    ),
    "I7 a payment settles without money": (
        ["UPDATE payments_payment SET settles = true WHERE id = {unpaid_payment}"],
        [("constraint", "payments_payment", "payment_settles_only_in_full")],
    ),
    "I7 an order is placed without money": (
        ["UPDATE orders_order SET status = 'placed', placed_at = now() WHERE id = {unpaid}"],
        [("trigger", "orders_order", "orders_order_is_paid"), TOLD],
    ),
    "I7 a capture without an amount": (
        ["UPDATE payments_payment SET status = 'captured' WHERE id = {unpaid_payment}"],
        [("trigger", "payments_payment", "payments_payment_capture_is_whole"), PAYMENT_TOLD],
    ),
    "I7 an order is placed and nobody says when": (
        ["UPDATE orders_order SET placed_at = NULL WHERE id = {paid}"],
        [("constraint", "orders_order", "order_placed_has_a_time")],
    ),
    "I7 an order is delivered and nobody says when": (
        ["UPDATE orders_order SET status = 'delivered' WHERE id = {paid}"],
        [("constraint", "orders_order", "order_delivered_has_a_time"), TOLD],
    ),
    "I7 a share is of another amount": (
        [("INSERT INTO payments_allocation (payment_id, order_id, amount)"
         " SELECT payment_id, order_id, 1 FROM payments_allocation WHERE order_id = {paid}")],
        [("constraint", "payments_allocation", "payments_allocation_order_id_key"),
         ("trigger", "payments_allocation", "payments_allocation_fits")],
    ),
    "I7 a share changes": (
        ["UPDATE payments_allocation SET amount = amount - 1"],
        [("trigger", "payments_allocation", "payments_allocation_frozen")],
    ),
    "I7 a payment for nothing": (
        [PAYMENT],
        [("trigger", "payments_payment", "payments_payment_adds_up"), PAYMENT_TOLD],
    ),
    "I9 more goes back than came": (
        ["UPDATE payments_payment SET refunding = captured + 1 WHERE id = {payment}"],
        [("constraint", "payments_payment", "payment_refunds_within_captured"), *REFUNDS],
    ),
    "I9 a refund nobody counts": (
        [REFUND.format(payment="{payment}", of="NULL", status="pending")],
        [*REFUNDS, REFUND_TOLD],
    ),
    "I9 a failed refund is done": (
        [REFUND.format(payment="{payment}", of="NULL", status="failed"),
         "UPDATE payments_refund SET gateway_ref = 'x', status = 'unknown'"],
        [("trigger", "payments_refund", "payments_refund_one_way"), *REFUNDS, REFUND_TOLD],
    ),
    "I9 a refund changes": (
        [REFUND.format(payment="{payment}", of="NULL", status="failed"),
         "UPDATE payments_refund SET amount = 6"],
        [("trigger", "payments_refund", "payments_refund_frozen"), *REFUNDS, REFUND_TOLD],
    ),
    "I11 what was captured fails": (
        ["UPDATE payments_payment SET status = 'failed', settles = false WHERE id = {payment}"],
        [("trigger", "payments_payment", "payments_payment_one_way"),
         ("trigger", "payments_payment", "payments_payment_capture_is_whole"), PAYMENT_TOLD],
    ),
    "I11 a callback comes twice": (
        [("INSERT INTO payments_callback (gateway, event_id, body, received_at, due_at, attempts, parked, problem)"
         " SELECT 'sandbox', 'evt_1', '', now(), now(), 0, false, '' FROM generate_series(1, 2)")],
        [("constraint", "payments_callback", "callback_once_per_event")],
    ),
    "I13 a key is answered twice": (
        [("INSERT INTO core_answer (id, owner, key, fingerprint, body)"
         " SELECT gen_random_uuid(), 'R2001', 'k', '', '' FROM generate_series(1, 2)")],
        [("constraint", "core_answer", "answer_once_per_key")],
    ),
    "I14 a line of history is left out": (
        [f"{EVENT} ('order.accept', 'ORD{{paid}}', 90, 'ready', 'ready', '', '', '{{{{}}}}', '')"],
        [FOLLOWS],
    ),
    "I14 a line does not follow the one before": (
        [f"{EVENT} ('order.accept', 'ORD{{paid}}', {{next}}, 'placed', 'ready', '', '', '{{{{}}}}', '')"],
        [FOLLOWS],
    ),
    "I14 a history begins in the middle": (
        [f"{EVENT} ('order.create', 'ORD999999', 1, 'placed', 'ready', '', '', '{{{{}}}}', '')"],
        [FOLLOWS],
    ),
    "I14 history is rewritten": (
        ["UPDATE core_event SET actor = 'Nobody'"],
        [("trigger", "core_event", "core_event_append_only")],
    ),
    "I14 an order moves without history": (
        ["UPDATE orders_order SET status = 'processing', version = version + 1 WHERE id = {paid}"],
        [TOLD],
    ),
    "I14 a payment moves without history": (
        ["UPDATE payments_payment SET status = 'unknown' WHERE id = {unpaid_payment}"],
        [PAYMENT_TOLD],
    ),
    "I17 somebody is told twice": (
        [("INSERT INTO accounts_notification (id, user_id, event_id, title, url)"
         " SELECT gen_random_uuid(), user_id, event_id, title, url FROM accounts_notification LIMIT 1")],
        [("constraint", "accounts_notification", "notification_once_per_user_and_event")],
    ),
    "I18 an order has two live deliveries": (
        [DELIVERY],
        [("index", "logistics_delivery", "delivery_one_live_per_order"), DELIVERY_TOLD],
    ),
    "I18 a delivery is ahead of its order": (
        ["UPDATE logistics_delivery SET status = 'picked_up'"],
        [("trigger", "logistics_delivery", "logistics_delivery_agrees"), DELIVERY_TOLD],
    ),
    "I19 a line of another vendor": (
        [LINE.replace("{product}", "{others}")],
        [("trigger", "orders_line", "orders_line_fits")],
    ),
    "I19 an order of another retailer": (
        [ORDER.replace("{retailer}", "{huda}").replace("{net}", "5")],
        [("trigger", "orders_order", "orders_order_adds_up"), TOLD],
    ),
    "I19 a payment pays for another checkout": (
        [("INSERT INTO payments_allocation (payment_id, order_id, amount)"
         " SELECT {payment}, order_id, amount FROM payments_allocation WHERE order_id = {unpaid}")],
        [("constraint", "payments_allocation", "payments_allocation_order_id_key"),
         ("trigger", "payments_allocation", "payments_allocation_fits")],
    ),
    "I19 a refund for an order that was paid otherwise": (
        [REFUND.format(payment="{payment}", of="{unpaid}", status="failed")],
        [("trigger", "payments_refund", "payments_refund_fits"), *REFUNDS, REFUND_TOLD],
    ),
    "I19 a driver of another carrier": (
        ["UPDATE logistics_delivery SET driver_id = '{omar}'"],
        [("trigger", "logistics_delivery", "logistics_delivery_given_anew")],
    ),
}  # fmt: skip
DROPS = {
    "trigger": "DROP TRIGGER {name} ON {table}",
    "constraint": "ALTER TABLE {table} DROP CONSTRAINT {name}",
    "index": "DROP INDEX {name}",
}


@pytest.fixture(scope="module")
def facts(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """The story half-way, an unpaid order beside it, and the numbers of everything; undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        stage = Stage()
        made = stage.order(3)
        unpaid, paid = (
            Order.objects.coded(made["orders"][0]["id"]).get(),
            Order.objects.get(pk=stage.bought.pk),
        )
        found = {
            "product": stage.pepsi.pk,
            "cola": ProductFactory.create(vendor=stage.ahmed_foods, name="Cola").pk,
            "others": ProductFactory.create(vendor=stage.desert_gold).pk,
            "paid": paid.pk,
            "next": paid.version + 1,
            "checkout": paid.checkout_id,
            "payment": stage.payment.pk,
            "unpaid": unpaid.pk,
            "unpaid_payment": Payment.objects.coded(made["payments"][0]["id"]).get().pk,
            "retailer": stage.fresh_mart.pk,
            "huda": stage.corner_shop.pk,
            "stranger": stage.desert_gold.pk,
            "omar": stage.omar.pk,
        }
        settle_constraints()
        yield found
        transaction.set_rollback(True)


def settle_constraints() -> None:
    """What is there is checked now, so that only what comes next is to be checked."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def tried(statements: list[str], facts: dict[str, Any]) -> None:
    """All of it, to where a commit would be."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(**facts))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
@pytest.mark.parametrize("what", TRIED)
def test_the_database_refuses(facts: dict[str, Any], what: str) -> None:
    statements, guards = TRIED[what]
    with pytest.raises(IntegrityError), undone():
        tried(statements, facts)
    with undone():
        with connection.cursor() as cursor:
            for kind, table, name in guards:
                cursor.execute(DROPS[kind].format(table=table, name=name))
        tried(statements, facts)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (LINE.replace("{product}", "{others}"), "of another vendor"),
        (LINE.replace("{product}", "{cola}"), "more lines than"),
        (f"{MOVE} 'hold', -1, 1, id, '', '' {ITS_LINE}", "movement_signs_of_its_kind"),
        (ORDER.replace("{net}", "5"), "not the sum of its lines"),
    ],
)
def test_what_breaks_two_rules_is_refused_for_each(facts: dict[str, Any], statement: str, why: str) -> None:
    with pytest.raises(IntegrityError, match=why), undone():
        tried([statement], facts)


@pytest.mark.django_db
def test_a_clock_that_is_set_back_does_not_turn_a_history_round(facts: dict[str, Any]) -> None:
    with undone(), connection.cursor() as cursor:
        code, status = f"ORD{facts['paid']}", Order.objects.get(pk=facts["paid"]).status
        cursor.execute(
            """INSERT INTO core_event (name, subject, seq, before, after, actor, note, data, request_id, at)
               VALUES ('order.test', %s, %s, %s, %s, '', '', '{}', '', '2020-01-01') RETURNING
               at >= (SELECT at FROM core_event WHERE subject = %s AND seq = %s)""",
            [code, facts["next"], status, status, code, facts["next"] - 1],
        )
        assert cursor.fetchone() == (True,)
