"""Readable numbers, and money of orders that never changes once written."""

from django.db import migrations

from core.codes import numbered_from

FROZEN = {
    "orders_checkout": ("retailer_id", "method", "currency", "total", "address"),
    "orders_order": ("checkout_id", "retailer_id", "vendor_id", "currency", "subtotal", "vat", "total"),
    "orders_line": (
        "order_id", "product_id", "name", "unit", "quantity", "unit_price", "vat_category", "net", "vat", "total",
    ),
}  # fmt: skip


def frozen(table: str, columns: tuple[str, ...]) -> migrations.RunSQL:
    """PostgreSQL refuses to change these columns, and to delete rows."""
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} FOR EACH ROW
            WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION core_refuse_change();
        CREATE TRIGGER {table}_kept BEFORE DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
        """,
        f"DROP TRIGGER {table}_frozen ON {table}; DROP TRIGGER {table}_kept ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("core", "0002_schema_refuses")]
    operations = [
        numbered_from("orders_checkout", 1001),
        numbered_from("orders_order", 1001),
        *(frozen(table, columns) for table, columns in FROZEN.items()),
    ]
