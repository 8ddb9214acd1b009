"""What must always be true of orders: their lines, the stock these hold, and their sums."""

from accounts.inbox import news
from accounts.invariants import TELL
from core.audit import Invariant, Part
from core.invariants import LATELY
from core.moments import WEEK
from core.money import RATES
from core.roles import Role

LINES = "SELECT count(*) FROM orders_line"
FIRST_LINE = "(SELECT min(id) FROM orders_line)"
FIRST_ORDER = "(SELECT min(id) FROM orders_order)"
RATE = " ".join(f"WHEN '{category.value}' THEN {rate}" for category, rate in RATES.items())

HELD = Part(
    "reserved is not what its lines hold",
    """SELECT 'P' || coalesce(stock.product_id, held.product_id) AS who
       FROM catalog_stock stock FULL JOIN (
           SELECT product_id, sum(quantity) AS quantity FROM orders_line WHERE hold = 'held' GROUP BY product_id
       ) held ON held.product_id = stock.product_id
       WHERE coalesce(stock.reserved, 0) <> coalesce(held.quantity, 0)""",
    (
        f"""UPDATE orders_line SET hold = CASE hold WHEN 'held' THEN 'released' ELSE 'held' END
            WHERE id = {FIRST_LINE}""",
        "UPDATE catalog_stock SET reserved = reserved + 1, on_hand = on_hand + 1",
    ),
)

# One digit for each kind of movement: how often it stands in the ledger.
LEDGER = Part(
    "a line's movements are not those of its state",
    """SELECT 'ORD' || line.order_id AS who
       FROM orders_line line LEFT JOIN (
           SELECT line, sum(CASE kind WHEN 'hold' THEN 1 WHEN 'release' THEN 10 WHEN 'consume' THEN 100
                                      WHEN 'return' THEN 1000 ELSE 10000 END) AS kinds
           FROM catalog_movement WHERE line IS NOT NULL GROUP BY line
       ) moved ON moved.line = line.id
       WHERE moved.kinds IS DISTINCT FROM CASE line.hold
           WHEN 'held' THEN 1 WHEN 'released' THEN 11 WHEN 'consumed' THEN 101 WHEN 'returned' THEN 1101 END""",
    (
        "DELETE FROM catalog_movement WHERE id = (SELECT min(id) FROM catalog_movement WHERE kind = 'hold')",
        """INSERT INTO catalog_movement (product_id, kind, on_hand, reserved, line, reason, actor)
           SELECT product_id, 'release', 0, reserved, line, '', '' FROM catalog_movement
           WHERE kind = 'hold' LIMIT 1""",
    ),
)

QUANTITIES = Part(
    "a movement is not of its line's product and quantity",
    """SELECT 'P' || moved.product_id AS who
       FROM catalog_movement moved LEFT JOIN orders_line line ON line.id = moved.line
       WHERE moved.line IS NOT NULL AND (
           line.id IS NULL OR moved.product_id <> line.product_id
           OR moved.on_hand <> line.quantity * CASE moved.kind
                  WHEN 'consume' THEN -1 WHEN 'return' THEN 1 ELSE 0 END
           OR moved.reserved <> line.quantity * CASE moved.kind
                  WHEN 'hold' THEN 1 WHEN 'return' THEN 0 ELSE -1 END)""",
    (
        f"UPDATE orders_line SET quantity = quantity + 1 WHERE id = {FIRST_LINE}",
        "UPDATE catalog_movement SET line = 999999999999 WHERE kind = 'hold'",
    ),
)

AS_ITS_ORDER = Part(
    "a line is held, picked up or free where its order is not",
    """SELECT DISTINCT 'ORD' || goods.id AS who
       FROM orders_order goods JOIN orders_line line ON line.order_id = goods.id
       WHERE line.hold <> ALL (CASE
           WHEN goods.status IN ('awaiting_payment', 'placed', 'processing') THEN '{held}'::text[]
           WHEN goods.status = 'ready' THEN CASE
               WHEN EXISTS (SELECT FROM core_event WHERE subject = 'ORD' || goods.id AND name = 'order.return')
               THEN '{consumed}'::text[] ELSE '{held}'::text[] END
           WHEN goods.status IN ('picked_up', 'out_for_delivery', 'delivered') THEN '{consumed}'::text[]
           WHEN goods.status IN ('failed', 'expired') THEN '{released}'::text[]
           ELSE '{released,returned}'::text[] END)""",
    (
        f"""UPDATE orders_order SET status = CASE WHEN status IN ('placed', 'processing') THEN 'delivered'
            WHEN status IN ('picked_up', 'delivered') THEN 'placed' ELSE 'out_for_delivery' END
            WHERE id = {FIRST_ORDER}""",
        """UPDATE orders_line SET hold = CASE hold WHEN 'held' THEN 'consumed' ELSE 'held' END""",
    ),
)

SUMS_OF_LINES = Part(
    "a line is not quantity × price with VAT",
    f"""SELECT 'ORD' || order_id AS who FROM orders_line
        WHERE net <> unit_price * quantity OR total <> net + vat OR least(net, vat, total) < 0
           OR vat <> round(net * CASE vat_category {RATE} END, 2)""",
    (
        f"UPDATE orders_line SET unit_price = unit_price + 1 WHERE id = {FIRST_LINE}",
        f"UPDATE orders_line SET vat = vat + 1, total = total + 1 WHERE id = {FIRST_LINE}",
    ),
)

