"""Shares, refunds and captures fit together: at once where nothing is half done, otherwise at commit."""

from django.db import migrations

from core.codes import told_in_history

FORWARD = """
CREATE FUNCTION payments_fit_shares() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong bigint;
BEGIN
    SELECT goods.id INTO wrong FROM fresh JOIN orders_order goods ON goods.id = fresh.order_id
        JOIN payments_payment payment ON payment.id = fresh.payment_id
        WHERE payment.checkout_id <> goods.checkout_id OR fresh.amount <> goods.total
           OR payment.currency <> goods.currency LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ORD% does not fit its payment', wrong USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT payment.id INTO wrong FROM payments_payment payment
        JOIN payments_allocation share ON share.payment_id = payment.id
        WHERE payment.id IN (SELECT payment_id FROM fresh)
        GROUP BY payment.id HAVING sum(share.amount) > payment.amount LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'PAY% is less than its shares', wrong USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER payments_allocation_fits AFTER INSERT ON payments_allocation REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION payments_fit_shares();
CREATE TRIGGER payments_allocation_frozen BEFORE UPDATE ON payments_allocation
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();

CREATE FUNCTION payments_shares_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount IS DISTINCT FROM (SELECT sum(amount) FROM payments_allocation WHERE payment_id = NEW.id) THEN
        RAISE EXCEPTION 'PAY% is not the sum of its shares', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_payment_adds_up AFTER INSERT ON payments_payment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_shares_add_up();

CREATE FUNCTION payments_capture_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM payments_payment WHERE id = NEW.id
        AND ((status = 'captured') <> (captured > 0) OR (captured > 0) <> (captured_currency <> ''))
    ) THEN
        RAISE EXCEPTION 'PAY% is captured by halves', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_payment_capture_is_whole AFTER INSERT OR UPDATE ON payments_payment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'captured' OR NEW.captured <> 0)
    EXECUTE FUNCTION payments_capture_is_whole();

CREATE FUNCTION payments_refunds_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE paid bigint := CASE TG_TABLE_NAME WHEN 'payments_refund' THEN (to_jsonb(NEW) ->> 'payment_id')::bigint ELSE NEW.id END;
BEGIN
    IF (SELECT refunding FROM payments_payment WHERE id = paid) IS DISTINCT FROM
       (SELECT coalesce(sum(amount), 0) FROM payments_refund WHERE payment_id = paid AND status <> 'failed') THEN
        RAISE EXCEPTION 'the refunds of PAY% do not add up', paid USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_refund_adds_up AFTER INSERT OR UPDATE OF status ON payments_refund
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_refunds_add_up();
CREATE CONSTRAINT TRIGGER payments_payment_refunds_add_up AFTER UPDATE OF refunding ON payments_payment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.refunding <> NEW.refunding)
    EXECUTE FUNCTION payments_refunds_add_up();

CREATE FUNCTION payments_fit_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payments_allocation WHERE order_id = NEW.order_id AND payment_id = NEW.payment_id
    ) THEN
        RAISE EXCEPTION 'PAY% does not pay for ORD%', NEW.payment_id, NEW.order_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_refund_fits BEFORE INSERT ON payments_refund
    FOR EACH ROW WHEN (NEW.order_id IS NOT NULL) EXECUTE FUNCTION payments_fit_refund();
CREATE TRIGGER payments_refund_one_way BEFORE UPDATE ON payments_refund FOR EACH ROW
    WHEN (OLD.status IN ('done', 'failed') AND OLD.status <> NEW.status) EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER payments_refund_frozen BEFORE UPDATE ON payments_refund FOR EACH ROW
    WHEN ((OLD.payment_id, OLD.order_id, OLD.key, OLD.amount)
          IS DISTINCT FROM (NEW.payment_id, NEW.order_id, NEW.key, NEW.amount))
    EXECUTE FUNCTION core_refuse_change();

CREATE FUNCTION payments_demand_money() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payments_allocation share JOIN payments_payment payment ON payment.id = share.payment_id
        WHERE share.order_id = NEW.id AND payment.settles
    ) THEN
        RAISE EXCEPTION 'ORD% is placed without its money', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_order_is_paid AFTER UPDATE OF status ON orders_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.status = 'awaiting_payment' AND NEW.status NOT IN ('awaiting_payment', 'failed', 'expired', 'cancelled'))
    EXECUTE FUNCTION payments_demand_money();
"""
BACK = """
DROP TRIGGER orders_order_is_paid ON orders_order;
DROP FUNCTION payments_demand_money();
DROP TRIGGER payments_refund_frozen ON payments_refund;
DROP TRIGGER payments_refund_one_way ON payments_refund;
DROP TRIGGER payments_refund_fits ON payments_refund;
DROP FUNCTION payments_fit_refund();
DROP TRIGGER payments_payment_refunds_add_up ON payments_payment;
DROP TRIGGER payments_refund_adds_up ON payments_refund;
DROP FUNCTION payments_refunds_add_up();
DROP TRIGGER payments_payment_capture_is_whole ON payments_payment;
DROP FUNCTION payments_capture_is_whole();
DROP TRIGGER payments_payment_adds_up ON payments_payment;
DROP FUNCTION payments_shares_add_up();
DROP TRIGGER payments_allocation_frozen ON payments_allocation;
DROP TRIGGER payments_allocation_fits ON payments_allocation;
DROP FUNCTION payments_fit_shares();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_longer_page_addresses"), ("orders", "0004_orders_add_up")]
    operations = [
        migrations.RunSQL(FORWARD, BACK),
        told_in_history("payments_payment", "PAY"),
        told_in_history("payments_refund", "RF"),
    ]
