-- The correction's signed path, refused here for any program: contributions, content, slots,
-- signatures and application. The note is in 32_notes.sql.

CREATE OR REPLACE FUNCTION console.contribute(subject text, id bigint, revision integer) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO console.contributions (subject, subject_id, revision, person_id)
  VALUES (subject, id, revision, console.actor()) ON CONFLICT DO NOTHING $$;

CREATE OR REPLACE FUNCTION console.note_contribution() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE c console.corrections;
BEGIN
  IF TG_TABLE_NAME = 'corrections' THEN
    IF NEW.batch_row_id IS NOT NULL THEN RETURN NEW; END IF;   -- its hands are the batch's
    IF TG_OP = 'INSERT' THEN NEW.drafted_by_id := console.actor(); END IF;
    IF NEW.state = 'draft' THEN
      PERFORM console.contribute('corrections', NEW.id, NEW.revision);
    END IF;
    RETURN NEW;
  END IF;
  IF TG_TABLE_NAME = 'correction_lines' AND TG_OP = 'INSERT' THEN
    IF EXISTS (SELECT FROM console.corrections k
                WHERE k.id = NEW.correction_id AND k.batch_row_id IS NOT NULL) THEN RETURN NEW; END IF;
  END IF;
  SELECT * INTO c FROM console.corrections WHERE id =
    (CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END ->> 'correction_id')::bigint;
  PERFORM console.contribute('corrections', c.id, c.revision);
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

-- A returned record begins its new revision with its author's hand already on it, but the
-- director who returned it put none there.
CREATE OR REPLACE FUNCTION console.contribute_on_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('submitted', 'signed') AND NEW.state = 'draft' THEN
    INSERT INTO console.contributions (subject, subject_id, revision, person_id)
    SELECT 'corrections', NEW.id, NEW.revision, k.person_id FROM console.contributions k
     WHERE k.subject = 'corrections' AND k.subject_id = NEW.id AND k.revision = OLD.revision
    ON CONFLICT DO NOTHING;
  ELSIF OLD.state = 'draft' AND (to_jsonb(NEW) - 'version') <> (to_jsonb(OLD) - 'version') THEN
    PERFORM console.contribute('corrections', NEW.id, NEW.revision);
  END IF;
  RETURN NULL;
END $$;
ALTER FUNCTION console.contribute_on_edit() SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
CREATE OR REPLACE TRIGGER c_contribute_insert BEFORE INSERT ON console.corrections
  FOR EACH ROW EXECUTE FUNCTION console.note_contribution();
CREATE OR REPLACE TRIGGER c_contribute_update AFTER UPDATE ON console.corrections
  FOR EACH ROW EXECUTE FUNCTION console.contribute_on_edit();
CREATE OR REPLACE TRIGGER c_contribute BEFORE INSERT OR UPDATE OR DELETE ON console.correction_lines
  FOR EACH ROW EXECUTE FUNCTION console.note_contribution();

-- What a signature is over. Free text enters as its own SHA-256, so that no character of it can
-- pretend to be a separator.
CREATE OR REPLACE FUNCTION console.correction_content(wanted bigint) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT '||' || concat_ws('|', '1.0', 'CORRECCION', c.id, c.folio, c.revision, b.folio, a.number,
      t.code, v.content_hash, coalesce(r.folio, ''),
      coalesce(trim_scale(c.volume_before)::text, ''), coalesce(trim_scale(c.volume_after)::text, ''),
      c.amount,
      encode(sha256(convert_to(c.reason, 'UTF8')), 'hex'),
      encode(sha256(convert_to(c.inputs::text, 'UTF8')), 'hex'),
      encode(sha256(convert_to(c.memoria::text, 'UTF8')), 'hex'),
      (SELECT string_agg(concat_ws('|', 'L', l.service, l.amount_before, l.tax_before, l.amount_after,
              trim_scale(l.tax_percent_after), l.tax_after), '|' ORDER BY l.position, l.id)
         FROM console.correction_lines l WHERE l.correction_id = c.id),
      (SELECT string_agg(concat_ws('|', 'E', e.kind, d.sha256), '|' ORDER BY e.kind, d.sha256)
         FROM console.attachments e JOIN console.documents d ON d.id = e.document_id
        WHERE e.subject = 'corrections' AND e.subject_id = c.id),
      (SELECT concat_ws('|', 'LOTE', o.folio, w.row_hash) FROM console.batch_rows w
         JOIN console.correction_batches o ON o.id = w.batch_id WHERE w.id = c.batch_row_id),
      (SELECT string_agg(concat_ws('|', 'S', s.position, concat_ws('/', s.role, (
              SELECT string_agg(d, '/' ORDER BY d) FROM jsonb_array_elements_text(s.deputies) d))),
              '|' ORDER BY s.position)
         FROM console.signature_slots s WHERE s.correction_id = c.id AND s.revision = c.revision),
      CASE WHEN c.instalments > 1 THEN 'P|' || c.instalments END,   -- one payment adds nothing to what was signed
      'A|' || encode(sha256(convert_to(nullif(c.accumulated, '{}')::text, 'UTF8')), 'hex')   -- nor does nothing else
    ) || '||'
    FROM console.corrections c
    JOIN commercial.bills b ON b.id = c.bill_id JOIN commercial.accounts a ON a.id = c.account_id
    JOIN console.anomaly_types t ON t.id = c.anomaly_type_id
    JOIN console.procedure_versions v ON v.id = c.procedure_version_id
    LEFT JOIN console.corrections r ON r.id = c.reversal_of_id
   WHERE c.id = wanted $$;

