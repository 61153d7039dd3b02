-- Rows of an append-only table may neither be changed nor removed, whoever asks.
CREATE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kernel_append_only';
END $$;

CREATE TRIGGER kernel_event_append_only BEFORE UPDATE OR DELETE ON kernel_event
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE kernel_event ENABLE ALWAYS TRIGGER kernel_event_append_only;

-- Whoever records something about a subject waits for those who did so before and have not
-- committed yet; the number is drawn after the turn has come. So one subject's events are numbered in
-- the order of their commits. Bulk loads hold their rows locked instead (too many turns to take).
CREATE FUNCTION kernel_take_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('pilotharbor.bulk', true) IS DISTINCT FROM 'on' THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(NEW.subject_type, NEW.subject_id));
        NEW.id := nextval(pg_get_serial_sequence('kernel_event', 'id'));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kernel_event_turn BEFORE INSERT ON kernel_event
    FOR EACH ROW EXECUTE FUNCTION kernel_take_turn();
ALTER TABLE kernel_event ENABLE ALWAYS TRIGGER kernel_event_turn;

-- Into the outbox in the same transaction, and a word to the worker.
CREATE FUNCTION kernel_put_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kernel_outboxentry (event_id) SELECT id FROM fresh;
    NOTIFY pilotharbor_event;
    RETURN NULL;
END $$;
CREATE TRIGGER kernel_event_out AFTER INSERT ON kernel_event
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION kernel_put_out();
