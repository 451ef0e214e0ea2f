-- A procedure version: what it says, and how it becomes law. What stands still and who may write what is generated from
-- its rule; its two signatures are in core/signing.sql.

-- The first input that no person can capture and the records do not have, which leaves a version dead. What its
-- formulas mix is read by the console alone (policies/procedures/applicable.py).
CREATE OR REPLACE FUNCTION console.dead_input(definition jsonb) RETURNS text LANGUAGE sql STABLE :definer AS $$
  SELECT i ->> 'name' FROM jsonb_array_elements(definition -> 'inputs') i
   WHERE CASE coalesce(i ->> 'origin', 'person')
         WHEN 'person' THEN coalesce(i ->> 'type', 'number') NOT IN ('number', 'bool', 'choice', 'text', 'date')
         ELSE i ->> 'name' !~ '^used_\d{1,3}[my]$' AND i ->> 'name' NOT IN (
           'adjustments_last_12m', 'estimates_already_used', 'meter.state', 'months_installed', 'minimum_charge',
           'reading.previous', 'reading.billed', 'paid', 'balance', 'months_since_bill', 'days_since_bill',
           'days_since_due') END LIMIT 1 $$;

-- The first office that a version names and that signs nothing here: a place that nobody could fill would hold every
-- correction of it for ever.
CREATE OR REPLACE FUNCTION console.strange_signer(definition jsonb) RETURNS text LANGUAGE sql STABLE :definer AS $$
  SELECT w.office FROM jsonb_array_elements(definition -> 'approval') l,
         LATERAL (SELECT l ->> 'office' UNION ALL
                  SELECT jsonb_array_elements_text(coalesce(l -> 'deputies', '[]') || coalesce(l -> 'members', '[]'))
                 ) w (office)
   WHERE w.office NOT IN (SELECT m.role FROM console.moves() m WHERE m.subject = 'corrections' AND m.target = 'signed')
   LIMIT 1 $$;

-- How it moves. As a version is authorised the former one rules until the day before, and no day is left to two.
CREATE OR REPLACE FUNCTION console.move_version() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE moves text := OLD.state || '>' || NEW.state;
BEGIN
  IF OLD.state <> 'draft' AND (NEW.valid_to IS DISTINCT FROM OLD.valid_to) <> (moves = 'authorized>superseded') THEN
    PERFORM console.refuse('AG002', 'version_keeps_its_days', OLD.id);
  ELSIF moves IN ('draft>submitted', 'submitted>authorized') AND console.dead_input(NEW.definition) IS NOT NULL THEN
    PERFORM console.refuse('AG043', 'input_of_nobody', NEW.id, about => console.dead_input(NEW.definition));
  ELSIF moves IN ('draft>submitted', 'submitted>authorized') AND console.strange_signer(NEW.definition) IS NOT NULL THEN
    PERFORM console.refuse('AG034', 'version_asks_strange_office', NEW.id);
  ELSIF moves = 'draft>submitted' AND NOT EXISTS (
      SELECT FROM console.documents d WHERE d.id = NEW.document_id AND d.media_type = 'application/pdf') THEN
    PERFORM console.refuse('AG042', 'version_without_document', NEW.id);
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
