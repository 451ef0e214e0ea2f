-- What every table of the console obeys: versions, moves of state, frozen parts, tables that only grow.

CREATE OR REPLACE FUNCTION console.bump_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.version := OLD.version + 1; RETURN NEW; END $$;

-- A state moves only along a declared act, by an office that may; console.moves() and console.decisions()
-- are generated from policies/ with the grants. A decision (to sign, return, reject, authorise, retire) is
-- taken by whoever holds the office until the transaction ends, and on a record that asks for signatures
-- only by an office that it asks.
CREATE OR REPLACE FUNCTION console.check_move() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE former text := ''; office text := replace(current_setting('role', true), 'console_', '');
        decision record;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    former := OLD.state;
    IF NEW.state = former THEN RETURN NEW; END IF;
  ELSIF TG_TABLE_NAME = 'corrections' THEN
    -- Of a signed batch, born applied: batches/children.sql looks at all of them at once.
    IF NEW.batch_row_id IS NOT NULL AND NEW.state = 'applied' THEN RETURN NEW; END IF;
  END IF;
  -- The first people come from the owner of the installation, who acts in no office (core/proposals.sql), and
  -- what is said of a password (people/passwords.sql) or of an export that nobody goes on with (exports.sql) from
  -- the gate, which has none either.
  IF TG_TABLE_NAME IN ('appointments', 'delegations', 'handovers', 'export_orders') AND coalesce(office, 'none') IN ('', 'none') THEN
    RETURN NEW;
  END IF;
  PERFORM console.actor();
  IF NOT EXISTS (SELECT FROM console.moves() m WHERE m.subject = TG_TABLE_NAME
                  AND m.source = former AND m.target = NEW.state
                  AND m.role = office) THEN
    PERFORM console.refuse('AG001', 'move_not_declared', NEW.id);
  END IF;
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

CREATE OR REPLACE FUNCTION console.frozen() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM console.refuse('AG002', 'content_frozen', OLD.id);
END $$;

-- A part changes only while its whole may. The whole's row is written, not only locked: a
-- reader with an older snapshot then fails instead of deciding on the past. Arguments: the
-- parent's table, the column that names it, the states in which it is open (comma list).
CREATE OR REPLACE FUNCTION console.part_of_open() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE whole bigint; open boolean;
BEGIN
  IF TG_TABLE_NAME = 'correction_lines' AND TG_OP = 'INSERT' THEN
    -- Of a signed batch: batches/children.sql compares it with what was signed.
    IF EXISTS (SELECT FROM console.corrections c
                WHERE c.id = NEW.correction_id AND c.batch_row_id IS NOT NULL) THEN RETURN NEW; END IF;
  END IF;
  whole := (CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END ->> TG_ARGV[1])::bigint;
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) ->> TG_ARGV[1] <> whole::text THEN
    PERFORM console.refuse('AG002', 'part_of_another', NEW.id);
  END IF;
  EXECUTE format('UPDATE console.%I SET state = state WHERE id = $1 RETURNING state = ANY($2)', TG_ARGV[0])
    INTO open USING whole, string_to_array(TG_ARGV[2], ',');
  IF open IS NOT TRUE THEN
    PERFORM console.refuse('AG002', 'part_frozen', whole);
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE OR REPLACE FUNCTION console.only_grows() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM console.refuse('AG002', 'only_grows', NULL);
END $$;