SUMS_OF_ORDERS = Part(
    "an order is not the sum of its lines, or not what was agreed when it began",
    """SELECT 'ORD' || goods.id AS who
       FROM orders_order goods LEFT JOIN (
           SELECT order_id, sum(net) AS net, sum(vat) AS vat, sum(total) AS total
           FROM orders_line GROUP BY order_id
       ) lines ON lines.order_id = goods.id
       LEFT JOIN core_event began ON began.subject = 'ORD' || goods.id AND began.seq = 1 AND began.name LIKE 'order.%'
       WHERE (goods.subtotal, goods.vat, goods.total) IS DISTINCT FROM (lines.net, lines.vat, lines.total)
          OR goods.total <> (began.data ->> 'total')::numeric""",
    (
        f"UPDATE orders_order SET vat = vat + 1, total = total + 1 WHERE id = {FIRST_ORDER}",
        f"""WITH dearer AS (
                UPDATE orders_line SET net = net + 1, total = total + 1
                WHERE id = (SELECT min(id) FROM orders_line WHERE order_id = {FIRST_ORDER})
            ) UPDATE orders_order SET subtotal = subtotal + 1, total = total + 1 WHERE id = {FIRST_ORDER}""",
    ),
)

SUMS_OF_CHECKOUTS = Part(
    "a checkout is not the sum of its orders, or in another currency",
    """SELECT 'CHK' || checkout.id AS who
       FROM orders_checkout checkout LEFT JOIN (
           SELECT checkout_id, sum(total) AS total, min(currency) AS least, max(currency) AS most
           FROM orders_order GROUP BY checkout_id
       ) goods ON goods.checkout_id = checkout.id
       WHERE (checkout.total, checkout.currency, checkout.currency)
             IS DISTINCT FROM (goods.total, goods.least, goods.most)""",
    (
        "UPDATE orders_checkout SET total = total + 1 WHERE id = (SELECT min(id) FROM orders_checkout)",
        f"UPDATE orders_order SET currency = 'USD' WHERE id = {FIRST_ORDER}",
    ),
)

INVARIANTS = (
    Invariant(
        "I3", "Reserved is the sum of what order lines hold", "SELECT count(*) FROM catalog_stock", (HELD,)
    ),
    Invariant(
        "I4",
        "Every line has one hold and at most one end of it, in step with its order",
        LINES,
        (LEDGER, QUANTITIES, AS_ITS_ORDER),
    ),
    Invariant(
        "I6",
        "Lines, orders and checkouts add up to the fils, in one currency, as agreed",
        LINES,
        (SUMS_OF_LINES, SUMS_OF_ORDERS, SUMS_OF_CHECKOUTS),
    ),
)

TENANCY = (
    Part(
        "a line is of another vendor's product",
        """SELECT 'ORD' || goods.id AS who FROM orders_line line
           JOIN orders_order goods ON goods.id = line.order_id
           JOIN catalog_product product ON product.id = line.product_id
           WHERE product.vendor_id <> goods.vendor_id""",
        (f"UPDATE orders_order SET vendor_id = 'V999999' WHERE id = {FIRST_ORDER}",),
    ),
    Part(
        "an order is not its checkout's retailer's",
        """SELECT 'ORD' || goods.id AS who FROM orders_order goods
           JOIN orders_checkout checkout ON checkout.id = goods.checkout_id
           WHERE checkout.retailer_id <> goods.retailer_id""",
        (f"UPDATE orders_order SET retailer_id = 'R999999' WHERE id = {FIRST_ORDER}",),
    ),
)


def _concerned() -> str:
    """The events of orders with the roles that hear of them, for an SQL list."""
    rows = [
        (name, role)
        for name, lines in sorted(news().items())
        for role in (Role.RETAILER, Role.VENDOR)
        if name.startswith("order.") and role in lines
    ]
    return ", ".join(f"('{name}', '{role}')" for name, role in rows)


def unheard() -> Part:
    """People who worked there when it happened and do now; whose account was changed since, can't be judged."""
    return Part(
        "the retailer or the vendor of an order was not told, though the outbox says done",
        f"""SELECT event.subject || ' ' || event.name AS who
            FROM core_event event JOIN (VALUES {_concerned()}) concerned (name, role) USING (name)
            JOIN core_reaction reaction ON reaction.event_id = event.id
            JOIN orders_order goods ON 'ORD' || goods.id = event.subject
            CROSS JOIN LATERAL (SELECT CASE role WHEN 'retailer' THEN retailer_id ELSE vendor_id END AS id) party
            WHERE {LATELY} AND reaction.event_id >= {WEEK} AND reaction.handler = '{TELL}'
              AND reaction.done_at IS NOT NULL
              AND (goods.placed_at IS NOT NULL OR role = 'retailer')
              AND NOT EXISTS (
                  SELECT FROM accounts_notification note JOIN accounts_membership place USING (user_id)
                  WHERE note.event_id = event.id AND note.event_id >= {WEEK} AND place.business_id = party.id)
              AND EXISTS (
                  SELECT FROM accounts_membership place JOIN accounts_user person ON person.id = place.user_id
                  WHERE place.business_id = party.id AND person.role = concerned.role AND person.is_active
                    AND person.joined_at < event.at
                    AND NOT EXISTS (SELECT FROM core_event changed
                                    WHERE changed.subject = person.id::text AND changed.name = 'user.edit'))""",
        tuple(
            f"""DELETE FROM accounts_notification WHERE event_id IN (
                    SELECT id FROM core_event WHERE name LIKE 'order.%') AND user_id IN (
                    SELECT id FROM accounts_user WHERE role = '{role}')"""
            for role in (Role.RETAILER, Role.VENDOR)
        ),
    )
