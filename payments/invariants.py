"""What must always be true of money: what came is with live orders or on its way back, to the fils."""

from core.audit import Invariant, Part, waiting
from orders.lifecycle import ENDED_WITHOUT_GOODS, STEPS, OrderStatus
from payments.lifecycle import OPEN

PAYMENTS = "SELECT count(*) FROM payments_payment"
FIRST = "(SELECT min(id) FROM payments_payment)"
PAID = "(SELECT min(id) FROM payments_payment WHERE settles AND method = 'card' AND refunding = 0)"
CALLBACK = "(SELECT min(id) FROM payments_callback)"
A_CALLBACK = """INSERT INTO payments_callback (gateway, event_id, body, received_at, due_at, attempts, parked, problem)
                SELECT 'sandbox', 'evt_selftest', '', now() - interval '1 hour', now() - interval '1 hour', """
ENDED = ", ".join(f"'{status.value}'" for status in ENDED_WITHOUT_GOODS)
GOING_ON = ", ".join(f"'{status.value}'" for status in STEPS if status != OrderStatus.AWAITING_PAYMENT)
NEW_REFUND = (
    "INSERT INTO payments_refund (payment_id, order_id, key, amount, reason, gateway_ref, status, version)"
)
UNDECIDED = ", ".join(f"'{status.value}'" for status in OPEN)
SHARES = """orders_order goods
    JOIN orders_checkout checkout ON checkout.id = goods.checkout_id
    LEFT JOIN payments_allocation share ON share.order_id = goods.id
    LEFT JOIN payments_payment payment ON payment.id = share.payment_id"""


HOLDS_END = Invariant(
    "I5",
    "No unpaid order holds stock for longer than its time (a minute's grace; two hours at an unsure bank)",
    "SELECT count(*) FROM orders_order WHERE status = 'awaiting_payment'",
    (
        Part(
            "its time is over and nobody has freed the stock",
            """SELECT 'ORD' || goods.id AS who
               FROM orders_order goods JOIN orders_checkout checkout ON checkout.id = goods.checkout_id
               WHERE goods.status = 'awaiting_payment' AND checkout.reserved_until < now() - interval '60 seconds'
                 AND NOT (checkout.reserved_until > now() - interval '2 hours' AND EXISTS (
                     SELECT FROM payments_payment payment
                     WHERE payment.checkout_id = checkout.id AND payment.status IN ('pending', 'unknown')))""",
            (
                """WITH late AS (UPDATE orders_checkout SET reserved_until = now() - interval '3 hours')
                   UPDATE orders_order SET status = 'awaiting_payment'""",
            ),
        ),
    ),
)

PAID_ONCE = Invariant(
    "I7",
    "An order is paid if and only if one payment settles it, in full and in its currency",
    "SELECT count(*) FROM orders_order",
    (
        Part(
            "a card order is paid and not settled, settled and not paid, or goes on without its money",
            f"""SELECT 'ORD' || goods.id AS who FROM {SHARES}
                LEFT JOIN core_event paid ON paid.name = 'order.pay' AND paid.subject = 'ORD' || goods.id
                WHERE checkout.method = 'card' AND (
                    (paid.id IS NOT NULL) <> coalesce(payment.settles, false)
                    OR goods.status IN ({GOING_ON}) AND payment.settles IS NOT TRUE)""",
            (
                f"UPDATE payments_payment SET settles = false WHERE id = {PAID}",
                "UPDATE payments_payment SET settles = true WHERE method = 'card'",
                "DELETE FROM core_event WHERE name = 'order.pay'",
                """UPDATE orders_order SET status = 'placed' WHERE id IN (
                       SELECT share.order_id FROM payments_allocation share
                       JOIN payments_payment payment ON payment.id = share.payment_id
                       WHERE payment.method = 'card' AND NOT payment.settles)""",
            ),
        ),
        Part(
            "the cash of an order is not there, or there before the goods were handed over",
            f"""SELECT 'ORD' || goods.id AS who FROM {SHARES}
                WHERE checkout.method = 'cash_on_delivery'
                  AND (goods.status = 'delivered') <> coalesce(payment.settles, false)
                  AND NOT (goods.status = 'delivered'
                           AND 'ORD' || goods.id IN {waiting("payments.actions.cash_collected")})""",
            (
                "UPDATE payments_payment SET settles = NOT settles WHERE method = 'cash_on_delivery'",
                "UPDATE orders_order SET status = 'delivered' WHERE status = 'placed'",
            ),
        ),
        Part(
            "a payment settles that is not captured in full",
            """SELECT 'PAY' || id AS who FROM payments_payment WHERE settles AND
               (status, captured, captured_currency) IS DISTINCT FROM ('captured', amount, currency)""",
            (
                f"UPDATE payments_payment SET captured = captured - 1 WHERE id = {PAID}",
                f"UPDATE payments_payment SET captured_currency = 'USD' WHERE id = {PAID}",
                f"UPDATE payments_payment SET status = 'pending' WHERE id = {PAID}",
            ),
        ),
        Part(
            "a payment is captured without an amount, or has an amount without being captured",
            """SELECT 'PAY' || id AS who FROM payments_payment
               WHERE (status = 'captured') <> (captured > 0) OR (captured > 0) <> (captured_currency <> '')""",
            (
                f"UPDATE payments_payment SET captured = 0 WHERE id = {PAID}",
                f"UPDATE payments_payment SET status = 'failed' WHERE id = {PAID}",
            ),
        ),
        Part(
            "an order awaits a payment that is over",
            f"""SELECT 'ORD' || goods.id AS who FROM {SHARES}
                WHERE goods.status = 'awaiting_payment' AND payment.status NOT IN ({UNDECIDED})""",
            ("UPDATE orders_order SET status = 'awaiting_payment'",),
        ),
        Part(
            "an order is not owed exactly once and in full",
            """SELECT 'ORD' || goods.id AS who FROM orders_order goods
               LEFT JOIN payments_allocation share ON share.order_id = goods.id
               GROUP BY goods.id HAVING count(share.id) <> 1 OR sum(share.amount) <> goods.total""",
            (
                "DELETE FROM payments_allocation WHERE id = (SELECT min(id) FROM payments_allocation)",
                "UPDATE payments_allocation SET amount = amount + 1",
                """INSERT INTO payments_allocation (payment_id, order_id, amount)
                   SELECT payment_id, order_id, amount FROM payments_allocation LIMIT 1""",
            ),
        ),
        Part(
            "a payment is not the sum of what it is for",
            """SELECT 'PAY' || payment.id AS who FROM payments_payment payment
               LEFT JOIN payments_allocation share ON share.payment_id = payment.id
               GROUP BY payment.id HAVING sum(share.amount) IS DISTINCT FROM payment.amount""",
            (f"UPDATE payments_payment SET amount = amount + 1 WHERE id = {FIRST}",),
        ),
    ),
)

