-- What every table of the console obeys: versions, moves of state, frozen parts, tables that only grow.

CREATE OR REPLACE FUNCTION console.bump_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.version := OLD.version + 1; RETURN NEW; END $$;

-- A state moves only along a declared act, by an office that may; console.declared_moves() and console.decisions()
-- are generated from policies/ with the grants. A decision (to sign, return, reject, authorise, retire) is
-- taken by whoever holds the office until the transaction ends, and on a record that asks for signatures
-- only by an office that it asks. Argument: «unattended» where who acts in no office, the owner of the installation or the
-- gate, may move it too.
CREATE OR REPLACE FUNCTION console.check_move() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE former text := ''; office text := replace(current_setting('role', true), 'console_', '');
        decision record;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    former := OLD.state;
    IF NEW.state = former THEN RETURN NEW; END IF;
  END IF;
  IF TG_ARGV[0] = 'unattended' AND coalesce(office, 'none') IN ('', 'none') THEN RETURN NEW; END IF;
  PERFORM console.actor();
  IF NOT concat_ws(' ', TG_TABLE_NAME, former, NEW.state, office) = ANY (console.declared_moves()) THEN
    PERFORM console.refuse('AG001', 'move_not_declared', NEW.id);
  END IF;
  IF TG_OP = 'INSERT' THEN RETURN NEW; END IF;     -- nothing is decided as it is born
  SELECT * INTO decision FROM console.decisions() d
   WHERE d.subject = TG_TABLE_NAME AND d.source = former AND d.target = NEW.state;
  IF FOUND THEN
    PERFORM console.hold_office(console.actor(), office);
    IF decision.by_place AND NOT console.fills(TG_TABLE_NAME, NEW.id, office) THEN
      PERFORM console.refuse('AG035', 'place_not_asked', NEW.id);
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION console.frozen() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  PERFORM console.refuse('AG002', 'content_frozen', OLD.id);
END $$;

CREATE OR REPLACE FUNCTION console.only_grows() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  PERFORM console.refuse('AG002', 'only_grows', NULL);
END $$;
