-- A batch: what may move when, and its rows, written once. Its signatures are in core/signing.sql, and how its bills
-- are corrected in batches/children.sql.

-- What a signature over one row is over: the row's own hash, in PostgreSQL's words.
CREATE OR REPLACE FUNCTION console.batch_row_hash(r console.batch_rows) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT encode(sha256(convert_to(concat_ws('|', '1.0', 'RENGLON', r.bill_id, r.account_id, r.eligible,
    coalesce(trim_scale(r.volume_before)::text, ''), coalesce(trim_scale(r.volume_after)::text, ''),
    r.amount, r.refusals::text, r.inputs::text, r.lines::text, r.effects::text,
    encode(sha256(convert_to(r.memoria::text, 'UTF8')), 'hex'),
    CASE WHEN r.instalments > 1 THEN 'P|' || r.instalments END   -- one payment adds nothing to what was signed
    ), 'UTF8')), 'hex') $$;

-- All the rows in the order of their bills: what a sample is drawn by, and a part of the content.
CREATE OR REPLACE FUNCTION console.batch_rows_hash(batch bigint) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT encode(sha256(convert_to(coalesce(string_agg(r.row_hash, '' ORDER BY r.bill_id), ''), 'UTF8')), 'hex')
    FROM console.batch_rows r WHERE r.batch_id = batch $$;

CREATE OR REPLACE FUNCTION console.begin_batch() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.drafted_by_id := console.actor(); NEW.drafted_at := clock_timestamp();
  NEW.revision := 1; NEW.folio := NULL; NEW.submitted_at := NULL; NEW.decision_reason := NULL;
  NEW.bills := 0; NEW.proceeding := 0; NEW.amount := 0; NEW.moved := 0; NEW.done := 0;
  NEW.accumulated := '{}';
  NEW.run_by_id := NULL; NEW.run_as := NULL; NEW.trouble := NULL;
  IF NOT EXISTS (SELECT FROM console.procedure_versions v JOIN console.anomaly_types t ON t.id = NEW.anomaly_type_id
                  WHERE v.id = NEW.procedure_version_id AND v.state IN ('authorized', 'superseded')
                    AND v.anomaly_codes ? t.code) THEN
    RAISE EXCEPTION 'no such procedure mends this cause' USING ERRCODE = 'AG008';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_begin BEFORE INSERT ON console.correction_batches
  FOR EACH ROW EXECUTE FUNCTION console.begin_batch();

-- What the notes of a batch have moved, MXN: credits below zero.
CREATE OR REPLACE FUNCTION console.batch_moved(batch integer) RETURNS numeric
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(sum(CASE n.kind WHEN 'credit' THEN -n.amount ELSE n.amount END), 0)
    FROM console.batch_rows r JOIN console.corrections c ON c.batch_row_id = r.id
    JOIN commercial.credit_notes n ON n.correction_id = c.id WHERE r.batch_id = batch $$;

CREATE OR REPLACE FUNCTION console.guard_batch() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE moves boolean; back boolean; sent boolean;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'batches are never deleted' USING ERRCODE = 'AG002';
  END IF;
  moves := NEW.state <> OLD.state;
  back := OLD.state IN ('submitted', 'signed') AND NEW.state = 'draft';
  sent := moves AND NEW.state = 'submitted';
  IF NEW.drafted_at <> OLD.drafted_at OR NEW.drafted_by_id <> OLD.drafted_by_id THEN
    RAISE EXCEPTION 'a batch stays what it was begun as' USING ERRCODE = 'AG002';
  END IF;
  IF NEW.folio IS DISTINCT FROM OLD.folio
     AND (OLD.folio IS NOT NULL OR NOT sent OR NOT console.issued('UAS-LOT', NEW.folio)) THEN
    RAISE EXCEPTION 'a folio comes from its counter, once' USING ERRCODE = 'AG002';
  END IF;
  IF sent THEN
    NEW.submitted_at := clock_timestamp();
    PERFORM console.hold_accounts_of(NEW.id);
    NEW.accumulated := console.accumulated_in(NEW.id);
  ELSIF (NEW.submitted_at, NEW.accumulated) IS DISTINCT FROM (OLD.submitted_at, OLD.accumulated) THEN
    RAISE EXCEPTION 'the clock and the sums are the database''s' USING ERRCODE = 'AG002';
  END IF;
  IF (NEW.bills, NEW.proceeding, NEW.amount) IS DISTINCT FROM (OLD.bills, OLD.proceeding, OLD.amount)
     AND 'computing' NOT IN (OLD.state, NEW.state) THEN
    RAISE EXCEPTION 'the figures of a batch are those of its rows' USING ERRCODE = 'AG002';
  END IF;
  IF (NEW.run_by_id, NEW.run_as) IS DISTINCT FROM (OLD.run_by_id, OLD.run_as)
     AND (NEW.run_by_id, NEW.run_as)
         IS DISTINCT FROM (console.actor(), replace(current_setting('role', true), 'console_', '')) THEN
    RAISE EXCEPTION 'nobody works in the name of another' USING ERRCODE = '42501';
  END IF;
  IF NEW.moved <> OLD.moved THEN
    RAISE EXCEPTION 'what a batch moved is what its notes moved' USING ERRCODE = 'AG002';
  END IF;
  IF moves AND OLD.state = 'applying' THEN
    NEW.moved := console.batch_moved(NEW.id);
  END IF;
  IF moves THEN
    PERFORM console.check_batch_move(NEW, back);
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_guard BEFORE UPDATE OR DELETE ON console.correction_batches
  FOR EACH ROW EXECUTE FUNCTION console.guard_batch();