CREATE OR REPLACE FUNCTION console.correction_hash(wanted bigint) RETURNS text
  LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(console.correction_content(wanted), 'UTF8')), 'hex') $$;

-- Whether every slot of the present revision holds a signature over exactly this content, by
-- somebody who put no hand on it; or its batch was signed whole.
CREATE OR REPLACE FUNCTION console.fully_signed(wanted bigint) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE batch bigint := console.batch_of(wanted);
BEGIN
  RETURN CASE WHEN batch IS NULL THEN console.slots_signed(wanted) ELSE console.fully_endorsed(NULL, batch) END;
END $$;

CREATE OR REPLACE FUNCTION console.slots_signed(wanted bigint) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(*) > 0 AND bool_and(EXISTS (
      SELECT FROM console.signatures g
       WHERE g.slot_id = s.id AND g.revision = c.revision AND (g.role = s.role OR s.deputies ? g.role)
         AND g.content_hash = console.correction_hash(c.id)
         AND NOT EXISTS (SELECT FROM console.contributions k WHERE k.subject = 'corrections'
              AND k.subject_id = c.id AND k.revision = c.revision AND k.person_id = g.signer_id)))
    FROM console.corrections c
    JOIN console.signature_slots s ON s.correction_id = c.id AND s.revision = c.revision
   WHERE c.id = wanted $$;

-- The batch that a correction was born of, or NULL.
CREATE OR REPLACE FUNCTION console.batch_of(wanted bigint) RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.batch_id FROM console.corrections c JOIN console.batch_rows r ON r.id = c.batch_row_id
   WHERE c.id = wanted $$;

-- A new correction: a draft of its bill's account, under the procedure that ruled the bill; or
-- the one reversal of an applied correction.
CREATE OR REPLACE FUNCTION console.guard_draft() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.batch_row_id IS NOT NULL THEN RETURN console.begin_child(NEW); END IF;
  IF NEW.revision <> 1 OR NEW.reversed_by_id IS NOT NULL OR NEW.folio IS NOT NULL THEN
    RAISE EXCEPTION 'a draft begins at its first revision, without folio' USING ERRCODE = 'AG002';
  END IF;
  NEW.drafted_at := clock_timestamp(); NEW.submitted_at := NULL; NEW.decision_reason := NULL;
  NEW.accumulated := '{}';
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
DECLARE moves boolean; back boolean;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'corrections are never deleted' USING ERRCODE = 'AG002';
  END IF;
  moves := NEW.state <> OLD.state;
  back := OLD.state IN ('submitted', 'signed') AND NEW.state = 'draft';
  IF moves AND NEW.state IN ('signed', 'applied') AND NOT console.fully_signed(NEW.id) THEN
    RAISE EXCEPTION 'correction % lacks signatures over this content', NEW.id USING ERRCODE = 'AG006';
  END IF;
  IF NEW.revision <> OLD.revision + back::int THEN
    RAISE EXCEPTION 'a revision opens only when a record is returned' USING ERRCODE = 'AG002';
  END IF;
  IF NEW.folio IS DISTINCT FROM OLD.folio
     AND (OLD.folio IS NOT NULL OR NOT console.issued('UAS-COR', NEW.folio)) THEN
    RAISE EXCEPTION 'a folio comes from its counter, once' USING ERRCODE = 'AG002';
  END IF;
  IF back OR moves AND NEW.state = 'rejected' THEN
    IF coalesce(btrim(NEW.decision_reason), '') = '' THEN
      RAISE EXCEPTION 'a decision has its reason' USING ERRCODE = 'AG008';
    END IF;
  ELSIF NEW.decision_reason IS DISTINCT FROM OLD.decision_reason THEN
    RAISE EXCEPTION 'the reason stays with its decision' USING ERRCODE = 'AG002';
  END IF;
  IF moves AND NEW.state = 'submitted' THEN
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

