-- The note and its lines: only over a signed correction, exactly what was signed, once.

-- The note: only over a signed correction, for exactly its amount; the balance follows it.
CREATE OR REPLACE FUNCTION console.guard_note() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE c console.corrections;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'notes are never changed' USING ERRCODE = 'AG002';
  END IF;
  SELECT * INTO c FROM console.corrections WHERE id = NEW.correction_id;
  IF c.batch_row_id IS NOT NULL THEN RETURN console.begin_child_note(NEW, c.bill_id, c.amount); END IF;
  PERFORM console.actor();
  UPDATE console.corrections SET state = state WHERE id = NEW.correction_id RETURNING * INTO c;
  IF c.state NOT IN ('signed', 'applied') OR NOT console.fully_signed('corrections', c.id) THEN
    RAISE EXCEPTION 'correction % is not signed', NEW.correction_id USING ERRCODE = 'AG006';
  END IF;
  IF NEW.bill_id <> c.bill_id OR NEW.amount <> abs(c.amount)
     OR NEW.kind <> (CASE WHEN c.amount < 0 THEN 'credit' ELSE 'debit' END)
     OR NOT console.starts_from_bill(c) THEN
    RAISE EXCEPTION 'the note is not what was signed, or the bill no longer is' USING ERRCODE = 'AG008';
  END IF;
  IF NOT console.issued(CASE NEW.kind WHEN 'credit' THEN 'NC' ELSE 'ND' END, NEW.folio) THEN
    RAISE EXCEPTION 'a folio comes from its counter' USING ERRCODE = 'AG002';
  END IF;
  NEW.issued_at := clock_timestamp();
  RETURN NEW;
END $$;

-- After, not before: a row that ON CONFLICT leaves out fires what comes before it. By statement, for a
-- batch writes thousands.
CREATE OR REPLACE FUNCTION console.move_balance() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE commercial.bills b SET balance = b.balance + moved.amount
    FROM (SELECT f.bill_id, sum(CASE f.kind WHEN 'credit' THEN -f.amount ELSE f.amount END) AS amount
            FROM fresh f GROUP BY f.bill_id) moved
   WHERE b.id = moved.bill_id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER d_balance AFTER INSERT ON commercial.credit_notes REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION console.move_balance();
CREATE OR REPLACE TRIGGER d_guard BEFORE INSERT OR UPDATE OR DELETE ON commercial.credit_notes
  FOR EACH ROW EXECUTE FUNCTION console.guard_note();

-- A line of a note is one that was signed, also when it comes later than its note.
CREATE OR REPLACE FUNCTION console.check_note_lines() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE bad bigint;
BEGIN
  SELECT f.id INTO bad FROM fresh f JOIN commercial.credit_notes n ON n.id = f.credit_note_id
    LEFT JOIN console.correction_lines l ON l.correction_id = n.correction_id AND l.service = f.service,
         LATERAL (SELECT CASE n.kind WHEN 'credit' THEN -1 ELSE 1 END AS side) s
   WHERE (f.amount, f.tax) IS DISTINCT FROM
         (side * (l.amount_after - l.amount_before), side * (l.tax_after - l.tax_before)) LIMIT 1;
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION 'line % of a note is not what was signed', bad USING ERRCODE = 'AG008';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER f_signed AFTER INSERT ON commercial.credit_note_lines REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION console.check_note_lines();

-- At commit: the note has every line that was signed, and its correction is applied.
CREATE OR REPLACE FUNCTION console.complete_note() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE n commercial.credit_notes := NEW; c console.corrections;
BEGIN
  SELECT * INTO c FROM console.corrections WHERE id = n.correction_id;
  IF c.batch_row_id IS NOT NULL THEN RETURN NULL; END IF;   -- of a signed batch: batches/children.sql counts its lines
  IF c.state <> 'applied' OR EXISTS (
      WITH note AS (SELECT service::text, amount, tax FROM commercial.credit_note_lines
                     WHERE credit_note_id = n.id),
           signed AS (SELECT service::text, side * (amount_after - amount_before),
                             side * (tax_after - tax_before)
                        FROM console.correction_lines,
                             (SELECT CASE n.kind WHEN 'credit' THEN -1 ELSE 1 END AS side) s
                       WHERE correction_id = n.correction_id)
      (SELECT * FROM note EXCEPT SELECT * FROM signed) UNION ALL
      (SELECT * FROM signed EXCEPT SELECT * FROM note)) THEN
    RAISE EXCEPTION 'note % is not the lines that were signed, or its correction is not applied', n.folio
      USING ERRCODE = 'AG008';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS e_complete ON commercial.credit_notes;
CREATE CONSTRAINT TRIGGER e_complete AFTER INSERT ON commercial.credit_notes
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION console.complete_note();
DROP TRIGGER IF EXISTS e_complete ON commercial.credit_note_lines;   -- it was asked of each line until 0.3
