-- TRUNCATE fires no row trigger, so what refuses UPDATE and DELETE does not see it.
CREATE TRIGGER booking_review_no_truncate BEFORE TRUNCATE ON booking_review
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE booking_review ENABLE ALWAYS TRIGGER booking_review_no_truncate;
CREATE TRIGGER booking_quote_no_truncate BEFORE TRUNCATE ON booking_quote
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE booking_quote ENABLE ALWAYS TRIGGER booking_quote_no_truncate;
CREATE TRIGGER booking_charge_no_truncate BEFORE TRUNCATE ON booking_charge
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE booking_charge ENABLE ALWAYS TRIGGER booking_charge_no_truncate;
