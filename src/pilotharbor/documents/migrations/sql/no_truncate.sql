-- TRUNCATE fires no row trigger, so what refuses UPDATE and DELETE does not see it.
CREATE TRIGGER documents_rendering_no_truncate BEFORE TRUNCATE ON documents_rendering
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE documents_rendering ENABLE ALWAYS TRIGGER documents_rendering_no_truncate;
