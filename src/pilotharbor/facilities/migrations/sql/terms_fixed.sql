-- Every price and every condition somebody may have agreed to stays as written; only the end of its
-- validity moves. Asked of the row as a whole, so that a column added later is kept too.
CREATE OR REPLACE FUNCTION facilities_refuse_repricing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'validity') IS DISTINCT FROM (to_jsonb(OLD) - 'validity')
        OR lower(NEW.validity) IS DISTINCT FROM lower(OLD.validity) THEN
        RAISE EXCEPTION 'a tariff keeps its prices'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'facilities_tariff_fixed';
    END IF;
    RETURN NEW;
END $$;

-- The price of a consumable likewise: it is withdrawn, never rewritten.
CREATE FUNCTION facilities_refuse_consumable_repricing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'withdrawn_at') IS DISTINCT FROM (to_jsonb(OLD) - 'withdrawn_at')
        OR OLD.withdrawn_at IS NOT NULL THEN
        RAISE EXCEPTION 'a consumable keeps its price'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'facilities_consumable_fixed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER facilities_consumable_fixed BEFORE UPDATE ON facilities_consumable
    FOR EACH ROW EXECUTE FUNCTION facilities_refuse_consumable_repricing();
ALTER TABLE facilities_consumable ENABLE ALWAYS TRIGGER facilities_consumable_fixed;

-- Hours of one weekday of one line never overlap; they may touch.
ALTER TABLE facilities_openinghours ADD CONSTRAINT facilities_hours_apart EXCLUDE USING gist (
    line_id WITH =,
    weekday WITH =,
    int4range(
        (extract(hour FROM opens) * 3600 + extract(minute FROM opens) * 60)::int,
        CASE WHEN closes = '00:00' THEN 86400
             ELSE (extract(hour FROM closes) * 3600 + extract(minute FROM closes) * 60)::int END
    ) WITH &&
);
