-- Signatures over a whole document, a procedure version or a batch, refused here for any program.

-- Who must sign it, in order: a version, its two offices; a batch, what its bands and its procedure asked
-- when it was sent, with the deputies of each place.
DROP FUNCTION IF EXISTS console.endorsers(bigint, bigint);
CREATE FUNCTION console.endorsers(version bigint, batch bigint)
  RETURNS TABLE ("position" integer, role text, deputies jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p, r, '[]'::jsonb FROM (VALUES (1, 'unit_head'), (2, 'commercial_director')) AS two (p, r)
   WHERE version IS NOT NULL
  UNION ALL
  SELECT (s ->> 'position')::integer, s ->> 'role', coalesce(s -> 'deputies', '[]')
    FROM console.correction_batches b, jsonb_array_elements(b.signers) s WHERE b.id = batch
  ORDER BY 1 $$;

-- The places that the present revision of a record asks to be signed, and whether an office may fill one of
-- them, or that one: the same test says who signs it and who returns or rejects it.
CREATE OR REPLACE FUNCTION console.places(subject text, wanted bigint)
  RETURNS TABLE ("position" integer, role text, deputies jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.position, s.role::text, s.deputies FROM console.corrections c
    JOIN console.signature_slots s ON s.correction_id = c.id AND s.revision = c.revision
   WHERE subject = 'corrections' AND c.id = wanted
  UNION ALL
  SELECT * FROM console.endorsers(CASE subject WHEN 'procedure_versions' THEN wanted END,
                                  CASE subject WHEN 'correction_batches' THEN wanted END) $$;

CREATE OR REPLACE FUNCTION console.fills(subject text, wanted bigint, office text, place integer DEFAULT NULL)
  RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM console.places(subject, wanted) p WHERE (p.role = office OR p.deputies ? office)
                  AND p."position" = coalesce(place, p."position")) $$;

CREATE OR REPLACE FUNCTION console.document_hash(version bigint, batch bigint) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT encode(sha256(convert_to(CASE WHEN version IS NOT NULL THEN console.version_content(version)
                                       ELSE console.batch_content(batch) END, 'UTF8')), 'hex') $$;

-- Whether every office that must has signed exactly this content in this revision.
CREATE OR REPLACE FUNCTION console.fully_endorsed(version bigint, batch bigint) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE now_at integer; content text := console.document_hash(version, batch);
BEGIN
  SELECT revision INTO now_at FROM console.procedure_versions WHERE id = version;
  IF batch IS NOT NULL THEN
    SELECT revision INTO now_at FROM console.correction_batches WHERE id = batch;
  END IF;
  RETURN EXISTS (SELECT FROM console.endorsers(version, batch)) AND NOT EXISTS (
    SELECT FROM console.endorsers(version, batch) w WHERE NOT EXISTS (
      SELECT FROM console.endorsements e
       WHERE (e.version_id = version OR e.batch_id = batch) AND e.revision = now_at
         AND e.position = w."position" AND (e.role = w.role OR w.deputies ? e.role)
         AND e.content_hash = content));
END $$;

CREATE OR REPLACE FUNCTION console.guard_endorsement() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE a record; at_state text; at_revision integer;
        subject_table text := CASE WHEN NEW.version_id IS NULL THEN 'correction_batches' ELSE 'procedure_versions' END;
        office text := replace(current_setting('role', true), 'console_', '');
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'signatures are never changed' USING ERRCODE = 'AG002';
  END IF;
  NEW.signer_id := console.actor(); NEW.role := office;
  SELECT * INTO a FROM console.hold_office(NEW.signer_id, office);
  NEW.signed_at := clock_timestamp();   -- after the office is held, so never after it was revoked
  NEW.acting := a.acting; NEW.absent_id := a.absent_id; NEW.letter := a.letter;
  -- The document's row is written, not only locked: an edit begun before fails afterwards.
  IF NEW.version_id IS NOT NULL THEN
    UPDATE console.procedure_versions SET state = state WHERE id = NEW.version_id
      RETURNING state, revision INTO at_state, at_revision;
  ELSE
    UPDATE console.correction_batches SET state = state WHERE id = NEW.batch_id
      RETURNING state, revision INTO at_state, at_revision;
  END IF;
  NEW.revision := at_revision;
  IF at_state IS DISTINCT FROM 'submitted' THEN
    RAISE EXCEPTION 'the document is not open to this signature' USING ERRCODE = 'AG005';
  END IF;
  IF NOT console.fills(subject_table, coalesce(NEW.version_id, NEW.batch_id), office, NEW.position) THEN
    RAISE EXCEPTION 'this signature is of another office' USING ERRCODE = 'AG003';
  END IF;
  IF EXISTS (SELECT FROM console.contributions k WHERE k.subject = subject_table
      AND k.subject_id = coalesce(NEW.version_id, NEW.batch_id) AND k.revision = at_revision
      AND k.person_id = NEW.signer_id) THEN
    RAISE EXCEPTION 'who contributed to a revision does not sign it' USING ERRCODE = 'AG003';
  END IF;
  IF EXISTS (SELECT FROM console.endorsers(NEW.version_id, NEW.batch_id) w
      WHERE w."position" < NEW.position AND NOT EXISTS (
        SELECT FROM console.endorsements e WHERE e.position = w."position" AND e.revision = at_revision
           AND (e.version_id = NEW.version_id OR e.batch_id = NEW.batch_id))) THEN
    RAISE EXCEPTION 'an earlier signature is missing' USING ERRCODE = 'AG007';
  END IF;
  IF NEW.content_hash <> console.document_hash(NEW.version_id, NEW.batch_id) THEN
    RAISE EXCEPTION 'the content is not the one that was seen' USING ERRCODE = 'AG004';
  END IF;
  IF NEW.batch_id IS NOT NULL AND EXISTS (SELECT FROM console.outdated_in(NEW.batch_id, false)) THEN
    RAISE EXCEPTION 'what batch % was computed from changed', NEW.batch_id USING ERRCODE = 'AG027';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_guard BEFORE INSERT OR UPDATE OR DELETE ON console.endorsements
  FOR EACH ROW EXECUTE FUNCTION console.guard_endorsement();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA console FROM PUBLIC;
