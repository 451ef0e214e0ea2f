-- The corrections of a signed batch: each born applied, equal to its signed row, once. What the guards
-- of a single correction ask row by row is asked here of all the rows of a statement at once.

-- The children of a statement: of a batch that is being applied over all its signatures by who writes them, on bills
-- that still say what was signed. That each is its row is generated (arriving() in policies/batches/acts.py).
CREATE OR REPLACE FUNCTION console.check_children() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE b console.correction_batches; of_batch integer; bad bigint;
        arrived integer[] := ARRAY(SELECT batch_row_id FROM fresh WHERE batch_row_id IS NOT NULL);
BEGIN
  IF arrived = '{}' THEN RETURN NULL; END IF;
  SELECT f.id INTO bad FROM fresh f WHERE f.batch_row_id IS NOT NULL AND (
         f.revision <> 1 OR (f.reversal_of_id, f.reversed_by_id, f.decision_reason) IS DISTINCT FROM (NULL, NULL, NULL))
   LIMIT 1;
  IF bad IS NOT NULL THEN
    PERFORM console.refuse('AG002', 'child_born_otherwise', bad);
  END IF;
  FOR of_batch IN SELECT DISTINCT r.batch_id FROM console.batch_rows r WHERE r.id = ANY(arrived) LOOP
    SELECT * INTO b FROM console.correction_batches WHERE id = of_batch FOR SHARE;
    IF b.state <> 'applying' OR NOT console.fully_signed('correction_batches', b.id) THEN
      PERFORM console.refuse('AG006', 'batch_not_signed', b.id);
    ELSIF b.run_by_id <> console.actor() THEN
      PERFORM console.refuse('AG005', 'batch_of_another', b.id);
    ELSIF EXISTS (SELECT FROM console.outdated_rows(b.id, arrived)) THEN
      PERFORM console.refuse('AG027', 'sources_changed', b.id);
    END IF;
  END LOOP;
  IF EXISTS (SELECT FROM console.moved_rows(arrived)) THEN
    PERFORM console.refuse('AG008', 'bill_moved', NULL);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER f_children AFTER INSERT ON console.corrections
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION console.check_children();

-- At commit: a child has every line of its row and its note, whose lines corrections/notes.sql counts.
CREATE OR REPLACE FUNCTION console.complete_child() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM commercial.credit_notes n, console.batch_rows r
        WHERE n.correction_id = NEW.id AND r.id = NEW.batch_row_id
          AND (SELECT count(*) FROM console.correction_lines l WHERE l.correction_id = NEW.id) = jsonb_array_length(r.lines)) THEN
    PERFORM console.refuse('AG008', 'child_incomplete', NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER e_child AFTER INSERT ON console.corrections DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.batch_row_id IS NOT NULL) EXECUTE FUNCTION console.complete_child();

-- Those of many rows of one batch that cannot be applied as the records stand now, and why: somebody began to correct
-- the bill, or it changed, or what the row was computed from did.
CREATE OR REPLACE FUNCTION console.unfit_rows(of_batch integer, wanted integer[]) RETURNS TABLE (id integer, why text)
  LANGUAGE sql STABLE :definer AS $$
  SELECT r.id, CASE WHEN h.id IS NULL THEN gone.why WHEN c.folio IS NULL THEN
              'El recibo tiene una corrección en borrador; revíselo aparte.'
              ELSE 'El recibo ya tiene la corrección ' || c.folio || '; revíselo aparte.' END
    FROM console.batch_rows r CROSS JOIN LATERAL (SELECT console.holds(r.bill_id) AS id) h
    LEFT JOIN console.corrections c ON c.id = h.id
    LEFT JOIN (SELECT m.id, max(m.why) AS why FROM (
                 SELECT console.moved_rows(wanted), 'Los renglones del recibo cambiaron desde que se calculó el lote; revíselo aparte.'
                 UNION ALL SELECT console.outdated_rows(of_batch, wanted),
                        'La tarifa o los datos con que se calculó cambiaron después; revíselo aparte.') m (id, why)
                GROUP BY m.id) gone ON gone.id = r.id
   WHERE r.id = ANY(wanted) AND (h.id IS NOT NULL OR gone.id IS NOT NULL) $$;

-- Say of the rows that cannot be applied why. Gives whether there was any.
CREATE OR REPLACE FUNCTION console.leave_out(wanted integer[]) RETURNS boolean
  LANGUAGE plpgsql :definer SET enable_seqscan = off AS $$
BEGIN
  UPDATE console.batch_rows r SET left_out = u.why
    FROM (SELECT DISTINCT batch_id FROM console.batch_rows WHERE id = ANY(wanted)) o,
         LATERAL console.unfit_rows(o.batch_id, wanted) u WHERE r.id = u.id AND r.left_out IS NULL;
  RETURN FOUND;
END $$;