AN_OPEN_BREAK = """INSERT INTO payments_break (gateway, kind, reference, ref, ours, theirs, fact_at, last_seen, note,
                                            status, version)
                   VALUES ('sandbox', 'capture_missing', 'PAY1001', '', '', '', now(), now(), '', 'open', 1)"""

BOOKS_AGREE = Invariant(
    "I10",
    "Our book and the gateway's agree: no difference is open",
    "SELECT count(*) FROM payments_break",
    (
        Part(
            "the last comparison of the books left a difference open",
            "SELECT 'BRK' || id AS who FROM payments_break WHERE status = 'open'",
            (AN_OPEN_BREAK,),
        ),
    ),
)

# A refund that the outbox has still to write counts as written.
NOTHING_KEPT = Invariant(
    "I8",
    "Money that came pays live orders or goes back",
    "SELECT count(*) FROM payments_payment WHERE status = 'captured'",
    (
        Part(
            "money is kept that pays for nothing",
            f"""SELECT 'PAY' || payment.id AS who
                FROM payments_payment payment LEFT JOIN (
                    SELECT payment_id, sum(amount) AS amount FROM payments_refund
                    WHERE status <> 'failed' GROUP BY payment_id
                ) back ON back.payment_id = payment.id LEFT JOIN (
                    SELECT share.payment_id, sum(share.amount) AS amount
                    FROM payments_allocation share JOIN orders_order goods ON goods.id = share.order_id
                    WHERE goods.status IN ({ENDED})
                      AND 'ORD' || goods.id NOT IN {waiting("payments.actions.order_ended")}
                    GROUP BY share.payment_id
                ) ended ON ended.payment_id = payment.id
                WHERE payment.status = 'captured' AND CASE WHEN payment.settles
                    THEN coalesce(back.amount, 0) < coalesce(ended.amount, 0)
                    ELSE coalesce(back.amount, 0) <> payment.captured END""",
            (
                f"""UPDATE orders_order SET status = 'cancelled' WHERE id IN (
                        SELECT order_id FROM payments_allocation WHERE payment_id = {PAID})""",
                f"UPDATE payments_payment SET settles = false WHERE id = {PAID}",
            ),
        ),
        Part(
            "the money of an order that goes on goes back",
            f"""SELECT 'RF' || refund.id AS who FROM payments_refund refund
                JOIN orders_order goods ON goods.id = refund.order_id
                WHERE refund.status <> 'failed' AND goods.status NOT IN ({ENDED})""",
            (
                f"""{NEW_REFUND}
                    SELECT payment_id, order_id, gen_random_uuid(), amount, '', '', 'done', 1
                    FROM payments_allocation WHERE order_id = (
                        SELECT min(id) FROM orders_order WHERE status IN ({GOING_ON}))""",
            ),
        ),
    ),
)

