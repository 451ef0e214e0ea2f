-- A correction as it is begun, sent and applied, refused here for any program when it is not what it says. Its
-- signatures are in core/signing.sql, and the note in corrections/notes.sql.

-- A new correction: a draft of its bill's account, under the procedure that ruled the bill; or
-- the one reversal of an applied correction.
CREATE OR REPLACE FUNCTION console.guard_draft() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.batch_row_id IS NOT NULL THEN RETURN console.begin_child(NEW); END IF;
  IF NEW.revision <> 1 OR NEW.reversed_by_id IS NOT NULL OR NEW.folio IS NOT NULL THEN
    RAISE EXCEPTION 'a draft begins at its first revision, without folio' USING ERRCODE = 'AG002';
  END IF;
  NEW.drafted_by_id := console.actor(); NEW.drafted_at := clock_timestamp();
  NEW.submitted_at := NULL; NEW.decision_reason := NULL; NEW.accumulated := '{}';
  NEW.verification_code := replace(gen_random_uuid()::text, '-', '');   -- nobody chooses what a QR says
  IF NEW.account_id <> (SELECT account_id FROM commercial.bills WHERE id = NEW.bill_id) THEN
    RAISE EXCEPTION 'the bill is of another account' USING ERRCODE = 'AG008';
  END IF;
  IF NEW.reversal_of_id IS NULL AND NOT EXISTS (
       SELECT FROM console.procedure_versions v JOIN commercial.bills b ON b.id = NEW.bill_id
         JOIN console.anomaly_types t ON t.id = NEW.anomaly_type_id
        WHERE v.id = NEW.procedure_version_id AND v.state IN ('authorized', 'superseded')
          AND v.anomaly_codes ? t.code AND v.valid_from <= b.period_end
          AND coalesce(v.valid_to, 'infinity') >= b.period_end) THEN
    RAISE EXCEPTION 'no such procedure ruled this bill' USING ERRCODE = 'AG008';
  END IF;
  IF NEW.reversal_of_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM console.corrections r WHERE r.id = NEW.reversal_of_id AND r.state = 'applied'
          AND r.bill_id = NEW.bill_id AND r.reversal_of_id IS NULL AND r.reversed_by_id IS NULL) THEN
    RAISE EXCEPTION 'only an applied correction of this bill is reversed' USING ERRCODE = 'AG008';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_draft BEFORE INSERT ON console.corrections
  FOR EACH ROW EXECUTE FUNCTION console.guard_draft();

CREATE OR REPLACE FUNCTION console.guard_correction() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'corrections are never deleted' USING ERRCODE = 'AG002';
  END IF;
  IF NEW.folio IS DISTINCT FROM OLD.folio
     AND (OLD.folio IS NOT NULL OR NOT console.issued('UAS-COR', NEW.folio)) THEN
    RAISE EXCEPTION 'a folio comes from its counter, once' USING ERRCODE = 'AG002';
  END IF;
  IF NEW.state <> OLD.state AND NEW.state = 'submitted' THEN
    NEW.submitted_at := clock_timestamp();
    PERFORM console.hold_accounts(ARRAY[NEW.account_id]);
    NEW.accumulated := console.accumulated_with(NEW);
  ELSIF (NEW.submitted_at, NEW.accumulated) IS DISTINCT FROM (OLD.submitted_at, OLD.accumulated) THEN
    RAISE EXCEPTION 'the clock and the sums are the database''s' USING ERRCODE = 'AG002';
  END IF;
  IF NEW.drafted_at <> OLD.drafted_at OR NEW.reversal_of_id IS DISTINCT FROM OLD.reversal_of_id
     OR NEW.batch_row_id IS DISTINCT FROM OLD.batch_row_id THEN
    RAISE EXCEPTION 'a correction stays what it was begun as' USING ERRCODE = 'AG002';
  END IF;
  IF NEW.reversed_by_id IS DISTINCT FROM OLD.reversed_by_id AND NOT EXISTS (
       SELECT FROM console.corrections r WHERE r.id = NEW.reversed_by_id
          AND r.reversal_of_id = NEW.id AND r.state IN ('signed', 'applied')) THEN
    RAISE EXCEPTION 'only its own signed reversal undoes a correction' USING ERRCODE = 'AG002';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_guard BEFORE UPDATE OR DELETE ON console.corrections
  FOR EACH ROW EXECUTE FUNCTION console.guard_correction();

