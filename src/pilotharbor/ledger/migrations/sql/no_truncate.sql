-- TRUNCATE fires no row trigger, so what refuses UPDATE and DELETE does not see it.
CREATE TRIGGER ledger_account_no_truncate BEFORE TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_no_truncate;
CREATE TRIGGER ledger_journalentry_no_truncate BEFORE TRUNCATE ON ledger_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE ledger_journalentry ENABLE ALWAYS TRIGGER ledger_journalentry_no_truncate;
CREATE TRIGGER ledger_posting_no_truncate BEFORE TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE ledger_posting ENABLE ALWAYS TRIGGER ledger_posting_no_truncate;
