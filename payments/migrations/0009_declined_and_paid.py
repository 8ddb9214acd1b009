"""A refund that was declined may be asked about again: it leaves `failed` for `unknown`, and for nothing else."""

from django.db import migrations

ONE_WAY = """
DROP TRIGGER payments_refund_one_way ON payments_refund;
CREATE TRIGGER payments_refund_one_way BEFORE UPDATE ON payments_refund FOR EACH ROW
    WHEN ({closed} AND OLD.status <> NEW.status) EXECUTE FUNCTION core_refuse_change();
"""
NOW = "(OLD.status = 'done' OR OLD.status = 'failed' AND NEW.status <> 'unknown')"
BEFORE = "OLD.status IN ('done', 'failed')"


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_callbacks_know_their_request")]
    operations = [migrations.RunSQL(ONE_WAY.format(closed=NOW), ONE_WAY.format(closed=BEFORE))]
