-- What the public was told never changes: a correction is a new notice that points at the old one.
CREATE FUNCTION technologies_keep_price_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.opened_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (
        NEW.achievement_id, NEW.corrects_id, NEW.title, NEW.summary, NEW.way, NEW.price_fen,
        NEW.taker, NEW.relation, NEW.relation_note, NEW.places, NEW.period, NEW.jurisdiction,
        NEW.least_days, NEW.rule_source, NEW.opened_by_id, NEW.opened_at
    ) IS DISTINCT FROM (
        OLD.achievement_id, OLD.corrects_id, OLD.title, OLD.summary, OLD.way, OLD.price_fen,
        OLD.taker, OLD.relation, OLD.relation_note, OLD.places, OLD.period, OLD.jurisdiction,
        OLD.least_days, OLD.rule_source, OLD.opened_by_id, OLD.opened_at
    ) THEN
        RAISE EXCEPTION 'an open price notice does not change'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'technologies_pricenotice_facts_stay';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER technologies_pricenotice_facts_stay
    BEFORE UPDATE OR DELETE ON technologies_pricenotice
    FOR EACH ROW EXECUTE FUNCTION technologies_keep_price_notice();
ALTER TABLE technologies_pricenotice ENABLE ALWAYS TRIGGER technologies_pricenotice_facts_stay;