-- At commit: a record just submitted has exactly the slots of its band and says what its lines
-- and its bill say; an applied one has its one note, and what it undoes knows it.
CREATE OR REPLACE FUNCTION console.complete_correction() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE c console.corrections; moved numeric;
BEGIN
  SELECT * INTO c FROM console.corrections WHERE id = NEW.id;
  IF OLD.state = 'draft' AND NEW.state = 'submitted' AND c.state <> 'draft' THEN
    IF NOT console.has_its_slots(c) THEN
      RAISE EXCEPTION 'correction % has other signatures than its band asks', c.id USING ERRCODE = 'AG036';
    END IF;
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

CREATE OR REPLACE FUNCTION console.guard_signature() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE c console.corrections; s console.signature_slots; a record;
        office text := replace(current_setting('role', true), 'console_', '');
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'signatures are never changed' USING ERRCODE = 'AG002';
  END IF;
  -- The correction's row is written, not only locked: an edit begun before fails afterwards.
  UPDATE console.corrections SET state = state WHERE id = NEW.correction_id RETURNING * INTO c;
  SELECT * INTO s FROM console.signature_slots WHERE id = NEW.slot_id;
  NEW.signer_id := console.actor(); NEW.role := office; NEW.revision := c.revision;
  SELECT * INTO a FROM console.hold_office(NEW.signer_id, office);
  NEW.signed_at := clock_timestamp();   -- after the office is held, so never after it was revoked
  NEW.acting := a.acting; NEW.absent_id := a.absent_id; NEW.letter := a.letter;
  IF c.state IS DISTINCT FROM 'submitted' OR s.correction_id IS DISTINCT FROM c.id
     OR s.revision <> c.revision THEN
    RAISE EXCEPTION 'correction % is not open to this signature', NEW.correction_id USING ERRCODE = 'AG005';
  END IF;
  IF NOT console.fills('corrections', c.id, office, s.position) THEN
    RAISE EXCEPTION 'this slot is of another office' USING ERRCODE = 'AG003';
  END IF;
  IF EXISTS (SELECT FROM console.contributions k WHERE k.subject = 'corrections'
      AND k.subject_id = c.id AND k.revision = c.revision AND k.person_id = NEW.signer_id) THEN
    RAISE EXCEPTION 'who contributed to a revision does not sign it' USING ERRCODE = 'AG003';
  END IF;
  IF EXISTS (SELECT FROM console.signature_slots e WHERE e.correction_id = c.id
      AND e.revision = c.revision AND e.position < s.position
      AND NOT EXISTS (SELECT FROM console.signatures g WHERE g.slot_id = e.id)) THEN
    RAISE EXCEPTION 'an earlier signature is missing' USING ERRCODE = 'AG007';
  END IF;
  IF NEW.content_hash <> console.correction_hash(c.id) THEN
    RAISE EXCEPTION 'the content is not the one that was seen' USING ERRCODE = 'AG004';
  END IF;
  IF NOT console.starts_from_bill(c) OR EXISTS (SELECT FROM console.changed_sources(c.id)) THEN
    RAISE EXCEPTION 'what correction % was computed from changed', c.id USING ERRCODE = 'AG027';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_guard BEFORE INSERT OR UPDATE OR DELETE ON console.signatures
  FOR EACH ROW EXECUTE FUNCTION console.guard_signature();

-- What a stranger with the printed code may know: state and hash, and no personal data.
DROP FUNCTION IF EXISTS console.verify_code(text);
CREATE FUNCTION console.verify_code(code text)
  RETURNS TABLE (folio text, state text, revision integer, content_hash text, signatures bigint,
                 required bigint, submitted_at timestamptz, reversed_by text, reversal_of text, batch text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.folio, c.state::text, c.revision, console.correction_hash(c.id),
    CASE WHEN k.id IS NULL THEN
      (SELECT count(*) FROM console.signatures g WHERE g.correction_id = c.id AND g.revision = c.revision)
    ELSE (SELECT count(*) FROM console.endorsements e WHERE e.batch_id = k.id AND e.revision = k.revision) END,
    CASE WHEN k.id IS NULL THEN
      (SELECT count(*) FROM console.signature_slots s WHERE s.correction_id = c.id AND s.revision = c.revision)
    ELSE jsonb_array_length(k.signers) END,
    c.submitted_at, u.folio, o.folio, k.folio
    FROM console.corrections c
    LEFT JOIN console.corrections u ON u.id = c.reversed_by_id
    LEFT JOIN console.corrections o ON o.id = c.reversal_of_id
    LEFT JOIN console.batch_rows w ON w.id = c.batch_row_id
    LEFT JOIN console.correction_batches k ON k.id = w.batch_id
   WHERE c.verification_code = code AND c.folio IS NOT NULL $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA console FROM PUBLIC;
