-- Signing, the same for every kind of document. It names no kind: signed_kinds(), signed_content(), asked_places(),
-- signed_through() and outdated() are generated from the declarations (policies/core/signing.py).

CREATE OR REPLACE FUNCTION console.hashed(content text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(convert_to(content, 'UTF8')), 'hex') $$;

-- SHA-256, hex, of what a signature is over, as the record stands.
CREATE OR REPLACE FUNCTION console.content_hash(subject text, id bigint) RETURNS text
  LANGUAGE plpgsql STABLE :definer AS $$
BEGIN
  RETURN console.hashed(console.signed_content(subject, id));
END $$;

-- The places that the present revision of a record asks to be signed, and whether an office may fill one of them,
-- or that one: the same test says who signs it and who returns or rejects it.
CREATE OR REPLACE FUNCTION console.places_of(subject text, id bigint) RETURNS SETOF console.signature_places
  LANGUAGE plpgsql STABLE :definer AS $$
DECLARE now_at integer;
BEGIN
  EXECUTE format('SELECT w.revision FROM console.%I w WHERE w.id = $1', subject) INTO now_at USING id;
  RETURN QUERY SELECT * FROM console.signature_places p
    WHERE (p.subject, p.subject_id, p.revision) = (places_of.subject, places_of.id, now_at);
END $$;

CREATE OR REPLACE FUNCTION console.fills(subject text, wanted bigint, office text, place integer DEFAULT NULL)
  RETURNS boolean LANGUAGE sql STABLE :definer AS $$
  SELECT EXISTS (SELECT FROM console.places_of(subject, wanted) p WHERE (p.role = office OR p.deputies ? office)
                  AND p.position = coalesce(place, p.position)) $$;

CREATE OR REPLACE FUNCTION console.contributed(subject text, id bigint, revision integer, who integer) RETURNS boolean
  LANGUAGE sql STABLE :definer AS $$
  SELECT EXISTS (SELECT FROM console.contributions k
                  WHERE (k.subject, k.subject_id, k.revision, k.person_id) = ($1, $2, $3, $4)) $$;

-- Whether a place before that one lacks a signature over this content, by an office that may fill it and a person
-- who did not contribute.
CREATE OR REPLACE FUNCTION console.lacks(subject text, id bigint, before integer, content text) RETURNS boolean
  LANGUAGE sql STABLE :definer AS $$
  SELECT EXISTS (SELECT FROM console.places_of($1, $2) p WHERE p.position < before AND NOT EXISTS (
    SELECT FROM console.signatures s WHERE s.place_id = p.id AND s.content_hash = content
       AND (s.role = p.role OR p.deputies ? s.role) AND NOT console.contributed($1, $2, p.revision, s.signer_id))) $$;

-- Whether every place of the present revision is signed over exactly this content, of the record itself or of the
-- document that was signed for it.
CREATE OR REPLACE FUNCTION console.fully_signed(subject text, id bigint) RETURNS boolean
  LANGUAGE plpgsql STABLE :definer AS $$
DECLARE other record;
BEGIN
  SELECT * INTO other FROM console.signed_through(subject, id);
  IF FOUND THEN RETURN console.fully_signed(other.whole, other.whole_id); END IF;
  RETURN EXISTS (SELECT FROM console.places_of(subject, id))
     AND NOT console.lacks(subject, id, 2147483647, console.content_hash(subject, id));
END $$;

-- How many signatures the present revision has, and how many it asks for.
CREATE OR REPLACE FUNCTION console.signatures_of(subject text, id bigint, OUT given bigint, OUT required bigint)
  LANGUAGE sql STABLE :definer AS $$
  SELECT count(s.id), count(*) FROM console.places_of($1, $2) p LEFT JOIN console.signatures s ON s.place_id = p.id $$;

