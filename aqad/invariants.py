"""All invariants of the market, put together from its apps. `core.audit` looks at them."""

from __future__ import annotations

from accounts import invariants as accounts
from accounts.models import Business
from aqad import stored
from aqad.reactions import REACTIONS
from catalog import invariants as catalog
from catalog.models import ImportRun, Product
from core import invariants as core
from core.audit import Invariant, Part
from logistics import invariants as logistics
from logistics.models import Delivery
from orders import invariants as orders
from orders.models import Order
from payments import invariants as payments
from payments.models import Break, Payment, Refund
from vendors.models import Document

NOUNS = (Business, Document, Product, ImportRun, Order, Payment, Refund, Break, Delivery)
GOODS_AND_MONEY = ("payments.", "logistics.")
PRIVILEGED = (
    "'business.approve', 'business.reject', 'business.suspend', 'business.reinstate', 'document.accept',"
    " 'document.reject', 'product.hide', 'product.unhide', 'product.stock', 'business.edit',"
    " 'user.edit', 'person.reset_factor'"
)

KEYS = Invariant(
    "I13",
    "A key asks once and is answered once",
    "SELECT (SELECT count(*) FROM core_answer) + (SELECT count(*) FROM payments_payment)",
    (*core.ANSWERS, *payments.KEYS),
)

TOLD = Invariant(
    "I17",
    "Everybody concerned is told once",
    "SELECT count(*) FROM accounts_notification",
    (*accounts.INBOXES, orders.unheard()),
)

TENANCY = Invariant(
    "I19",
    "Line, order, payment, refund and delivery belong to the same parties",
    "SELECT count(*) FROM orders_line",
    (*orders.TENANCY, *payments.TENANCY, *logistics.TENANCY),
)

ON_RECORD = Invariant(
    "I22",
    "What people with power did stands in the audit log under their name",
    f"SELECT count(*) FROM core_event WHERE name IN ({PRIVILEGED})",
    (
        Part(
            "it has no person's name",
            f"""SELECT subject || ' ' || name AS who FROM core_event
                WHERE name IN ({PRIVILEGED}) AND (actor_id IS NULL OR actor = '')""",
            (f"UPDATE core_event SET actor_id = NULL WHERE name IN ({PRIVILEGED})",),
        ),
        Part(
            "stock came or went otherwise than the log says",
            """SELECT 'P' || moved.product_id AS who FROM (
                   SELECT product_id, sum(on_hand) AS change FROM catalog_movement
                   WHERE kind IN ('receive', 'adjust') GROUP BY product_id
               ) moved LEFT JOIN (
                   SELECT subject, sum(coalesce(data ->> 'change', data ->> 'quantity')::bigint) AS change
                   FROM core_event WHERE name IN ('product.create', 'product.stock') GROUP BY subject
               ) said ON said.subject = 'P' || moved.product_id
               WHERE moved.change IS DISTINCT FROM said.change""",
            (
                """INSERT INTO catalog_movement (product_id, kind, on_hand, reserved, reason, actor)
                   SELECT min(product_id), 'receive', 5, 0, '', '' FROM catalog_stock""",
                "DELETE FROM core_event WHERE name IN ('product.create', 'product.stock')",
            ),
        ),
    ),
)

INVARIANTS = sorted(
    (
        *catalog.INVARIANTS,
        *orders.INVARIANTS,
        *payments.INVARIANTS,
        *logistics.INVARIANTS,
        *accounts.INVARIANTS,
        KEYS,
        core.histories(NOUNS, {Break: payments.AN_OPEN_BREAK, ImportRun: catalog.AN_IMPORT}),
        core.outbox_rows(REACTIONS, GOODS_AND_MONEY),
        core.OUTBOX,
        TOLD,
        TENANCY,
        stored.FILES,
        ON_RECORD,
        core.clocks(),
    ),
    key=lambda invariant: int(invariant.id.removeprefix("I")),
)