-- The bill's lines as they stand: what was charged, moved by its notes.
CREATE OR REPLACE FUNCTION console.standing_lines(bill integer)
  RETURNS TABLE (service text, amount numeric, tax numeric)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT service, sum(amount), sum(tax) FROM (
      SELECT l.service::text, l.amount, l.tax FROM commercial.bill_lines l WHERE l.bill_id = bill
      UNION ALL
      SELECT m.service::text, side * m.amount, side * m.tax
        FROM commercial.credit_notes n JOIN commercial.credit_note_lines m ON m.credit_note_id = n.id,
             LATERAL (SELECT CASE n.kind WHEN 'credit' THEN -1 ELSE 1 END AS side) s
       WHERE n.bill_id = bill) moved
   GROUP BY service $$;

-- Whether the correction still starts from what the bill says.
CREATE OR REPLACE FUNCTION console.starts_from_bill(c console.corrections) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT NOT EXISTS (
    (SELECT service::text, amount_before, tax_before FROM console.correction_lines WHERE correction_id = c.id
     EXCEPT SELECT * FROM console.standing_lines(c.bill_id))
    UNION ALL
    (SELECT * FROM console.standing_lines(c.bill_id) EXCEPT
     SELECT service::text, amount_before, tax_before FROM console.correction_lines WHERE correction_id = c.id)) $$;

-- At commit: a record just submitted says what its lines and its bill say; an applied one has its one note, and what it undoes knows it.
CREATE OR REPLACE FUNCTION console.complete_correction() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE c console.corrections; moved numeric;
BEGIN
  SELECT * INTO c FROM console.corrections WHERE id = NEW.id;
  IF OLD.state = 'draft' AND NEW.state = 'submitted' AND c.state <> 'draft' THEN
    SELECT sum(amount_after + tax_after - amount_before - tax_before) INTO moved
      FROM console.correction_lines WHERE correction_id = c.id;
    IF moved IS DISTINCT FROM c.amount OR NOT c.eligible
       OR c.state = 'submitted' AND NOT console.starts_from_bill(c) THEN
      RAISE EXCEPTION 'correction % is not what its lines say', c.id USING ERRCODE = 'AG008';
    END IF;
    IF c.reversal_of_id IS NOT NULL AND EXISTS (
        SELECT service, amount_after, tax_after FROM console.correction_lines WHERE correction_id = c.id
        EXCEPT SELECT service, amount_before, tax_before FROM console.correction_lines
                WHERE correction_id = c.reversal_of_id) THEN
      RAISE EXCEPTION 'reversal % goes elsewhere than back', c.id USING ERRCODE = 'AG008';
    END IF;
  END IF;
  IF c.state = 'applied' AND NOT EXISTS (
      SELECT FROM commercial.credit_notes n WHERE n.correction_id = c.id
        AND n.bill_id = c.bill_id AND n.amount = abs(c.amount)
        AND n.kind = CASE WHEN c.amount < 0 THEN 'credit' ELSE 'debit' END) THEN
    RAISE EXCEPTION 'correction % is applied without its note', c.id USING ERRCODE = 'AG008';
  END IF;
  IF c.state = 'applied' AND EXISTS (SELECT FROM console.corrections u
        WHERE u.id = c.reversal_of_id AND u.reversed_by_id IS DISTINCT FROM c.id)
     OR c.reversed_by_id IS NOT NULL AND NOT EXISTS (SELECT FROM console.corrections r
        WHERE r.id = c.reversed_by_id AND r.state = 'applied') THEN
    RAISE EXCEPTION 'a correction and its reversal are applied together' USING ERRCODE = 'AG008';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS e_complete ON console.corrections;
CREATE CONSTRAINT TRIGGER e_complete AFTER UPDATE ON console.corrections
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION console.complete_correction();

-- What a stranger with the printed code may know: state and hash, and no personal data.
DROP FUNCTION IF EXISTS console.verify_code(text);
CREATE FUNCTION console.verify_code(code text)
  RETURNS TABLE (folio text, state text, revision integer, content_hash text, signatures bigint,
                 required bigint, submitted_at timestamptz, reversed_by text, reversal_of text, batch text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
