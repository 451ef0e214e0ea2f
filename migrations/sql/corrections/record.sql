-- A correction as it is begun, sent and applied, refused here for any program when it is not what it says. What stands
-- still and who may write what is generated from its rule; its signatures are in core/signing.sql.

-- A new correction: a draft of its bill's account, under the procedure that ruled the bill; or
-- the one reversal of an applied correction.
CREATE OR REPLACE FUNCTION console.begin_correction() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  IF NEW.revision <> 1 OR NEW.folio IS NOT NULL OR (NEW.reversed_by_id, NEW.batch_row_id) IS DISTINCT FROM (NULL, NULL) THEN
    PERFORM console.refuse('AG002', 'correction_begins_as_draft', NULL);
  ELSIF NEW.account_id <> (SELECT account_id FROM commercial.bills WHERE id = NEW.bill_id) THEN
    PERFORM console.refuse('AG008', 'bill_of_another_account', NULL);
  ELSIF NEW.reversal_of_id IS NULL AND NOT console.ruled(NEW.procedure_version_id, NEW.anomaly_type_id, NEW.bill_id) THEN
    PERFORM console.refuse('AG008', 'procedure_did_not_rule', NULL);
  ELSIF NEW.reversal_of_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM console.corrections r WHERE r.id = NEW.reversal_of_id AND r.state = 'applied'
          AND r.bill_id = NEW.bill_id AND r.reversal_of_id IS NULL AND r.reversed_by_id IS NULL) THEN
    PERFORM console.refuse('AG008', 'reverses_no_applied_correction', NULL);
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER b_begin BEFORE INSERT ON console.corrections FOR EACH ROW
  WHEN (NEW.batch_row_id IS NULL OR NEW.state <> 'applied') EXECUTE FUNCTION console.begin_correction();

-- Whether a version that is or was in force mends that cause and, of a bill, rules the last day of its period.
CREATE OR REPLACE FUNCTION console.ruled(ruling bigint, cause bigint, bill bigint DEFAULT NULL) RETURNS boolean
  LANGUAGE sql STABLE :definer AS $$
  SELECT EXISTS (SELECT FROM console.procedure_versions v JOIN console.anomaly_types t ON t.id = cause
                   LEFT JOIN commercial.bills b ON b.id = bill
                  WHERE v.id = ruling AND v.state IN ('authorized', 'superseded') AND v.anomaly_codes ? t.code
                    AND (bill IS NULL OR b.period_end BETWEEN v.valid_from AND coalesce(v.valid_to, 'infinity'))) $$;

-- What its account adds up is written as it is sent, and by whom it was undone as its reversal is applied.
CREATE OR REPLACE FUNCTION console.move_correction() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  IF NEW.state <> OLD.state AND NEW.state = 'submitted' THEN
    PERFORM console.hold_accounts(ARRAY[NEW.account_id]);
    NEW.accumulated := console.accumulated_with(NEW);
  END IF;
  IF NEW.reversed_by_id IS DISTINCT FROM OLD.reversed_by_id AND NOT EXISTS (
       SELECT FROM console.corrections r WHERE r.id = NEW.reversed_by_id
          AND r.reversal_of_id = NEW.id AND r.state IN ('signed', 'applied')) THEN
    PERFORM console.refuse('AG002', 'undone_by_another', NEW.id);
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER e_move BEFORE UPDATE ON console.corrections
  FOR EACH ROW EXECUTE FUNCTION console.move_correction();

-- The lines of bills as they stand: what was charged, moved by their notes.
CREATE OR REPLACE FUNCTION console.standing_lines(bills integer[])
  RETURNS TABLE (bill_id integer, service text, amount numeric, tax numeric) LANGUAGE sql STABLE :definer AS $$
  SELECT m.bill_id, m.service, sum(m.amount), sum(m.tax) FROM (
      SELECT l.bill_id, l.service::text, l.amount, l.tax FROM commercial.bill_lines l WHERE l.bill_id = ANY(bills)
      UNION ALL
      SELECT n.bill_id, l.service::text, side * l.amount, side * l.tax
        FROM commercial.credit_notes n JOIN commercial.credit_note_lines l ON l.credit_note_id = n.id,
             LATERAL (SELECT CASE n.kind WHEN 'credit' THEN -1 ELSE 1 END AS side) s
       WHERE n.bill_id = ANY(bills)) m
   GROUP BY m.bill_id, m.service $$;

