-- The corrections of a signed batch: each born applied, equal to its signed row, once. What the guards
-- of a single correction ask row by row is asked here of all the rows of a statement at once.

-- One child before it is written: what it may not bring, and what the database says.
CREATE OR REPLACE FUNCTION console.begin_child(c console.corrections) RETURNS console.corrections
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF c.state <> 'applied' OR c.revision <> 1 OR c.reversal_of_id IS NOT NULL OR c.reversed_by_id IS NOT NULL
     OR c.decision_reason IS NOT NULL OR c.folio IS NULL OR NOT console.issued('UAS-COR', c.folio) THEN
    RAISE EXCEPTION 'a correction of a batch is born applied, with its folio' USING ERRCODE = 'AG002';
  END IF;
  c.drafted_at := clock_timestamp(); c.accumulated := '{}';   -- its batch says it
  c.verification_code := replace(gen_random_uuid()::text, '-', '');   -- nobody chooses what a QR says
  RETURN c;
END $$;

CREATE OR REPLACE FUNCTION console.begin_child_note(n commercial.credit_notes, bill integer, moved numeric)
  RETURNS commercial.credit_notes
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF n.bill_id <> bill OR n.amount <> abs(moved)
     OR n.kind <> (CASE WHEN moved < 0 THEN 'credit' ELSE 'debit' END) THEN
    RAISE EXCEPTION 'the note is not what the batch signed' USING ERRCODE = 'AG008';
  END IF;
  IF NOT console.issued(CASE n.kind WHEN 'credit' THEN 'NC' ELSE 'ND' END, n.folio) THEN
    RAISE EXCEPTION 'a folio comes from its counter' USING ERRCODE = 'AG002';
  END IF;
  n.issued_at := clock_timestamp();
  RETURN n;
END $$;

-- Of many rows of batches, those whose bill no longer says what they were computed from.
CREATE OR REPLACE FUNCTION console.moved_rows(wanted integer[]) RETURNS SETOF integer
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH rows AS (SELECT r.id, r.bill_id, r.lines FROM console.batch_rows r WHERE r.id = ANY(wanted)),
       charged AS (
         SELECT rows.id, l.service::text, l.amount, l.tax
           FROM rows JOIN commercial.bill_lines l ON l.bill_id = rows.bill_id
         UNION ALL
         SELECT rows.id, m.service::text, CASE n.kind WHEN 'credit' THEN -1 ELSE 1 END * m.amount,
                CASE n.kind WHEN 'credit' THEN -1 ELSE 1 END * m.tax
           FROM rows JOIN commercial.credit_notes n ON n.bill_id = rows.bill_id
           JOIN commercial.credit_note_lines m ON m.credit_note_id = n.id),
       standing AS (SELECT id, service, sum(amount) AS amount, sum(tax) AS tax FROM charged GROUP BY id, service),
       signed AS (SELECT rows.id, l ->> 'service' AS service, (l ->> 'amount_before')::numeric AS amount,
                         (l ->> 'tax_before')::numeric AS tax FROM rows, jsonb_array_elements(rows.lines) l)
  SELECT DISTINCT coalesce(t.id, s.id) FROM standing t FULL JOIN signed s ON s.id = t.id AND s.service = t.service
   WHERE (t.amount, t.tax) IS DISTINCT FROM (s.amount, s.tax) $$;

-- The children of a statement: of a batch that is being applied over all its signatures, equal to
-- their rows, on bills that still say what was signed.
CREATE OR REPLACE FUNCTION console.check_children() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE batch bigint; bad bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM fresh WHERE batch_row_id IS NOT NULL) THEN RETURN NULL; END IF;
  PERFORM console.actor();
  FOR batch IN SELECT DISTINCT r.batch_id FROM fresh f JOIN console.batch_rows r ON r.id = f.batch_row_id LOOP
    IF (SELECT state FROM console.correction_batches WHERE id = batch FOR SHARE) IS DISTINCT FROM 'applying'
       OR NOT console.fully_signed('correction_batches', batch) THEN
      RAISE EXCEPTION 'batch % is not being applied over its signatures', batch USING ERRCODE = 'AG006';
    END IF;
    IF (SELECT run_by_id FROM console.correction_batches WHERE id = batch) IS DISTINCT FROM console.actor() THEN
      RAISE EXCEPTION 'batch % is not being applied by this person', batch USING ERRCODE = 'AG005';
    END IF;
    IF EXISTS (SELECT FROM console.outdated_rows(batch::integer, ARRAY(SELECT r.id FROM fresh f
                 JOIN console.batch_rows r ON r.id = f.batch_row_id WHERE r.batch_id = batch))) THEN
      RAISE EXCEPTION 'what rows of batch % were computed from changed', batch USING ERRCODE = 'AG027';
    END IF;
  END LOOP;
  SELECT f.id INTO bad FROM fresh f
    LEFT JOIN console.batch_rows r ON r.id = f.batch_row_id AND r.eligible AND r.left_out IS NULL
    LEFT JOIN console.correction_batches b ON b.id = r.batch_id
   WHERE f.batch_row_id IS NOT NULL
     AND (f.bill_id, f.account_id, f.amount, f.volume_before, f.volume_after, f.inputs, f.refusals, f.memoria,
          f.effects, f.eligible, f.anomaly_type_id, f.procedure_version_id, f.reason, f.drafted_by_id,
          f.submitted_at, f.instalments)
         IS DISTINCT FROM
         (r.bill_id, r.account_id, r.amount, r.volume_before, r.volume_after, r.inputs, r.refusals, r.memoria,
          r.effects, true, b.anomaly_type_id, b.procedure_version_id, b.reason, b.drafted_by_id,
          b.submitted_at, r.instalments) LIMIT 1;
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION 'correction % is not the row that was signed', bad USING ERRCODE = 'AG008';
  END IF;
  IF EXISTS (SELECT FROM console.moved_rows(ARRAY(SELECT batch_row_id FROM fresh WHERE batch_row_id IS NOT NULL))) THEN
    RAISE EXCEPTION 'the bill is no longer what the batch signed' USING ERRCODE = 'AG008';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER f_children AFTER INSERT ON console.corrections
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION console.check_children();

