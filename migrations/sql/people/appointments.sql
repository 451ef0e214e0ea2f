-- Appointments, and a holder's signature lent by letter, refused here for any program when they are no such thing.

-- Nobody gives himself an office.
CREATE OR REPLACE FUNCTION console.not_oneself() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW = OLD THEN RETURN NEW; END IF;   -- written by a signature, to hold it still
  END IF;
  IF NEW.person_id = console.speaker() THEN
    PERFORM console.refuse('AG009', 'appoints_oneself', NEW.id);
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER b_not_oneself BEFORE INSERT OR UPDATE ON console.appointments
  FOR EACH ROW EXECUTE FUNCTION console.not_oneself();

-- Whether somebody signed with it: then it is part of what was signed.
CREATE OR REPLACE FUNCTION console.signed_with(wanted integer) RETURNS boolean LANGUAGE sql STABLE :definer AS $$
  SELECT EXISTS (
    SELECT FROM console.signatures g JOIN console.delegations d ON d.id = wanted
     WHERE g.signer_id = d.delegate_id AND g.absent_id = d.holder_id AND g.role = d.role
       AND g.letter = d.letter
       AND (g.signed_at AT TIME ZONE 'America/Mexico_City')::date BETWEEN d.valid_from AND d.valid_to) $$;

-- An office that signs, lent by who holds it in his own right on all those days, registered by a third.
CREATE OR REPLACE FUNCTION console.guard_delegation() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE today date := console.local_day(); shorter boolean := false;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW = OLD OR NEW.state IN ('declined', 'revoked') AND NEW.state <> OLD.state THEN
      RETURN NEW;    -- written by a signature, to hold it still; or what takes the office away
    END IF;
    shorter := to_jsonb(NEW) - 'valid_to' = to_jsonb(OLD) - 'valid_to' AND NEW.valid_to < OLD.valid_to;
  END IF;
  IF TG_OP <> 'INSERT' AND NOT (shorter AND NEW.valid_to >= today) AND console.signed_with(OLD.id) THEN
    PERFORM console.refuse('AG032', 'signed_with_only_shortened', OLD.id);
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF console.speaker() IN (NEW.holder_id, NEW.delegate_id) THEN
    PERFORM console.refuse('AG033', 'delegates_oneself', NEW.id);
  END IF;
  IF NOT EXISTS (SELECT FROM console.moves() m WHERE m.subject = 'corrections' AND m.target = 'signed'
                  AND m.role = NEW.role) THEN
    PERFORM console.refuse('AG030', 'delegated_office_signs_nothing', NEW.id);
  END IF;
  IF NOT shorter AND NOT EXISTS (
      SELECT FROM console.appointments a WHERE a.person_id = NEW.holder_id AND a.role = NEW.role
         AND a.state = 'confirmed' AND NOT a.acting AND a.valid_from <= NEW.valid_from
         AND coalesce(a.valid_to, 'infinity') >= NEW.valid_to) THEN
    PERFORM console.refuse('AG031', 'holder_without_office', NEW.id);
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_guard BEFORE INSERT OR UPDATE OR DELETE ON console.delegations
  FOR EACH ROW EXECUTE FUNCTION console.guard_delegation();
