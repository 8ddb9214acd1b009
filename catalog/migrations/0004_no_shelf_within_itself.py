"""Categories are a tree: the database refuses a circle, also when two people draw its halves at once."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION catalog_refuse_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('catalog_category'));
    IF EXISTS (
        WITH RECURSIVE above(id) AS (
            SELECT NEW.parent_id
            UNION
            SELECT shelf.parent_id FROM catalog_category shelf JOIN above ON shelf.id = above.id
        )
        SELECT 1 FROM above WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'a category cannot stand within itself' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_category_is_a_tree BEFORE INSERT OR UPDATE OF parent_id ON catalog_category
    FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION catalog_refuse_circle();
"""
BACK = """
DROP TRIGGER catalog_category_is_a_tree ON catalog_category;
DROP FUNCTION catalog_refuse_circle();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_breadth")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
