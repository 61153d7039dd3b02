-- R-LEDG-1: an entry's postings sum to zero per currency, with zero tolerance, and there are some.
-- Deferred to the commit, on header and lines, so that neither can be written without the other.
CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_entry bigint := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM ledger_posting WHERE entry_id = the_entry) THEN
        RAISE EXCEPTION 'entry % has no postings', the_entry
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_entry_balanced';
    END IF;
    IF EXISTS (
        SELECT 1 FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
        WHERE p.entry_id = the_entry GROUP BY a.currency HAVING sum(p.amount_fen) <> 0
    ) THEN
        RAISE EXCEPTION 'entry % does not sum to zero', the_entry
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_entry_balanced';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances('id');
CREATE CONSTRAINT TRIGGER ledger_posting_balanced AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances('entry_id');
ALTER TABLE ledger_journalentry ENABLE ALWAYS TRIGGER ledger_entry_balanced;
ALTER TABLE ledger_posting ENABLE ALWAYS TRIGGER ledger_posting_balanced;

-- R-LEDG-2: lines come in their header's own transaction or not at all.
CREATE FUNCTION ledger_posting_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT xid FROM ledger_journalentry WHERE id = NEW.entry_id) IS DISTINCT FROM pg_current_xact_id() THEN
        RAISE EXCEPTION 'entry % is already written', NEW.entry_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_entry_closed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_posting_in_time BEFORE INSERT ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION ledger_posting_in_time();
ALTER TABLE ledger_posting ENABLE ALWAYS TRIGGER ledger_posting_in_time;

-- The header's transaction number is the database's word, not the writer's.
CREATE FUNCTION ledger_entry_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.xid := pg_current_xact_id();
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_entry_stamp BEFORE INSERT ON ledger_journalentry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_stamp();
ALTER TABLE ledger_journalentry ENABLE ALWAYS TRIGGER ledger_entry_stamp;

-- R-LEDG-3: nothing is ever changed or removed.
CREATE TRIGGER ledger_account_append_only BEFORE UPDATE OR DELETE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_journalentry
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
CREATE TRIGGER ledger_posting_append_only BEFORE UPDATE OR DELETE ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_append_only;
ALTER TABLE ledger_journalentry ENABLE ALWAYS TRIGGER ledger_entry_append_only;
ALTER TABLE ledger_posting ENABLE ALWAYS TRIGGER ledger_posting_append_only;
