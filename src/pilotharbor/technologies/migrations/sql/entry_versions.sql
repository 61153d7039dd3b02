-- What an entry said stays as it was said.
CREATE TRIGGER technologies_entryversion_append_only BEFORE UPDATE OR DELETE ON technologies_entryversion
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE technologies_entryversion ENABLE ALWAYS TRIGGER technologies_entryversion_append_only;
