-- R-FIN-4: the holdings of a decision sum to 10000 basis points, checked when the transaction commits.
CREATE FUNCTION finance_equity_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_decision bigint := COALESCE(NEW.decision_id, OLD.decision_id);
BEGIN
    IF (SELECT COALESCE(sum(share_bp), 10000) FROM finance_holding WHERE decision_id = the_decision) <> 10000
       OR (SELECT COALESCE(sum(agreed_bp), 10000) FROM finance_holding WHERE decision_id = the_decision) <> 10000 THEN
        RAISE EXCEPTION 'holdings of decision % do not sum to 100 %%', the_decision
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'finance_equity_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER finance_equity_whole AFTER INSERT OR UPDATE OR DELETE ON finance_holding
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION finance_equity_whole();
ALTER TABLE finance_holding ENABLE ALWAYS TRIGGER finance_equity_whole;
