-- Whoever has leave is not on shift (R-CREW-5): the two tables watch each other. The membership's row is the
-- lock on which the two writers queue; each then reads what the other has committed.
CREATE FUNCTION crew_keep_shift_off_leave() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.withdrawn_at IS NULL THEN
        PERFORM 1 FROM parties_membership WHERE id = NEW.membership_id FOR NO KEY UPDATE;
        IF EXISTS (SELECT 1 FROM crew_leave l WHERE l.membership_id = NEW.membership_id
                   AND l.status = 'approved' AND l.period && NEW.period) THEN
            RAISE EXCEPTION 'a shift lies on granted leave'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'crew_shift_off_leave';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER crew_shift_off_leave BEFORE INSERT OR UPDATE ON crew_shift
    FOR EACH ROW EXECUTE FUNCTION crew_keep_shift_off_leave();
ALTER TABLE crew_shift ENABLE ALWAYS TRIGGER crew_shift_off_leave;

CREATE FUNCTION crew_keep_leave_off_shift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'approved' THEN
        PERFORM 1 FROM parties_membership WHERE id = NEW.membership_id FOR NO KEY UPDATE;
        IF EXISTS (SELECT 1 FROM crew_shift s WHERE s.membership_id = NEW.membership_id
                   AND s.withdrawn_at IS NULL AND s.period && NEW.period) THEN
            RAISE EXCEPTION 'granted leave lies on a shift'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'crew_leave_off_shift';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER crew_leave_off_shift BEFORE INSERT OR UPDATE ON crew_leave
    FOR EACH ROW EXECUTE FUNCTION crew_keep_leave_off_shift();
ALTER TABLE crew_leave ENABLE ALWAYS TRIGGER crew_leave_off_shift;
