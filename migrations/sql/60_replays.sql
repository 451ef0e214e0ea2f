-- A replay: what it was asked stays, its cursor only advances, and its results are never edited.

CREATE OR REPLACE FUNCTION console.guard_replay() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE office text := replace(current_setting('role', true), 'console_', '');
        fixed text[] := ARRAY['procedure_version_id', 'against_id', 'months', 'content_hash', 'inputs', 'since',
                              'until', 'total', 'asked_at'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'replays are never deleted' USING ERRCODE = 'AG002';
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.run_by_id := console.actor(); NEW.run_as := office; NEW.asked_at := clock_timestamp();
    NEW.done := 0; NEW.trouble := NULL; NEW.finished_at := NULL;
    RETURN NEW;
  END IF;
  IF (SELECT bool_or(to_jsonb(NEW) -> c IS DISTINCT FROM to_jsonb(OLD) -> c) FROM unnest(fixed) c) THEN
    RAISE EXCEPTION 'a replay stays what it was asked' USING ERRCODE = 'AG002';
  END IF;
  NEW.finished_at := OLD.finished_at;
  IF OLD.state = 'stopped' AND NEW.state = 'running' THEN   -- whoever resumes it answers for it
    NEW.run_by_id := console.actor(); NEW.run_as := office;
  ELSIF (NEW.run_by_id, NEW.run_as) IS DISTINCT FROM (OLD.run_by_id, OLD.run_as)
        AND (NEW.run_by_id, NEW.run_as, NEW.state) IS DISTINCT FROM (console.actor(), office, 'running') THEN
    RAISE EXCEPTION 'a replay is run by who asked for it or takes it over' USING ERRCODE = 'AG002';
  END IF;
  IF (NEW.done, NEW.last_bill_id) IS DISTINCT FROM (OLD.done, OLD.last_bill_id) OR NEW.state = 'done' THEN
    IF OLD.state <> 'running' OR OLD.run_by_id <> console.actor() OR NEW.done < OLD.done
       OR NEW.last_bill_id < OLD.last_bill_id THEN
      RAISE EXCEPTION 'a replay advances while it runs, by who runs it' USING ERRCODE = 'AG002';
    END IF;
  END IF;
  IF NEW.state = 'done' AND OLD.state <> 'done' THEN NEW.finished_at := clock_timestamp(); END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_guard BEFORE INSERT OR UPDATE OR DELETE ON console.replays
  FOR EACH ROW EXECUTE FUNCTION console.guard_replay();

-- Rows enter while the replay runs, by who runs it, each after the last bill seen: the replay's row is
-- written, so that two workers never write beside each other.
CREATE OR REPLACE FUNCTION console.guard_replay_rows() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE told record; whole record;
BEGIN
  FOR told IN SELECT replay_id, min(bill_id) AS first FROM fresh GROUP BY replay_id LOOP
    UPDATE console.replays SET state = state WHERE id = told.replay_id
      RETURNING state, run_by_id, last_bill_id INTO whole;
    IF whole.state <> 'running' OR whole.run_by_id <> console.actor() OR told.first <= whole.last_bill_id THEN
      RAISE EXCEPTION 'results enter while the replay runs, in order, by who runs it' USING ERRCODE = 'AG002';
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER d_guard AFTER INSERT ON console.replay_rows REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION console.guard_replay_rows();
CREATE OR REPLACE TRIGGER d_kept BEFORE UPDATE OR DELETE ON console.replay_rows
  FOR EACH ROW EXECUTE FUNCTION console.only_grows();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA console FROM PUBLIC;
