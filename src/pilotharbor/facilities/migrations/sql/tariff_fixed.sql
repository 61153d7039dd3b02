-- A price somebody may have agreed to is never rewritten; only the end of its validity moves.
CREATE FUNCTION facilities_refuse_repricing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.line_id, NEW.hourly_fen, NEW.batch_fen, lower(NEW.validity))
        IS DISTINCT FROM (OLD.line_id, OLD.hourly_fen, OLD.batch_fen, lower(OLD.validity)) THEN
        RAISE EXCEPTION 'a tariff keeps its prices'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'facilities_tariff_fixed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER facilities_tariff_fixed BEFORE UPDATE ON facilities_tariff
    FOR EACH ROW EXECUTE FUNCTION facilities_refuse_repricing();
ALTER TABLE facilities_tariff ENABLE ALWAYS TRIGGER facilities_tariff_fixed;
