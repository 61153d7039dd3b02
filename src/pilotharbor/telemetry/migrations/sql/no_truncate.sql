-- TRUNCATE fires no row trigger, so what refuses UPDATE and DELETE does not see it.
CREATE TRIGGER telemetry_sample_no_truncate BEFORE TRUNCATE ON telemetry_sample
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE telemetry_sample ENABLE ALWAYS TRIGGER telemetry_sample_no_truncate;
