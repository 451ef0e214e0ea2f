-- A batch: what may move when, and its rows, written once. What stands still and who may write what is generated from its
-- rule; its signatures are in core/signing.sql, and how its bills are corrected in children.sql.

-- What a signature over one row is over: the row's own hash, in PostgreSQL's words.
CREATE OR REPLACE FUNCTION console.batch_row_hash(r console.batch_rows) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT console.hashed(concat_ws('|', '1.0', 'RENGLON', r.bill_id, r.account_id, r.eligible,
    coalesce(trim_scale(r.volume_before)::text, ''), coalesce(trim_scale(r.volume_after)::text, ''),
    r.amount, r.refusals::text, r.inputs::text, r.lines::text, r.effects::text, console.hashed(r.memoria::text),
    CASE WHEN r.instalments > 1 THEN 'P|' || r.instalments END)) $$;   -- one payment adds nothing to what was signed

-- All the rows in the order of their bills: what a sample is drawn by, and a part of the content.
CREATE OR REPLACE FUNCTION console.batch_rows_hash(batch bigint) RETURNS text LANGUAGE sql STABLE :definer AS $$
  SELECT console.hashed(coalesce(string_agg(r.row_hash, '' ORDER BY r.bill_id), ''))
    FROM console.batch_rows r WHERE r.batch_id = batch $$;

-- What is written and what must be true of the rows as a batch reaches a state. What its notes moved (MXN, credits below
-- zero) is written as it stops being applied.
CREATE OR REPLACE FUNCTION console.move_batch() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE made boolean := EXISTS (SELECT FROM console.batch_rows r JOIN console.corrections c ON c.batch_row_id = r.id
                                 WHERE r.batch_id = NEW.id);
BEGIN
  IF NEW.state = 'submitted' THEN
    PERFORM console.hold_accounts(ARRAY(SELECT DISTINCT r.account_id FROM console.batch_rows r
                                         WHERE r.batch_id = NEW.id AND r.eligible));
    NEW.accumulated := console.accumulated_in(NEW.id);
  ELSIF OLD.state = 'applying' THEN
    SELECT coalesce(sum(CASE n.kind WHEN 'credit' THEN -n.amount ELSE n.amount END), 0) INTO NEW.moved
      FROM console.batch_rows r JOIN console.corrections c ON c.batch_row_id = r.id
      JOIN commercial.credit_notes n ON n.correction_id = c.id WHERE r.batch_id = NEW.id;
  END IF;
  IF NEW.state IN ('computed', 'submitted') AND NOT (
       SELECT count(*) = NEW.bills AND count(*) FILTER (WHERE eligible) = NEW.proceeding
              AND coalesce(sum(amount), 0) = NEW.amount
         FROM console.batch_rows WHERE batch_id = NEW.id) THEN
    PERFORM console.refuse('AG008', 'batch_not_its_rows', NEW.id);
  ELSIF NEW.state = 'submitted' AND (NEW.proceeding = 0 OR NOT console.mends(NEW.procedure_version_id, NEW.anomaly_type_id)
       OR EXISTS (SELECT FROM console.batch_rows r JOIN commercial.bills l ON l.id = r.bill_id
         JOIN console.procedure_versions v ON v.id = NEW.procedure_version_id
        WHERE r.batch_id = NEW.id AND (l.account_id <> r.account_id OR r.eligible AND NOT (
              l.period_end BETWEEN v.valid_from AND coalesce(v.valid_to, 'infinity')
              AND l.period_end BETWEEN NEW.period_from AND NEW.period_to)))) THEN
    PERFORM console.refuse('AG008', 'batch_rows_not_ruled', NEW.id);
  ELSIF NEW.state = 'submitted' AND EXISTS (SELECT FROM console.outdated_in(NEW.id, true))
     OR NEW.state = 'applying' AND NOT made AND EXISTS (SELECT FROM console.outdated_in(NEW.id, false)) THEN
    PERFORM console.refuse('AG027', 'sources_changed', NEW.id);
  ELSIF made AND OLD.state IN ('submitted', 'signed') AND NEW.state = 'draft' THEN
    PERFORM console.refuse('AG002', 'batch_applied_in_part', NEW.id);
  ELSIF NEW.state = 'applied' AND EXISTS (
       SELECT FROM console.batch_rows r WHERE r.batch_id = NEW.id AND r.eligible AND r.left_out IS NULL
          AND NOT EXISTS (SELECT FROM console.corrections c WHERE c.batch_row_id = r.id)) THEN
    PERFORM console.refuse('AG008', 'batch_not_finished', NEW.id);
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER e_move BEFORE UPDATE ON console.correction_batches
  FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION console.move_batch();

