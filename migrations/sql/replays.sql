-- The rows of a replay: results that enter while it runs, and are never edited.

-- Rows enter while the replay runs, by who runs it, each after the last bill seen: the replay's row is
-- written, so that two workers never write beside each other.
CREATE OR REPLACE FUNCTION console.guard_replay_rows() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE told record; whole record;
BEGIN
  FOR told IN SELECT replay_id, min(bill_id) AS first FROM fresh GROUP BY replay_id LOOP
    UPDATE console.replays SET state = state WHERE id = told.replay_id
      RETURNING state, run_by_id, last_bill_id INTO whole;
    IF whole.state <> 'running' OR whole.run_by_id <> console.actor() OR told.first <= whole.last_bill_id THEN
      PERFORM console.refuse('AG002', 'replay_results_in_order', told.replay_id);
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER d_guard AFTER INSERT ON console.replay_rows REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION console.guard_replay_rows();
