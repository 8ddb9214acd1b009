"""What must always be true of stock."""

from core.audit import Invariant, Part

ROWS = "SELECT count(*) FROM catalog_stock"
FIRST = "(SELECT min(product_id) FROM catalog_stock)"
AN_IMPORT = """INSERT INTO catalog_importrun (vendor_id, by_id, file, name, media_type, rows, done, found, made, sample,
                                              errors, seen, status, version)
               SELECT 'V999999', gen_random_uuid(), 'x', '', '', 1, 0, '{}', '{}', '[]', '[]', '{}', 'checked', 1"""

INVARIANTS = (
    Invariant(
        "I1",
        "Nothing is promised that is not there: 0 ≤ reserved ≤ on hand",
        ROWS,
        (
            Part(
                "reserved is below zero or above on hand",
                "SELECT 'P' || product_id AS who FROM catalog_stock WHERE reserved NOT BETWEEN 0 AND on_hand",
                (
                    f"UPDATE catalog_stock SET reserved = on_hand + 1 WHERE product_id = {FIRST}",
                    f"UPDATE catalog_stock SET reserved = -1 WHERE product_id = {FIRST}",
                ),
            ),
        ),
    ),
    Invariant(
        "I2",
        "Every stock row is the sum of its movements",
        ROWS,
        (
            Part(
                "the movements add up to something else",
                """SELECT 'P' || coalesce(stock.product_id, moved.product_id) AS who
                   FROM catalog_stock stock FULL JOIN (
                       SELECT product_id, sum(on_hand) AS on_hand, sum(reserved) AS reserved
                       FROM catalog_movement GROUP BY product_id
                   ) moved ON moved.product_id = stock.product_id
                   WHERE coalesce(stock.on_hand, 0) <> coalesce(moved.on_hand, 0)
                      OR coalesce(stock.reserved, 0) <> coalesce(moved.reserved, 0)""",
                (
                    f"UPDATE catalog_stock SET on_hand = on_hand + 1 WHERE product_id = {FIRST}",
                    "DELETE FROM catalog_movement WHERE id = (SELECT min(id) FROM catalog_movement)",
                ),
            ),
            Part(
                "a product has no stock row",
                """SELECT 'P' || product.id AS who FROM catalog_product product
                   WHERE NOT EXISTS (SELECT FROM catalog_stock WHERE product_id = product.id)""",
                (f"DELETE FROM catalog_stock WHERE product_id = {FIRST}",),
            ),
        ),
    ),
)
