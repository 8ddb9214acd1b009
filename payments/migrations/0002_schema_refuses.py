"""Readable numbers; captured is a one-way door; callbacks are never deleted or rewritten."""

from django.db import migrations

from core.codes import numbered_from

ONE_WAY = """
    CREATE TRIGGER payments_payment_one_way BEFORE UPDATE ON payments_payment FOR EACH ROW
        WHEN (OLD.status = 'captured' AND (OLD.status, OLD.captured, OLD.captured_currency)
              IS DISTINCT FROM (NEW.status, NEW.captured, NEW.captured_currency)
              AND OLD.captured > 0)
        EXECUTE FUNCTION core_refuse_change();
    CREATE TRIGGER payments_payment_frozen BEFORE UPDATE ON payments_payment FOR EACH ROW
        WHEN ((OLD.checkout_id, OLD.method, OLD.key, OLD.amount, OLD.currency)
              IS DISTINCT FROM (NEW.checkout_id, NEW.method, NEW.key, NEW.amount, NEW.currency))
        EXECUTE FUNCTION core_refuse_change();
    CREATE TRIGGER payments_callback_frozen BEFORE UPDATE ON payments_callback FOR EACH ROW
        WHEN ((OLD.gateway, OLD.event_id, OLD.body, OLD.received_at)
              IS DISTINCT FROM (NEW.gateway, NEW.event_id, NEW.body, NEW.received_at))
        EXECUTE FUNCTION core_refuse_change();
"""


def kept(table: str) -> migrations.RunSQL:
    """PostgreSQL refuses to delete rows of money."""
    return migrations.RunSQL(
        f"""CREATE TRIGGER {table}_kept BEFORE DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION core_refuse_change()""",
        f"DROP TRIGGER {table}_kept ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("core", "0002_schema_refuses")]
    operations = [
        numbered_from("payments_payment", 1001),
        numbered_from("payments_refund", 1001),
        migrations.RunSQL(ONE_WAY, migrations.RunSQL.noop),
        *(kept(f"payments_{name}") for name in ("payment", "refund", "allocation", "callback")),
    ]
