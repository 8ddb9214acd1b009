"""How a product stands among those that match as well: what is in stock first, then what sells.

A small number that is kept with the product, so that a search need not ask the ledger; renewed by a worker.
"""

from __future__ import annotations

from django.db import connection, transaction

from catalog.supply import ORDERED, SEEN

IN_STOCK = 10  # above all that can be reached by selling

RENEW = """
    UPDATE catalog_product product SET standing = seen.standing FROM (
        SELECT product_id, CASE WHEN on_hand > reserved THEN %s ELSE 0 END
               + least(9, floor(log(2, greatest(1, 1 + coalesce(sold, 0))))) AS standing
        FROM catalog_stock LEFT JOIN (
            SELECT product_id, sum(reserved - on_hand) AS sold FROM catalog_movement
            WHERE kind = ANY(%s) AND at >= now() - make_interval(days => %s) GROUP BY product_id
        ) moved USING (product_id)
    ) seen WHERE seen.product_id = product.id AND product.standing <> seen.standing
"""


def at_first(quantity: int) -> int:
    """How a new product stands."""
    return IN_STOCK if quantity else 0


def renew() -> int:
    """Look at stock and the orders of four weeks; answers how many products stand elsewhere now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '120s'")
        cursor.execute(RENEW, [IN_STOCK, list(ORDERED), SEEN.days])
        return int(cursor.rowcount)
