-- A procedure version: what it says, and how it becomes law. What stands still and who may write what is generated from
-- its rule; its two signatures are in core/signing.sql.

-- How it moves. As a version is authorised the former one rules until the day before, and no day is left to two.
CREATE OR REPLACE FUNCTION console.move_version() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE moves text := OLD.state || '>' || NEW.state;
BEGIN
  IF OLD.state <> 'draft' AND (NEW.valid_to IS DISTINCT FROM OLD.valid_to) <> (moves = 'authorized>superseded') THEN
    PERFORM console.refuse('AG002', 'version_keeps_its_days', OLD.id);
  ELSIF moves IN ('draft>submitted', 'submitted>authorized') AND console.dead_input(NEW.definition) IS NOT NULL THEN
    PERFORM console.refuse('AG043', 'input_of_nobody', NEW.id, about => console.dead_input(NEW.definition));
  ELSIF moves = 'authorized>superseded' AND pg_trigger_depth() < 2 THEN
    PERFORM console.refuse('AG001', 'superseded_by_nobody', NEW.id);
  END IF;
  IF moves = 'submitted>authorized' THEN
    -- The procedure's row is written, not only locked: whoever decided on an older one fails.
    UPDATE console.procedures SET name = NEW.definition ->> 'name' WHERE id = NEW.procedure_id;
    UPDATE console.procedure_versions o SET state = 'superseded', valid_to = NEW.valid_from - 1
     WHERE o.procedure_id = NEW.procedure_id AND o.id <> NEW.id AND o.state = 'authorized'
       AND o.valid_from < NEW.valid_from AND coalesce(o.valid_to, 'infinity') >= NEW.valid_from;
    IF EXISTS (SELECT FROM console.procedure_versions o
                WHERE o.procedure_id = NEW.procedure_id AND o.id <> NEW.id AND o.state IN ('authorized', 'superseded')
                  AND o.valid_from <= coalesce(NEW.valid_to, 'infinity')
                  AND coalesce(o.valid_to, 'infinity') >= NEW.valid_from) THEN
      PERFORM console.refuse('AG040', 'day_ruled_twice', NEW.id);
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER e_move BEFORE UPDATE ON console.procedure_versions
  FOR EACH ROW EXECUTE FUNCTION console.move_version();
