-- The bytes people sign never change.
CREATE TRIGGER documents_rendering_append_only BEFORE UPDATE OR DELETE ON documents_rendering
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE documents_rendering ENABLE ALWAYS TRIGGER documents_rendering_append_only;
