-- An office that decides is proposed by one person and confirmed by a second one of another office. What the
-- owner of the installation writes (no office: an upgrade, the first people) stands as it is written.

-- Who decided and when are written here: a second person, whom it gives and takes nothing.
CREATE OR REPLACE FUNCTION console.guard_decision() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE decision text[] := '{state,decision_reason}'; who integer;
        office text := replace(coalesce(nullif(current_setting('role', true), 'none'), ''), 'console_', '');
BEGIN
  IF office = '' OR NEW.state = OLD.state THEN RETURN NEW; END IF;
  IF to_jsonb(NEW) - decision <> to_jsonb(OLD) - decision THEN
    PERFORM console.refuse('AG002', 'decision_alone', OLD.id);
  END IF;
  IF NEW.state = 'revoked' THEN RETURN NEW; END IF;
  who := console.actor();
  IF who = OLD.proposed_by_id OR who::text IN (to_jsonb(OLD) ->> 'person_id', to_jsonb(OLD) ->> 'holder_id',
                                               to_jsonb(OLD) ->> 'delegate_id') THEN
    PERFORM console.refuse('AG050', 'confirms_own_office', OLD.id);
  END IF;
  NEW.decided_by_id := who; NEW.decided_as := office; NEW.decided_at := clock_timestamp();
  RETURN NEW;
END $$;

-- Who proposed is written here. Once confirmed, an office that decides is only shortened; more days, another
-- office or another person is a new proposal.
CREATE OR REPLACE FUNCTION console.guard_proposal() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE today date := console.local_day(); open boolean := true;
BEGIN
  IF coalesce(current_setting('role', true), 'none') IN ('', 'none') THEN RETURN NEW; END IF;
  IF TG_OP = 'UPDATE' THEN
    -- Written by a signature, to hold it still; or a decision, which guard_decision() has seen.
    IF NEW = OLD OR NEW.state <> OLD.state THEN RETURN NEW; END IF;
    open := OLD.state = 'proposed' OR OLD.state = 'confirmed' AND NOT console.decides(OLD.role)
                                      AND NOT console.decides(NEW.role);
  END IF;
  IF open THEN
    IF NEW.valid_from < today AND NEW.valid_from IS DISTINCT FROM OLD.valid_from THEN   -- OLD is NULL at birth
      PERFORM console.refuse('AG054', 'office_from_past', NEW.id);
    END IF;
    IF TG_TABLE_NAME = 'appointments' THEN NEW.older_overlap := false; END IF;
    NEW.state := CASE WHEN console.decides(NEW.role) THEN 'proposed' ELSE 'confirmed' END;
    NEW.proposed_by_id := console.actor();
    NEW.decided_by_id := NULL; NEW.decided_as := NULL; NEW.decided_at := NULL; NEW.decision_reason := NULL;
  ELSIF OLD.state <> 'confirmed' OR NEW.valid_to < today
        OR coalesce(NEW.valid_to, 'infinity') >= coalesce(OLD.valid_to, 'infinity')
        OR to_jsonb(NEW) - 'valid_to'::text <> to_jsonb(OLD) - 'valid_to'::text THEN
    PERFORM console.refuse('AG051', 'confirmed_only_shortened', OLD.id);
  END IF;
  RETURN NEW;
END $$;