REFUNDS_ADD_UP = Invariant(
    "I9",
    "What goes back of a payment is the sum of its refunds, and never more than came",
    PAYMENTS,
    (
        Part(
            "refunding is not the sum of the refunds, or above what was captured",
            """SELECT 'PAY' || payment.id AS who
               FROM payments_payment payment LEFT JOIN (
                   SELECT payment_id, sum(amount) AS amount FROM payments_refund
                   WHERE status <> 'failed' GROUP BY payment_id
               ) back ON back.payment_id = payment.id
               WHERE payment.refunding <> coalesce(back.amount, 0)
                  OR payment.refunding NOT BETWEEN 0 AND payment.captured""",
            (
                f"UPDATE payments_payment SET refunding = refunding + 1 WHERE id = {PAID}",
                f"""{NEW_REFUND}
                    VALUES ({PAID}, NULL, gen_random_uuid(), 999999, '', '', 'pending', 1)""",
                f"""WITH far AS (UPDATE payments_payment SET refunding = refunding + 999999 WHERE id = {PAID})
                    {NEW_REFUND}
                    VALUES ({PAID}, NULL, gen_random_uuid(), 999999, '', '', 'pending', 1)""",
            ),
        ),
    ),
)

FACTS_ONCE = Invariant(
    "I11",
    "A gateway's fact counts once, and a captured payment stays captured",
    "SELECT (SELECT count(*) FROM payments_callback) + (SELECT count(*) FROM payments_payment)",
    (
        Part(
            "a callback stands twice in the inbox",
            """SELECT gateway || ' ' || event_id AS who FROM payments_callback
               GROUP BY gateway, event_id HAVING count(*) > 1""",
            (f"{A_CALLBACK} 1, true, 'x' FROM generate_series(1, 2)",),
        ),
        Part(
            "a payment was captured twice, or left its capture",
            """SELECT subject AS who FROM core_event
               WHERE name LIKE 'payment.%' AND 'captured' IN (before, after) AND seq IS NOT NULL
               GROUP BY subject HAVING count(*) > 1""",
            (
                """INSERT INTO core_event (name, subject, seq, before, after, actor, note, data, request_id)
                   SELECT name, subject, seq + 1, before, after, actor, '', '{}', '' FROM core_event
                   WHERE name = 'payment.capture' LIMIT 1""",
                """INSERT INTO core_event (name, subject, seq, before, after, actor, note, data, request_id)
                   SELECT 'payment.fail', subject, seq + 1, 'captured', 'failed', '', '', '{}', '' FROM core_event
                   WHERE name = 'payment.capture' LIMIT 1""",
            ),
        ),
    ),
)

NOTHING_UNHEARD = Invariant(
    "I12",
    "Every callback is applied, waits for its next try, or is parked with a reason",
    "SELECT count(*) FROM payments_callback",
    (
        Part(
            "it has been due for more than a minute",
            """SELECT gateway || ' ' || event_id AS who FROM payments_callback
               WHERE applied_at IS NULL AND NOT parked AND due_at < now() - interval '60 seconds'""",
            (f"{A_CALLBACK} 0, false, ''",),
        ),
        Part(
            "it is parked and nobody says why",
            """SELECT gateway || ' ' || event_id AS who FROM payments_callback
               WHERE applied_at IS NULL AND parked AND problem = ''""",
            (f"{A_CALLBACK} 5, true, ''",),
        ),
    ),
)

INVARIANTS = (HOLDS_END, PAID_ONCE, NOTHING_KEPT, REFUNDS_ADD_UP, BOOKS_AGREE, FACTS_ONCE, NOTHING_UNHEARD)

KEYS = (
    Part(
        "two payments or refunds have one key at the gateway",
        """SELECT min(who) AS who FROM (
               SELECT 'PAY' || id AS who, key FROM payments_payment
               UNION ALL SELECT 'RF' || id, key FROM payments_refund
           ) asked GROUP BY key HAVING count(*) > 1""",
        (f"UPDATE payments_payment SET key = (SELECT key FROM payments_payment WHERE id = {FIRST})",),
    ),
)

TENANCY = (
    Part(
        "a payment pays for an order of another checkout",
        """SELECT 'PAY' || payment.id AS who FROM payments_allocation share
           JOIN payments_payment payment ON payment.id = share.payment_id
           JOIN orders_order goods ON goods.id = share.order_id
           WHERE payment.checkout_id <> goods.checkout_id""",
        (f"UPDATE payments_payment SET checkout_id = 999999999 WHERE id = {FIRST}",),
    ),
    Part(
        "a refund is for an order that its payment does not pay",
        """SELECT 'RF' || refund.id AS who FROM payments_refund refund
           WHERE refund.order_id IS NOT NULL AND NOT EXISTS (
               SELECT FROM payments_allocation share
               WHERE share.order_id = refund.order_id AND share.payment_id = refund.payment_id)""",
        (
            f"""{NEW_REFUND}
                VALUES ({FIRST}, 999999999, gen_random_uuid(), 1, '', '', 'failed', 1)""",
        ),
    ),
)
