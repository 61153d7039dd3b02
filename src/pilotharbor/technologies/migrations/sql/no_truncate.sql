-- TRUNCATE fires no row trigger, so what refuses UPDATE and DELETE does not see it.
CREATE TRIGGER technologies_entryversion_no_truncate BEFORE TRUNCATE ON technologies_entryversion
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE technologies_entryversion ENABLE ALWAYS TRIGGER technologies_entryversion_no_truncate;
