-- What was reviewed, quoted and charged is never rewritten; a correction is another row.
CREATE TRIGGER booking_review_append_only BEFORE UPDATE OR DELETE ON booking_review
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE booking_review ENABLE ALWAYS TRIGGER booking_review_append_only;
CREATE TRIGGER booking_quote_append_only BEFORE UPDATE OR DELETE ON booking_quote
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE booking_quote ENABLE ALWAYS TRIGGER booking_quote_append_only;
CREATE TRIGGER booking_charge_append_only BEFORE UPDATE OR DELETE ON booking_charge
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE booking_charge ENABLE ALWAYS TRIGGER booking_charge_append_only;
