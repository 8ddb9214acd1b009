"""Drivers drive for the carrier that has the delivery; order and delivery are at the same place at commit."""

from django.db import migrations

from core.codes import told_in_history

FORWARD = """
CREATE FUNCTION logistics_demand_driver() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM accounts_membership place JOIN accounts_user driver ON driver.id = place.user_id
        WHERE place.user_id = NEW.driver_id AND place.business_id = NEW.carrier_id
          AND driver.role = 'driver' AND driver.is_active
    ) THEN
        RAISE EXCEPTION 'nobody of % drives DEL%', NEW.carrier_id, NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER logistics_delivery_given AFTER INSERT ON logistics_delivery
    FOR EACH ROW WHEN (NEW.driver_id IS NOT NULL) EXECUTE FUNCTION logistics_demand_driver();
CREATE TRIGGER logistics_delivery_given_anew AFTER UPDATE ON logistics_delivery
    FOR EACH ROW WHEN (NEW.driver_id IS NOT NULL AND (OLD.driver_id, OLD.carrier_id)
                       IS DISTINCT FROM (NEW.driver_id, NEW.carrier_id))
    EXECUTE FUNCTION logistics_demand_driver();

CREATE FUNCTION logistics_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM logistics_delivery way JOIN orders_order goods ON goods.id = way.order_id
        WHERE way.id = NEW.id AND way.status IN ('picked_up', 'out_for_delivery', 'delivered')
          AND goods.status <> way.status
    ) THEN
        RAISE EXCEPTION 'DEL% and its order are not at the same place', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER logistics_delivery_agrees AFTER INSERT OR UPDATE OF status ON logistics_delivery
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.status IN ('picked_up', 'out_for_delivery', 'delivered')) EXECUTE FUNCTION logistics_agree();
"""
BACK = """
DROP TRIGGER logistics_delivery_agrees ON logistics_delivery;
DROP FUNCTION logistics_agree();
DROP TRIGGER logistics_delivery_given_anew ON logistics_delivery;
DROP TRIGGER logistics_delivery_given ON logistics_delivery;
DROP FUNCTION logistics_demand_driver();
"""


class Migration(migrations.Migration):
    dependencies = [("logistics", "0003_proof"), ("orders", "0004_orders_add_up"), ("accounts", "0003_team_and_mail")]
    operations = [migrations.RunSQL(FORWARD, BACK), told_in_history("logistics_delivery", "DEL")]
