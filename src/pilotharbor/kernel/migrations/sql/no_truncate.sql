-- TRUNCATE fires no row trigger, so what refuses UPDATE and DELETE does not see it.
CREATE TRIGGER kernel_event_no_truncate BEFORE TRUNCATE ON kernel_event
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE kernel_event ENABLE ALWAYS TRIGGER kernel_event_no_truncate;