-- The lines of children are those that were signed; those of their notes follow them (corrections/notes.sql).
CREATE OR REPLACE FUNCTION console.check_child_lines() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE bad bigint;
BEGIN
  SELECT f.id INTO bad FROM fresh f JOIN console.corrections c ON c.id = f.correction_id
    JOIN console.batch_rows r ON r.id = c.batch_row_id, LATERAL (SELECT r.lines -> (f.position - 1) AS l) s
   WHERE (f.service::text, f.amount_before, f.tax_before, f.amount_after, f.tax_percent_after, f.tax_after)
         IS DISTINCT FROM (l ->> 'service', (l ->> 'amount_before')::numeric, (l ->> 'tax_before')::numeric,
           (l ->> 'amount_after')::numeric, (l ->> 'tax_percent_after')::numeric, (l ->> 'tax_after')::numeric)
   LIMIT 1;
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION 'line % is not what the batch signed', bad USING ERRCODE = 'AG008';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER f_children AFTER INSERT ON console.correction_lines
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION console.check_child_lines();
DROP TRIGGER IF EXISTS f_children ON commercial.credit_note_lines;

-- At commit: a child has its note, and both have every line; what each says was compared above.
CREATE OR REPLACE FUNCTION console.complete_child() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT FROM commercial.credit_notes n JOIN console.batch_rows r ON r.id = NEW.batch_row_id,
             LATERAL (SELECT jsonb_array_length(r.lines) AS many) s
       WHERE n.correction_id = NEW.id
         AND (SELECT count(*) FROM console.correction_lines l WHERE l.correction_id = NEW.id) = many
         AND (SELECT count(*) FROM commercial.credit_note_lines m WHERE m.credit_note_id = n.id) = many) THEN
    RAISE EXCEPTION 'correction % of a batch lacks its note or its lines', NEW.id USING ERRCODE = 'AG008';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS e_child ON console.corrections;
CREATE CONSTRAINT TRIGGER e_child AFTER INSERT ON console.corrections DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.batch_row_id IS NOT NULL) EXECUTE FUNCTION console.complete_child();

-- How many rows that proceed could not be applied as the records stand now.
CREATE OR REPLACE FUNCTION console.stale_rows(batch bigint) RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH mine AS (SELECT r.id, r.bill_id FROM console.batch_rows r WHERE r.batch_id = batch AND r.eligible)
  SELECT count(*) FROM (
    SELECT id FROM console.moved_rows(ARRAY(SELECT id FROM mine)) id
    UNION SELECT mine.id FROM mine JOIN console.corrections c ON c.bill_id = mine.bill_id
           AND c.reversed_by_id IS NULL
           AND (c.state IN ('draft', 'submitted', 'signed') OR c.state = 'applied' AND c.reversal_of_id IS NULL)
    UNION SELECT console.outdated_in(batch::integer, true)) gone $$;

-- The correction that holds a bill, or NULL. A function of its own: asked bill by bill, always by index,
-- however little PostgreSQL knows yet of a table that grows while a batch is applied.
CREATE OR REPLACE FUNCTION console.holds(bill integer) RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.id FROM console.corrections c WHERE c.bill_id = bill AND c.reversed_by_id IS NULL
     AND (c.state IN ('draft', 'submitted', 'signed') OR c.state = 'applied' AND c.reversal_of_id IS NULL) LIMIT 1 $$;

-- Say of the rows that cannot be applied why: somebody began to correct the bill, or it changed, or what the row
-- was computed from did. Gives whether there was any.
DROP FUNCTION IF EXISTS console.leave_out(integer[]);
CREATE FUNCTION console.leave_out(wanted integer[]) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  SET enable_seqscan = off AS $$
DECLARE moved integer[] := ARRAY(SELECT console.moved_rows(wanted)); held integer[]; outdated integer[];
BEGIN
  outdated := ARRAY(SELECT console.outdated_rows(o.batch_id, wanted)
                      FROM (SELECT DISTINCT batch_id FROM console.batch_rows WHERE id = ANY(wanted)) o);
  held := ARRAY(SELECT w.id FROM unnest(wanted) x JOIN console.batch_rows w ON w.id = x
    WHERE console.holds(w.bill_id) IS NOT NULL);
  UPDATE console.batch_rows r SET left_out = coalesce(
      (SELECT CASE WHEN c.folio IS NOT NULL THEN 'El recibo ya tiene la corrección ' || c.folio || '; revíselo aparte.'
                   ELSE 'El recibo tiene una corrección en borrador; revíselo aparte.' END
         FROM console.corrections c WHERE c.id = console.holds(r.bill_id)),
      CASE WHEN r.id = ANY(moved) THEN 'Los renglones del recibo cambiaron desde que se calculó el lote; revíselo aparte.'
           ELSE 'La tarifa o los datos con que se calculó cambiaron después; revíselo aparte.' END)
   WHERE r.id = ANY(held || moved || outdated) AND r.left_out IS NULL;
  RETURN FOUND;
END $$;