-- Whether the correction still starts from what the bill says.
CREATE OR REPLACE FUNCTION console.starts_from_bill(c console.corrections) RETURNS boolean
  LANGUAGE sql STABLE :definer AS $$
  SELECT NOT EXISTS (
    SELECT FROM console.standing_lines(ARRAY[c.bill_id]) s FULL JOIN (
           SELECT * FROM console.correction_lines o WHERE o.correction_id = c.id) l ON l.service = s.service
     WHERE (l.amount_before, l.tax_before) IS DISTINCT FROM (s.amount, s.tax)) $$;

-- At commit: a record just submitted says what its lines and its bill say; an applied one has its one note, and what it
-- undoes knows it.
CREATE OR REPLACE FUNCTION console.complete_correction() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE c console.corrections; moved numeric;
BEGIN
  SELECT * INTO c FROM console.corrections WHERE id = NEW.id;
  IF OLD.state = 'draft' AND NEW.state = 'submitted' AND c.state <> 'draft' THEN
    SELECT sum(amount_after + tax_after - amount_before - tax_before) INTO moved
      FROM console.correction_lines WHERE correction_id = c.id;
    IF moved IS DISTINCT FROM c.amount OR NOT c.eligible
       OR c.state = 'submitted' AND NOT console.starts_from_bill(c) THEN
      PERFORM console.refuse('AG008', 'correction_not_its_lines', c.id);
    ELSIF c.reversal_of_id IS NOT NULL AND EXISTS (
        SELECT service, amount_after, tax_after FROM console.correction_lines WHERE correction_id = c.id
        EXCEPT SELECT service, amount_before, tax_before FROM console.correction_lines
                WHERE correction_id = c.reversal_of_id) THEN
      PERFORM console.refuse('AG008', 'reversal_goes_elsewhere', c.id);
    END IF;
  END IF;
  IF c.state = 'applied' AND NOT EXISTS (SELECT FROM commercial.credit_notes n WHERE n.correction_id = c.id) THEN
    PERFORM console.refuse('AG008', 'applied_without_note', c.id);
  ELSIF c.state = 'applied' AND EXISTS (SELECT FROM console.corrections u
        WHERE u.id = c.reversal_of_id AND u.reversed_by_id IS DISTINCT FROM c.id)
     OR c.reversed_by_id IS NOT NULL AND NOT EXISTS (SELECT FROM console.corrections r
        WHERE r.id = c.reversed_by_id AND r.state = 'applied') THEN
    PERFORM console.refuse('AG008', 'reversal_applied_apart', c.id);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER e_complete AFTER UPDATE ON console.corrections
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION console.complete_correction();

-- What a stranger with the printed code may know: state and hash, and no personal data.
CREATE OR REPLACE FUNCTION console.verify_code(code text)
  RETURNS TABLE (folio text, state text, revision integer, content_hash text, signatures bigint,
  required bigint, submitted_at timestamptz, reversed_by text, reversal_of text, batch text)
  LANGUAGE sql STABLE :definer AS $$
  SELECT c.folio, c.state::text, c.revision, console.content_hash('corrections', c.id), g.given, g.required,
    c.submitted_at, u.folio, o.folio, k.folio
    FROM console.corrections c
    LEFT JOIN console.corrections u ON u.id = c.reversed_by_id
    LEFT JOIN console.corrections o ON o.id = c.reversal_of_id
    LEFT JOIN console.batch_rows w ON w.id = c.batch_row_id
    LEFT JOIN console.correction_batches k ON k.id = w.batch_id,
         console.signatures_of(CASE WHEN k.id IS NULL THEN 'corrections' ELSE 'correction_batches' END,
                               coalesce(k.id, c.id)) g
   WHERE c.verification_code = code AND c.folio IS NOT NULL $$;
