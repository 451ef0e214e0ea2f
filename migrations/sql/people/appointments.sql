-- Appointments, and a holder's signature lent by letter, refused here for any program when they are no such thing.

-- Nobody gives himself an office. Before a proposal and its decision are judged, by the order of their names.
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

-- Lent by who holds the office in his own right on all those days, and only shortened once somebody signed with it.
CREATE OR REPLACE FUNCTION console.guard_delegation() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE shorter boolean := false;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW = OLD OR NEW.state IN ('declined', 'revoked') AND NEW.state <> OLD.state THEN
      RETURN NEW;    -- written by a signature, to hold it still; or what takes the office away
    END IF;
    shorter := to_jsonb(NEW) - 'valid_to' = to_jsonb(OLD) - 'valid_to' AND NEW.valid_to < OLD.valid_to;
  END IF;
  IF TG_OP <> 'INSERT' AND NOT (shorter AND NEW.valid_to >= console.local_day()) AND EXISTS (
      SELECT FROM console.signatures g WHERE g.letter = OLD.letter AND g.role = OLD.role
         AND g.signer_id = OLD.delegate_id AND g.absent_id = OLD.holder_id
         AND (g.signed_at AT TIME ZONE 'America/Mexico_City')::date BETWEEN OLD.valid_from AND OLD.valid_to) THEN
    PERFORM console.refuse('AG032', 'signed_with_only_shortened', OLD.id);
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
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
