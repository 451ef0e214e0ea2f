-- What follows a note, for any program: its form, its CFDI and its instalments.

-- The form is the database's to say. The bill's row is locked first: a payment that arrives meanwhile waits.
CREATE OR REPLACE FUNCTION console.decide_form() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  PERFORM FROM commercial.bills WHERE id = NEW.bill_id FOR NO KEY UPDATE;
  NEW.form := coalesce(console.note_form(NEW.bill_id), 'note');
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER e_form BEFORE INSERT ON commercial.credit_notes
  FOR EACH ROW EXECUTE FUNCTION console.decide_form();

-- Of the reason a person only says which of 02 and 03 it is, as the cancellation is asked for.
CREATE OR REPLACE TRIGGER c_reason BEFORE UPDATE ON console.fiscal_records FOR EACH ROW
  WHEN (NEW.reason IS DISTINCT FROM OLD.reason AND (OLD.state = 'pending' AND NEW.state = 'requested'
  AND OLD.reason IN ('02', '03') AND NEW.reason IN ('02', '03')) IS NOT TRUE) EXECUTE FUNCTION console.frozen();

-- What a corrected bill replaces is what stands when it is stamped: an earlier corrected bill may have been since. The
-- reasons and the amount are explained in models/fiscal.py. After d_declared, by the order of their names.
CREATE OR REPLACE FUNCTION console.replace_cfdi() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE n commercial.credit_notes; worth numeric;
BEGIN
  SELECT * INTO n FROM commercial.credit_notes WHERE id = NEW.note_id;
  IF n.form = 'corrected_bill' THEN
    SELECT s.uuid, s.total INTO NEW.original_uuid, worth FROM console.standing_cfdi(n.bill_id) s;
    NEW.reason := CASE WHEN NEW.original_uuid IS NOT NULL THEN '01' END;
    NEW.needs_acceptance := NEW.original_uuid IS NOT NULL AND worth > 1000;
  END IF;
  IF EXISTS (SELECT FROM commercial.bills b WHERE b.fiscal_uuid = NEW.substitute_uuid)
     OR EXISTS (SELECT FROM console.fiscal_records f WHERE f.original_uuid = NEW.substitute_uuid) THEN
    PERFORM console.refuse('AG025', 'cfdi_of_another', OLD.id);
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_replace BEFORE UPDATE ON console.fiscal_records FOR EACH ROW
  WHEN (NEW.state = 'substituted' AND OLD.state <> 'substituted') EXECUTE FUNCTION console.replace_cfdi();

-- Every note has its record, whichever program wrote it, and no office writes one by hand. It says of the
-- original, the reason and the acceptance what the note and its bill say. By statement, for a batch writes
-- thousands; after d_balance, by the order of their names.
CREATE OR REPLACE FUNCTION console.open_fiscal() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  INSERT INTO console.fiscal_records (note_id, state, original_uuid, reason, needs_acceptance, opened_at)
  SELECT n.id, 'pending', s.uuid, why, why IS NOT NULL AND s.uuid IS NOT NULL AND s.total > 1000, clock_timestamp()
    FROM fresh n JOIN commercial.bills b ON b.id = n.bill_id
    LEFT JOIN LATERAL console.standing_cfdi(n.bill_id) s ON true,
         LATERAL (SELECT CASE WHEN n.form <> 'corrected_bill' THEN NULL WHEN b.balance = 0 THEN '02'
                              WHEN s.uuid IS NOT NULL THEN '01' END AS why) w
   ORDER BY n.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER x_fiscal AFTER INSERT ON commercial.credit_notes REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION console.open_fiscal();

-- When a note is applied, at commit: as many instalments as were signed, numbered from 1, equal but for a cent
-- more in the first ones; each after the one before; together exactly a debit note. None for any other note.
-- Those of a note that was applied before are not asked again: until 0.4 the first one took all the cents.
CREATE OR REPLACE FUNCTION console.complete_instalments() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE c console.corrections; n commercial.credit_notes; i record;
BEGIN
  SELECT * INTO n FROM commercial.credit_notes WHERE CASE TG_TABLE_NAME
    WHEN 'corrections' THEN correction_id = NEW.id ELSE id = (to_jsonb(NEW) ->> 'note_id')::bigint END;
  SELECT * INTO c FROM console.corrections WHERE id = n.correction_id;
  SELECT count(*) AS many, sum(p.amount) AS worth, min(p.number) AS first, max(p.number) AS last,
         max(p.amount) - min(p.amount) AS apart, bool_and(p.amount <= p.former_amount) AS falling,
         min(p.due_on) AS due, bool_and(p.due_on > p.former_day) AS later
    INTO i FROM (SELECT number, amount, due_on, lag(due_on, 1, '-infinity') OVER (ORDER BY number) AS former_day,
                        lag(amount, 1, amount) OVER (ORDER BY number) AS former_amount
                   FROM console.instalments WHERE note_id = n.id) p;
  IF (n.kind = 'debit' AND c.state = 'applied' AND c.instalments > 1 AND i.many = c.instalments
      AND i.worth = n.amount AND i.first = 1 AND i.last = i.many AND i.apart <= 0.01 AND i.falling AND i.later
      AND i.due > (n.issued_at AT TIME ZONE 'America/Mexico_City')::date) IS NOT TRUE THEN
    PERFORM console.refuse('AG026', 'instalments_not_signed', c.id);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER e_complete AFTER INSERT ON console.instalments
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION console.complete_instalments();
CREATE CONSTRAINT TRIGGER e_instalments AFTER UPDATE ON console.corrections DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.state = 'applied' AND OLD.state <> 'applied' AND NEW.instalments > 1)
  EXECUTE FUNCTION console.complete_instalments();
CREATE CONSTRAINT TRIGGER e_instalments_born AFTER INSERT ON console.corrections
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'applied' AND NEW.instalments > 1)
  EXECUTE FUNCTION console.complete_instalments();
