"""A history goes on where it stood, and a status that changed has its line in it: kept by the database."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION core_follow_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last record;
BEGIN
    IF NEW.seq = 1 AND NEW.before = '' THEN
        RETURN NEW;
    END IF;
    SELECT after, at INTO last FROM core_event WHERE subject = NEW.subject AND seq = NEW.seq - 1;
    IF NEW.seq = 1 OR NOT FOUND OR last.after <> NEW.before THEN
        RAISE EXCEPTION 'the history of % does not go on with % from "%"', NEW.subject, NEW.seq, NEW.before
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.at := greatest(NEW.at, last.at);  -- the clock may have been set back; a story never runs backwards
    RETURN NEW;
END $$;
CREATE TRIGGER core_event_follows BEFORE INSERT ON core_event
    FOR EACH ROW WHEN (NEW.seq IS NOT NULL) EXECUTE FUNCTION core_follow_history();

CREATE FUNCTION core_demand_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM core_event
        WHERE subject = TG_ARGV[0] || NEW.id AND seq = NEW.version AND after = NEW.status
    ) THEN
        RAISE EXCEPTION '% is % without line % of its history', TG_ARGV[0] || NEW.id, NEW.status, NEW.version
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
"""
BACK = """
DROP FUNCTION core_demand_history();
DROP TRIGGER core_event_follows ON core_event;
DROP FUNCTION core_follow_history();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_audit")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
