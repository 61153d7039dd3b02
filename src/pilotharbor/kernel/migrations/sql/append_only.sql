-- Rows of an append-only table may neither be changed nor removed, whoever asks.
CREATE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kernel_append_only';
END $$;

CREATE TRIGGER kernel_event_append_only BEFORE UPDATE OR DELETE ON kernel_event
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE kernel_event ENABLE ALWAYS TRIGGER kernel_event_append_only;

CREATE FUNCTION kernel_tell_worker() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY pilotharbor_event;
    RETURN NULL;
END $$;

CREATE TRIGGER kernel_event_tell AFTER INSERT ON kernel_event
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_tell_worker();