-- As a record is sent: its places, from the rule of its kind. Nobody else writes one.
CREATE OR REPLACE FUNCTION console.ask_places() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  INSERT INTO console.signature_places (subject, subject_id, revision, position, role, rule, deputies)
    SELECT TG_TABLE_NAME, NEW.id, NEW.revision, a."position", a.role, a.rule, a.deputies
      FROM console.asked_places(TG_TABLE_NAME, NEW.id) a;
  IF NOT FOUND THEN
    PERFORM console.refuse('AG036', 'no_signing_rule', NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER d_by_trigger BEFORE INSERT ON console.signature_places FOR EACH ROW
  WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION console.only_grows();

-- A revision opens only when a record goes back to be prepared, a decision has its reason and keeps it, and what
-- was signed is entered only over its signatures.
CREATE OR REPLACE FUNCTION console.check_signed() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE kind record; moves boolean := NEW.state <> OLD.state; back boolean;
BEGIN
  SELECT * INTO kind FROM console.signed_kinds() k WHERE k.subject = TG_TABLE_NAME;
  back := NEW.state = ANY(kind.drafts) AND NOT OLD.state = ANY(kind.drafts);
  IF NEW.revision <> OLD.revision + back::integer THEN
    PERFORM console.refuse('AG002', 'revision_kept', NEW.id);
  END IF;
  IF back OR moves AND NEW.state = ANY(kind.refused) THEN
    IF coalesce(btrim(NEW.decision_reason), '') = '' THEN
      PERFORM console.refuse('AG008', 'decision_without_reason', NEW.id);
    END IF;
  ELSIF NEW.decision_reason IS DISTINCT FROM OLD.decision_reason THEN
    PERFORM console.refuse('AG002', 'reason_kept', NEW.id);
  END IF;
  IF moves AND NEW.state = ANY(kind.decided) AND NOT console.fully_signed(TG_TABLE_NAME, NEW.id) THEN
    PERFORM console.refuse('AG006', 'signatures_missing', NEW.id);
  END IF;
  RETURN NEW;
END $$;

-- Whoever writes a record that is being prepared contributes to its revision. A returned one begins its new
-- revision with the contributions of the former; whoever returned it made none.
CREATE OR REPLACE FUNCTION console.contribute(subject text, id bigint, revision integer) RETURNS void
  LANGUAGE sql :definer AS $$
  INSERT INTO console.contributions (subject, subject_id, revision, person_id)
  VALUES (subject, id, revision, console.actor()) ON CONFLICT DO NOTHING $$;

CREATE OR REPLACE FUNCTION console.note_hand() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE drafts text[] := (SELECT k.drafts FROM console.signed_kinds() k WHERE k.subject = TG_TABLE_NAME);
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state = ANY(drafts) THEN PERFORM console.contribute(TG_TABLE_NAME, NEW.id, NEW.revision); END IF;
  ELSIF NEW.revision > OLD.revision THEN
    INSERT INTO console.contributions (subject, subject_id, revision, person_id)
    SELECT k.subject, k.subject_id, NEW.revision, k.person_id FROM console.contributions k
     WHERE k.subject = TG_TABLE_NAME AND k.subject_id = NEW.id AND k.revision = OLD.revision
    ON CONFLICT DO NOTHING;
  ELSIF OLD.state = ANY(drafts) AND to_jsonb(NEW) - 'version' <> to_jsonb(OLD) - 'version' THEN
    PERFORM console.contribute(TG_TABLE_NAME, NEW.id, NEW.revision);
  END IF;
  RETURN NULL;
END $$;

-- The same of the parts that a statement writes, be they thousands. Arguments: the table of the whole, and the column
-- that names it.
CREATE OR REPLACE FUNCTION console.note_hand_on_parts() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE standing record; drafts text[] := (SELECT k.drafts FROM console.signed_kinds() k WHERE k.subject = TG_ARGV[0]);
BEGIN
  FOR standing IN EXECUTE format('SELECT w.id, w.revision FROM console.%I w WHERE w.state = ANY($1)'
                                 ' AND w.id IN (SELECT %I FROM touched)', TG_ARGV[0], TG_ARGV[1]) USING drafts LOOP
    PERFORM console.contribute(TG_ARGV[0], standing.id, standing.revision);
  END LOOP;
  RETURN NULL;
END $$;

-- A signature: whose it is, in which office and by which letter is what PostgreSQL finds.
CREATE OR REPLACE FUNCTION console.guard_signature() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE p console.signature_places; held record; standing record;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM console.refuse('AG002', 'signature_kept', OLD.id);
  END IF;
  NEW.signer_id := console.actor(); NEW.role := replace(current_setting('role', true), 'console_', '');
  SELECT * INTO p FROM console.signature_places WHERE id = NEW.place_id;
  IF NOT FOUND THEN
    PERFORM console.refuse('AG005', 'place_closed', NEW.place_id);
  END IF;
  SELECT * INTO standing FROM console.hold_record(p.subject, p.subject_id);
  SELECT * INTO held FROM console.hold_office(NEW.signer_id, NEW.role);
  NEW.signed_at := clock_timestamp();   -- after the office is held, so never after it was revoked
  NEW.acting := held.acting; NEW.absent_id := held.absent_id; NEW.letter := held.letter;
  NEW.subject := p.subject; NEW.subject_id := p.subject_id; NEW.revision := p.revision; NEW.moved_from := NULL;
  IF (standing.state, standing.revision) IS DISTINCT FROM
     ((SELECT k.opened FROM console.signed_kinds() k WHERE k.subject = p.subject), p.revision) THEN
    PERFORM console.refuse('AG005', 'place_closed', p.subject_id);
  END IF;
  IF NOT console.fills(p.subject, p.subject_id, NEW.role, p.position) THEN
    PERFORM console.refuse('AG003', 'place_of_another', p.subject_id);
  END IF;
  IF console.contributed(p.subject, p.subject_id, p.revision, NEW.signer_id) THEN
    PERFORM console.refuse('AG003', 'signer_prepared', p.subject_id);
  END IF;
  IF EXISTS (SELECT FROM console.places_of(p.subject, p.subject_id) e WHERE e.position < p.position
                AND NOT EXISTS (SELECT FROM console.signatures s WHERE s.place_id = e.id)) THEN
    PERFORM console.refuse('AG007', 'signature_before', p.subject_id);
  END IF;
  IF NEW.content_hash <> console.content_hash(p.subject, p.subject_id) THEN
    PERFORM console.refuse('AG004', 'content_changed', p.subject_id);
  END IF;
  IF console.outdated(p.subject, p.subject_id) THEN
    PERFORM console.refuse('AG027', 'sources_changed', p.subject_id);
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_guard BEFORE INSERT OR UPDATE OR DELETE ON console.signatures
  FOR EACH ROW EXECUTE FUNCTION console.guard_signature();
