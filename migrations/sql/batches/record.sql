-- A batch: what may move when, and its rows, written once. What stands still and who may write what is generated from its
-- rule; its signatures are in core/signing.sql, and how its bills are corrected in children.sql.

-- What a signature over one row is over: the row's own hash, in PostgreSQL's words.
CREATE OR REPLACE FUNCTION console.batch_row_hash(r console.batch_rows) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT console.hashed(concat_ws('|', '1.0', 'RENGLON', r.bill_id, r.account_id, r.eligible,
    coalesce(trim_scale(r.volume_before)::text, ''), coalesce(trim_scale(r.volume_after)::text, ''),
    r.amount, r.refusals::text, r.inputs::text, r.lines::text, r.effects::text, console.hashed(r.memoria::text),
    CASE WHEN r.instalments > 1 THEN 'P|' || r.instalments END)) $$;   -- one payment adds nothing to what was signed

-- What an account adds up is written as a batch is sent, and what its notes moved (MXN, credits below zero) as it stops
-- being applied. What must be so of its rows is needed by its acts.
CREATE OR REPLACE FUNCTION console.move_batch() RETURNS trigger LANGUAGE plpgsql :definer AS $$
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
  IF NEW.state = 'draft' AND OLD.state IN ('submitted', 'signed') AND EXISTS (SELECT FROM console.batch_rows r
      JOIN console.corrections c ON c.batch_row_id = r.id WHERE r.batch_id = NEW.id) THEN
    PERFORM console.refuse('AG002', 'batch_applied_in_part', NEW.id);
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER e_move BEFORE UPDATE ON console.correction_batches
  FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION console.move_batch();

