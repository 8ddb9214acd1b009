"""What must always be true of deliveries."""

from core.audit import Invariant, Part, waiting

FIRST = "(SELECT min(id) FROM logistics_delivery)"
BEGUN = "('picked_up', 'out_for_delivery', 'delivered')"

INVARIANTS = (
    Invariant(
        "I18",
        "An order has at most one live delivery, which agrees with it; what is delivered says when and by whom",
        "SELECT count(*) FROM logistics_delivery",
        (
            Part(
                "two deliveries are alive",
                """SELECT 'ORD' || order_id AS who FROM logistics_delivery
                   WHERE status <> 'failed' GROUP BY order_id HAVING count(*) > 1""",
                (
                    """INSERT INTO logistics_delivery (order_id, status, version, salt, tries, failure, note, photo)
                        SELECT order_id, 'assigned', 1, '', 0, '', '', '' FROM logistics_delivery
                        WHERE status <> 'failed' LIMIT 1""",
                ),
            ),
            Part(
                "order and delivery are not at the same place",
                f"""SELECT 'ORD' || goods.id AS who
                    FROM orders_order goods LEFT JOIN logistics_delivery way
                      ON way.order_id = goods.id AND way.status <> 'failed'
                    WHERE coalesce(way.status, '') <> CASE
                        WHEN goods.status IN {BEGUN} THEN goods.status
                        WHEN goods.status = 'ready' THEN CASE
                            WHEN way.id IS NULL AND 'ORD' || goods.id IN {waiting("logistics.actions.dispatch")}
                            THEN '' ELSE 'assigned' END
                        WHEN way.status = 'assigned' AND 'ORD' || goods.id IN {waiting("logistics.actions.call_off")}
                            THEN 'assigned'
                        ELSE '' END""",
                (
                    "UPDATE logistics_delivery SET status = 'picked_up' WHERE status <> 'picked_up'",
                    "UPDATE orders_order SET status = 'placed'",
                    "UPDATE logistics_delivery SET status = 'failed'",
                ),
            ),
            Part(
                "nobody, or somebody who does not drive for its carrier, has the goods",
                """SELECT 'DEL' || way.id AS who
                   FROM logistics_delivery way LEFT JOIN accounts_user driver ON driver.id = way.driver_id
                   LEFT JOIN accounts_membership place ON place.user_id = driver.id
                   WHERE way.status IN ('picked_up', 'out_for_delivery')
                     AND (driver.role IS DISTINCT FROM 'driver'
                          OR place.business_id IS DISTINCT FROM way.carrier_id)""",
                (
                    "UPDATE logistics_delivery SET status = 'picked_up', driver_id = NULL",
                    "UPDATE logistics_delivery SET status = 'picked_up', carrier_id = 'C999999'",
                ),
            ),
            Part(
                "it is delivered, and nobody says when or by whom",
                """SELECT 'DEL' || way.id AS who
                   FROM logistics_delivery way JOIN orders_order goods ON goods.id = way.order_id
                   LEFT JOIN core_event done ON done.subject = 'DEL' || way.id AND done.name = 'delivery.deliver'
                   WHERE way.status = 'delivered' AND (
                       way.delivered_at IS NULL OR goods.delivered_at IS NULL
                       OR coalesce(done.actor, '') = '' OR way.driver_id IS NULL)""",
                (
                    "UPDATE logistics_delivery SET status = 'delivered', delivered_at = NULL",
                    "UPDATE core_event SET actor = '', name = name || '?' WHERE name = 'delivery.deliver'",
                ),
            ),
        ),
    ),
)

TENANCY = (
    Part(
        "a driver is given a delivery of another carrier",
        """SELECT 'DEL' || way.id AS who FROM logistics_delivery way
           JOIN accounts_membership place ON place.user_id = way.driver_id
           WHERE way.status = 'assigned' AND place.business_id IS DISTINCT FROM way.carrier_id""",
        (
            """UPDATE logistics_delivery SET status = 'assigned', carrier_id = 'C999999',
                   driver_id = (SELECT user_id FROM accounts_membership LIMIT 1)""",
        ),
    ),
)
