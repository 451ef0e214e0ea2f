-- The files of every kind of record. Who attaches to what, and in which states, is in console.attaching(),
-- which is generated from the acts.

-- The record's row is written, not only locked: whoever decided on an older one fails afterwards.
CREATE OR REPLACE FUNCTION console.hold_record(subject text, id bigint, OUT state text, OUT revision integer)
  LANGUAGE plpgsql :definer AS $$
BEGIN
  EXECUTE format('UPDATE console.%I w SET state = w.state WHERE w.id = $1 RETURNING w.state, w.revision', subject)
    INTO state, revision USING id;
END $$;

-- A file is added and removed while its record is open, by an office that may; whoever does it contributes.
CREATE OR REPLACE FUNCTION console.guard_attachment() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE a console.attachments; standing record;
BEGIN
  IF TG_OP = 'DELETE' THEN a := OLD; ELSE a := NEW; END IF;
  IF TG_OP = 'UPDATE' OR NOT EXISTS (SELECT FROM console.attaching() w WHERE w.subject = a.subject) THEN
    PERFORM console.refuse('AG002', 'file_kept', a.id);
  END IF;
  SELECT * INTO standing FROM console.hold_record(a.subject, a.subject_id);
  IF NOT EXISTS (SELECT FROM console.attaching() w WHERE w.subject = a.subject AND w.state = standing.state) THEN
    PERFORM console.refuse('AG002', 'files_frozen', a.subject_id);
  END IF;
  IF NOT EXISTS (SELECT FROM console.attaching() w WHERE w.subject = a.subject AND w.state = standing.state
                    AND w.role = replace(current_setting('role', true), 'console_', '')) THEN
    RAISE EXCEPTION 'this office adds and removes no file there' USING ERRCODE = '42501';
  END IF;
  PERFORM console.contribute(a.subject, a.subject_id, standing.revision);
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  NEW.revision := standing.revision; NEW.moved_from := NULL;
  NEW.added_by_id := console.actor(); NEW.added_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_guard BEFORE INSERT OR UPDATE OR DELETE ON console.attachments
  FOR EACH ROW EXECUTE FUNCTION console.guard_attachment();
