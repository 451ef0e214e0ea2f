-- Whose a password is. One that somebody else made opens nothing but its own change, decides nothing, and for
-- the holder of an office that decides it opens not even that until a second person confirmed it.

-- A login stays with its person, and an office that opens it brings no password: it is made through the gate.
-- Whoever writes a password for another hands it; by nobody (the same one, hashed anew) nothing changes.
CREATE OR REPLACE FUNCTION console.guard_login() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE who integer := console.speaker();
        office text := coalesce(nullif(current_setting('role', true), 'none'), '');
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.password IS NOT NULL AND office <> '' THEN
      PERFORM console.refuse('AG002', 'login_brings_password', NEW.id);
    END IF;
    NEW.handed_at := CASE WHEN NEW.password IS NOT NULL THEN clock_timestamp() END;
    RETURN NEW;
  END IF;
  IF NEW.person_id <> OLD.person_id THEN
    PERFORM console.refuse('AG002', 'login_of_another', OLD.id);
  END IF;
  NEW.handed_at := CASE WHEN NEW.password IS NULL OR who = NEW.person_id AND NEW.password <> OLD.password THEN NULL
                        WHEN NEW.password IS DISTINCT FROM OLD.password AND who IS NOT NULL THEN clock_timestamp()
                        ELSE OLD.handed_at END;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_guard BEFORE INSERT OR UPDATE ON console.logins
  FOR EACH ROW EXECUTE FUNCTION console.guard_login();

-- Each password that is handed leaves a row, and the ones before it count no more.
CREATE OR REPLACE FUNCTION console.note_handover() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE today date := console.local_day();
        who integer := console.speaker();
BEGIN
  IF NEW.handed_at IS NULL OR TG_OP = 'UPDATE' AND NEW.handed_at IS NOT DISTINCT FROM OLD.handed_at THEN
    RETURN NULL;
  END IF;
  UPDATE console.handovers SET state = 'revoked' WHERE person_id = NEW.person_id AND state IN ('proposed', 'confirmed');
  INSERT INTO console.handovers (person_id, proposed_by_id, handed_at, state)
  VALUES (NEW.person_id, who, NEW.handed_at, CASE WHEN who IS NOT NULL AND EXISTS (
      SELECT FROM console.given_offices() g WHERE g.person_id = NEW.person_id AND console.decides(g.role)
         AND coalesce(upper(g.days), 'infinity') > today) THEN 'proposed' ELSE 'confirmed' END);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER e_handover AFTER INSERT OR UPDATE ON console.logins
  FOR EACH ROW EXECUTE FUNCTION console.note_handover();

-- Who comes to an office that decides brings no password that the administrator handed without a second person,
-- even one that was changed since: somebody else could know it. It is handed again, and confirmed.
CREATE OR REPLACE FUNCTION console.close_login() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE who integer := coalesce(to_jsonb(NEW) ->> 'person_id', to_jsonb(NEW) ->> 'delegate_id')::integer;
BEGIN
  UPDATE console.logins l SET password = NULL, fs_uniquifier = gen_random_uuid()::text
   WHERE l.person_id = who AND l.password IS NOT NULL AND console.decides(NEW.role) AND (
     SELECT h.state = 'confirmed' AND h.decided_by_id IS NULL AND h.proposed_by_id IS NOT NULL
       FROM console.handovers h WHERE h.person_id = who ORDER BY h.id DESC LIMIT 1);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER e_login AFTER UPDATE ON console.appointments FOR EACH ROW
  WHEN (NEW.state = 'confirmed' AND OLD.state <> 'confirmed') EXECUTE FUNCTION console.close_login();
CREATE OR REPLACE TRIGGER e_login AFTER UPDATE ON console.delegations FOR EACH ROW
  WHEN (NEW.state = 'confirmed' AND OLD.state <> 'confirmed') EXECUTE FUNCTION console.close_login();

-- Where the sessions of a login end (another password, a closed account), their tokens end with them: a browser that
-- never comes back would otherwise leave hers alive for hours.
CREATE OR REPLACE FUNCTION console.end_tokens() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  UPDATE console.speaker_tokens SET expires_at = clock_timestamp()
   WHERE person_id = NEW.person_id AND expires_at > clock_timestamp();
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER e_tokens AFTER UPDATE ON console.logins FOR EACH ROW
  WHEN (NEW.fs_uniquifier <> OLD.fs_uniquifier OR OLD.active AND NOT NEW.active) EXECUTE FUNCTION console.end_tokens();
