-- What an examination found is never rewritten; a mistake is answered by withdrawing what it gave.
CREATE TRIGGER crew_examination_append_only BEFORE UPDATE OR DELETE ON crew_examination
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE crew_examination ENABLE ALWAYS TRIGGER crew_examination_append_only;
CREATE TRIGGER crew_examination_no_truncate BEFORE TRUNCATE ON crew_examination
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE crew_examination ENABLE ALWAYS TRIGGER crew_examination_no_truncate;

-- A qualification says of whom and for what the passed examination was.
CREATE FUNCTION crew_check_qualification() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM crew_examination e WHERE e.id = NEW.examination_id AND e.passed
                   AND e.course_id = NEW.course_id AND e.person_id = NEW.person_id) THEN
        RAISE EXCEPTION 'a qualification without its passed examination'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'crew_qualification_earned';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER crew_qualification_earned BEFORE INSERT ON crew_userqualification
    FOR EACH ROW EXECUTE FUNCTION crew_check_qualification();
ALTER TABLE crew_userqualification ENABLE ALWAYS TRIGGER crew_qualification_earned;

-- A qualification is granted once and withdrawn at most once; nothing else of it ever changes.
CREATE FUNCTION crew_keep_qualification() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status = 'withdrawn'
        OR (NEW.id, NEW.course_id, NEW.person_id, NEW.examination_id, NEW.validity)
           IS DISTINCT FROM (OLD.id, OLD.course_id, OLD.person_id, OLD.examination_id, OLD.validity) THEN
        RAISE EXCEPTION 'a qualification keeps its history'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'crew_qualification_fixed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER crew_qualification_fixed BEFORE UPDATE OR DELETE ON crew_userqualification
    FOR EACH ROW EXECUTE FUNCTION crew_keep_qualification();
ALTER TABLE crew_userqualification ENABLE ALWAYS TRIGGER crew_qualification_fixed;
