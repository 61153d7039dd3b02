-- R-LEAD-10: the parts of a step sum to 10,000 basis points, or nobody has a part in it.
-- Deferred to the commit, so that the parts of one step can be written one after the other.
CREATE FUNCTION leads_credits_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record := COALESCE(NEW, OLD);
    total bigint;
BEGIN
    SELECT sum(share_bp) INTO total FROM leads_credit
        WHERE lead_id = part.lead_id AND step = part.step;
    IF total IS NOT NULL AND total <> 10000 THEN
        RAISE EXCEPTION 'credits of lead % for % sum to %', part.lead_id, part.step, total
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'leads_credit_sum';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER leads_credit_sum AFTER INSERT OR UPDATE OR DELETE ON leads_credit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION leads_credits_sum();

-- R-LEAD-10: once the lead is signed, nobody's part changes any more.
CREATE FUNCTION leads_credits_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record := COALESCE(NEW, OLD);
BEGIN
    IF EXISTS (
        SELECT 1 FROM leads_lead WHERE id = part.lead_id AND credits_frozen_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'credits of lead % are frozen', part.lead_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'leads_credit_frozen';
    END IF;
    RETURN part;
END $$;
CREATE TRIGGER leads_credit_frozen BEFORE INSERT OR UPDATE OR DELETE ON leads_credit
    FOR EACH ROW EXECUTE FUNCTION leads_credits_frozen();
