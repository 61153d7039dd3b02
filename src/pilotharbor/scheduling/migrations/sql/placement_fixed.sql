-- What was proposed stays as it was shown to whoever accepts it; only its outcome is written later.
CREATE FUNCTION scheduling_keep_placement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (OLD.id, OLD.proposal_id, OLD.booking_id, OLD.from_line_id, OLD.from_period, OLD.line_id,
            OLD.engineer_id, OLD.start_at, OLD.end_at, OLD.reasons)
           IS DISTINCT FROM
           (NEW.id, NEW.proposal_id, NEW.booking_id, NEW.from_line_id, NEW.from_period, NEW.line_id,
            NEW.engineer_id, NEW.start_at, NEW.end_at, NEW.reasons)
        OR (OLD.status IN ('accepted', 'agreed', 'no_place') AND NEW.status <> OLD.status) THEN
        RAISE EXCEPTION 'what was proposed does not change'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'scheduling_placement_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scheduling_placement_fixed BEFORE UPDATE OR DELETE ON scheduling_placement
    FOR EACH ROW EXECUTE FUNCTION scheduling_keep_placement();
ALTER TABLE scheduling_placement ENABLE ALWAYS TRIGGER scheduling_placement_fixed;

-- The result of a search is written once.
CREATE FUNCTION scheduling_keep_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (OLD.platform_id, OLD.kind, OLD.horizon, OLD.asked_by_id, OLD.asked_at)
           IS DISTINCT FROM
           (NEW.platform_id, NEW.kind, NEW.horizon, NEW.asked_by_id, NEW.asked_at)
        OR (OLD.solved_at IS NOT NULL
            AND (OLD.cost, OLD.bound, OLD.gap_bp, OLD.snapshot, OLD.solved_at, OLD.took_ms)
                IS DISTINCT FROM
                (NEW.cost, NEW.bound, NEW.gap_bp, NEW.snapshot, NEW.solved_at, NEW.took_ms)) THEN
        RAISE EXCEPTION 'what a search found does not change'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'scheduling_proposal_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scheduling_proposal_fixed BEFORE UPDATE OR DELETE ON scheduling_proposal
    FOR EACH ROW EXECUTE FUNCTION scheduling_keep_proposal();
ALTER TABLE scheduling_proposal ENABLE ALWAYS TRIGGER scheduling_proposal_fixed;