-- What must be true of the rows when a batch reaches a state.
CREATE OR REPLACE FUNCTION console.check_batch_move(b console.correction_batches, back boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF b.state IN ('computed', 'submitted') AND NOT (
       SELECT count(*) = b.bills AND count(*) FILTER (WHERE eligible) = b.proceeding
              AND coalesce(sum(amount), 0) = b.amount
         FROM console.batch_rows WHERE batch_id = b.id) THEN
    RAISE EXCEPTION 'batch % is not what its rows say', b.id USING ERRCODE = 'AG008';
  END IF;
  IF b.state = 'submitted' AND (b.proceeding = 0 OR EXISTS (
       SELECT FROM console.batch_rows r JOIN commercial.bills l ON l.id = r.bill_id
         JOIN console.procedure_versions v ON v.id = b.procedure_version_id
         JOIN console.anomaly_types t ON t.id = b.anomaly_type_id
        WHERE r.batch_id = b.id AND (l.account_id <> r.account_id OR r.eligible AND NOT (
              v.state IN ('authorized', 'superseded') AND v.anomaly_codes ? t.code AND v.valid_from <= l.period_end
              AND coalesce(v.valid_to, 'infinity') >= l.period_end
              AND l.period_end BETWEEN b.period_from AND b.period_to)))) THEN
    RAISE EXCEPTION 'batch % has rows that its procedure does not rule', b.id USING ERRCODE = 'AG008';
  END IF;
  IF b.state = 'submitted' AND EXISTS (SELECT FROM console.outdated_in(b.id, true))
     OR b.state = 'applying' AND NOT EXISTS (SELECT FROM console.batch_rows r
              JOIN console.corrections c ON c.batch_row_id = r.id WHERE r.batch_id = b.id)
        AND EXISTS (SELECT FROM console.outdated_in(b.id, false)) THEN
    RAISE EXCEPTION 'what batch % was computed from changed', b.id USING ERRCODE = 'AG027';
  END IF;
  IF back AND EXISTS (SELECT FROM console.batch_rows r JOIN console.corrections c ON c.batch_row_id = r.id
                       WHERE r.batch_id = b.id) THEN
    RAISE EXCEPTION 'batch % is applied in part and goes on', b.id USING ERRCODE = 'AG002';
  END IF;
  IF b.state = 'applied' AND EXISTS (
       SELECT FROM console.batch_rows r WHERE r.batch_id = b.id AND r.eligible AND r.left_out IS NULL
          AND NOT EXISTS (SELECT FROM console.corrections c WHERE c.batch_row_id = r.id)) THEN
    RAISE EXCEPTION 'batch % has bills still to apply', b.id USING ERRCODE = 'AG008';
  END IF;
END $$;

-- Rows are born while their batch is computed, go when it is computed again, and only say later
-- that they were left out. The batch is held meanwhile: it cannot move from under them.
CREATE OR REPLACE FUNCTION console.guard_batch_row() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE at_state text;
BEGIN
  SELECT state INTO at_state FROM console.correction_batches
   WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.batch_id ELSE OLD.batch_id END FOR SHARE;
  IF TG_OP = 'UPDATE' THEN
    IF at_state IS DISTINCT FROM 'applying' OR OLD.left_out IS NOT NULL OR NEW.left_out IS NULL
       OR (to_jsonb(NEW) - 'left_out') <> (to_jsonb(OLD) - 'left_out') THEN
      RAISE EXCEPTION 'rows of a batch are written once' USING ERRCODE = 'AG002';
    END IF;
    RETURN NEW;
  END IF;
  IF at_state IS DISTINCT FROM 'computing' THEN
    RAISE EXCEPTION 'rows of a batch are written while it is computed' USING ERRCODE = 'AG002';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  NEW.left_out := NULL;
  NEW.row_hash := console.batch_row_hash(NEW);
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_guard BEFORE INSERT OR UPDATE OR DELETE ON console.batch_rows
  FOR EACH ROW EXECUTE FUNCTION console.guard_batch_row();

-- Whoever writes or takes away rows has a hand on what will be signed; by statement, for they are thousands.
CREATE OR REPLACE FUNCTION console.contribute_rows() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM console.contribute('correction_batches', b.id, b.revision)
     FROM console.correction_batches b WHERE b.id IN (SELECT batch_id FROM touched);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER c_contribute_insert AFTER INSERT ON console.batch_rows REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION console.contribute_rows();
CREATE OR REPLACE TRIGGER c_contribute_delete AFTER DELETE ON console.batch_rows REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION console.contribute_rows();
