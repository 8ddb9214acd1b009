"""Lines, orders and checkouts fit together: parties at once, sums at commit; what became of stock goes one way."""

from django.db import migrations

from core.codes import told_in_history

FORWARD = """
CREATE FUNCTION orders_fit_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong bigint;
BEGIN
    SELECT goods.id INTO wrong FROM fresh JOIN orders_order goods ON goods.id = fresh.order_id
        JOIN catalog_product product ON product.id = fresh.product_id
        WHERE product.vendor_id <> goods.vendor_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ORD% has a line of another vendor', wrong USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT goods.id INTO wrong FROM orders_order goods JOIN orders_line line ON line.order_id = goods.id
        WHERE goods.id IN (SELECT order_id FROM fresh)
        GROUP BY goods.id HAVING sum(line.total) > goods.total LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ORD% has more lines than its total', wrong USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_line_fits AFTER INSERT ON orders_line REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION orders_fit_lines();

CREATE FUNCTION orders_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.subtotal, NEW.vat) IS DISTINCT FROM
       (SELECT (sum(net), sum(vat)) FROM orders_line WHERE order_id = NEW.id) THEN
        RAISE EXCEPTION 'ORD% is not the sum of its lines', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM orders_checkout checkout
        WHERE checkout.id = NEW.checkout_id AND checkout.retailer_id = NEW.retailer_id
          AND checkout.currency = NEW.currency
          AND checkout.total = (SELECT sum(total) FROM orders_order WHERE checkout_id = NEW.checkout_id)
    ) THEN
        RAISE EXCEPTION 'ORD% does not fit its checkout', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_order_adds_up AFTER INSERT ON orders_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_add_up();

CREATE TRIGGER orders_line_hold_one_way BEFORE UPDATE ON orders_line FOR EACH ROW
    WHEN (OLD.hold <> NEW.hold AND (OLD.hold, NEW.hold) NOT IN
          (('held', 'consumed'), ('held', 'released'), ('consumed', 'returned')))
    EXECUTE FUNCTION core_refuse_change();
"""
BACK = """
DROP TRIGGER orders_line_hold_one_way ON orders_line;
DROP TRIGGER orders_order_adds_up ON orders_order;
DROP FUNCTION orders_add_up();
DROP TRIGGER orders_line_fits ON orders_line;
DROP FUNCTION orders_fit_lines();
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_times_of_orders"), ("core", "0004_histories_follow")]
    operations = [migrations.RunSQL(FORWARD, BACK), told_in_history("orders_order", "ORD")]
