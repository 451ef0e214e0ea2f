-- The note and its lines: only over a signed correction, exactly what was signed, once.

-- The note: only over a signed correction, for exactly its amount. A note of a batch is looked at row by row for no
-- more than this: whether the batch is signed and the bill still says what it signed is asked of all its corrections.
CREATE OR REPLACE FUNCTION console.guard_note() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE c console.corrections;
BEGIN
  SELECT * INTO c FROM console.corrections WHERE id = NEW.correction_id;
  IF c.batch_row_id IS NULL THEN
    PERFORM console.actor();
    UPDATE console.corrections SET state = state WHERE id = NEW.correction_id RETURNING * INTO c;
    IF c.state NOT IN ('signed', 'applied') OR NOT console.fully_signed('corrections', c.id) THEN
      PERFORM console.refuse('AG006', 'note_over_unsigned', c.id);
    END IF;
  END IF;
  IF NEW.bill_id <> c.bill_id OR NEW.amount <> abs(c.amount) OR NEW.kind <> (CASE WHEN c.amount < 0 THEN 'credit' ELSE 'debit' END)
     OR c.batch_row_id IS NULL AND NOT console.agrees_with_bill(c.id) THEN
    PERFORM console.refuse('AG008', 'note_not_signed', c.id);
  ELSIF NOT console.issued(CASE NEW.kind WHEN 'credit' THEN 'NC' ELSE 'ND' END, NEW.folio) THEN
    PERFORM console.refuse('AG002', 'folio_not_issued', c.id);
  END IF;
  NEW.issued_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_guard BEFORE INSERT ON commercial.credit_notes
  FOR EACH ROW EXECUTE FUNCTION console.guard_note();

-- The balance follows the notes. After, not before: a row that ON CONFLICT leaves out fires what comes before it. By
-- statement, for a batch writes thousands.
CREATE OR REPLACE FUNCTION console.move_balance() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  UPDATE commercial.bills b SET balance = b.balance + moved.amount
    FROM (SELECT f.bill_id, sum(CASE f.kind WHEN 'credit' THEN -f.amount ELSE f.amount END) AS amount
            FROM fresh f GROUP BY f.bill_id) moved
   WHERE b.id = moved.bill_id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER d_balance AFTER INSERT ON commercial.credit_notes REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION console.move_balance();

-- At commit: the note has every line that was signed, and its correction is applied.
CREATE OR REPLACE FUNCTION console.complete_note() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM console.corrections c WHERE c.id = NEW.correction_id AND c.state = 'applied'
        AND (SELECT count(*) FROM commercial.credit_note_lines m WHERE m.credit_note_id = NEW.id)
          = (SELECT count(*) FROM console.correction_lines l WHERE l.correction_id = c.id)) THEN
    PERFORM console.refuse('AG008', 'note_incomplete', NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER e_complete AFTER INSERT ON commercial.credit_notes
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION console.complete_note();
