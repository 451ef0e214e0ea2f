-- A procedure version: what it says, and how it becomes law. Its two signatures are in core/signing.sql.

-- The columns that people search by say what the content says.
CREATE OR REPLACE FUNCTION console.check_version_columns(v console.procedure_versions) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, MDY' AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM console.procedures p WHERE p.id = v.procedure_id
      AND (p.code, v.number::text, v.valid_from::text, coalesce(v.valid_to::text, ''), v.anomaly_codes)
        = (v.definition ->> 'code', v.definition ->> 'version', v.definition ->> 'valid_from',
           coalesce(v.definition ->> 'valid_to', ''), v.definition -> 'anomaly_types')) THEN
    RAISE EXCEPTION 'the columns of version % do not say what its content says', v.id USING ERRCODE = 'AG041';
  END IF;
END $$;

-- An input that no person can capture, or that the records do not have, leaves a version dead: it is neither sent
-- nor signed. What its formulas mix is read by the console alone (policies/procedures/applicable.py).
CREATE OR REPLACE FUNCTION console.check_capturable(v console.procedure_versions) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE dead text;
BEGIN
  SELECT i ->> 'name' INTO dead FROM jsonb_array_elements(v.definition -> 'inputs') i
   WHERE CASE coalesce(i ->> 'origin', 'person')
         WHEN 'person' THEN coalesce(i ->> 'type', 'number') NOT IN ('number', 'bool', 'choice', 'text', 'date')
         ELSE i ->> 'name' !~ '^used_\d{1,3}[my]$' AND i ->> 'name' NOT IN (
           'adjustments_last_12m', 'estimates_already_used', 'meter.state', 'months_installed', 'minimum_charge',
           'reading.previous', 'reading.billed', 'paid', 'balance', 'months_since_bill', 'days_since_bill',
           'days_since_due') END LIMIT 1;
  IF dead IS NOT NULL THEN
    RAISE EXCEPTION 'nobody can give the input %', dead USING ERRCODE = 'AG043';
  END IF;
END $$;

-- The former version rules until the day before; no day is left to two.
CREATE OR REPLACE FUNCTION console.succeed(v console.procedure_versions) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- The procedure's row is written, not only locked: whoever decided on an older one fails.
  UPDATE console.procedures SET name = v.definition ->> 'name' WHERE id = v.procedure_id;
  UPDATE console.procedure_versions o SET state = 'superseded', valid_to = v.valid_from - 1
   WHERE o.procedure_id = v.procedure_id AND o.id <> v.id AND o.state = 'authorized'
     AND o.valid_from < v.valid_from AND coalesce(o.valid_to, 'infinity') >= v.valid_from;
  IF EXISTS (SELECT FROM console.procedure_versions o
              WHERE o.procedure_id = v.procedure_id AND o.id <> v.id AND o.state IN ('authorized', 'superseded')
                AND o.valid_from <= coalesce(v.valid_to, 'infinity')
                AND coalesce(o.valid_to, 'infinity') >= v.valid_from) THEN
    RAISE EXCEPTION 'another version of procedure % rules on those days', v.procedure_id USING ERRCODE = 'AG040';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION console.guard_version() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE moves text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state || '>' || NEW.state END;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'versions are never deleted' USING ERRCODE = 'AG002';
  END IF;
  IF TG_OP = 'INSERT' THEN
    PERFORM FROM console.procedures WHERE id = NEW.procedure_id FOR UPDATE;
    IF NEW.revision <> 1 OR NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM console.procedure_versions
                                             WHERE procedure_id = NEW.procedure_id) THEN
      RAISE EXCEPTION 'versions are numbered one after another' USING ERRCODE = 'AG041';
    END IF;
    PERFORM console.check_version_columns(NEW);
    NEW.drafted_by_id := console.actor();
    RETURN NEW;
  END IF;
  IF (NEW.procedure_id, NEW.number, NEW.drafted_by_id) IS DISTINCT FROM (OLD.procedure_id, OLD.number, OLD.drafted_by_id)
     OR OLD.state <> 'draft' AND (NEW.valid_to IS DISTINCT FROM OLD.valid_to) <> (moves = 'authorized>superseded') THEN
    RAISE EXCEPTION 'version % is frozen', OLD.id USING ERRCODE = 'AG002';
  END IF;
  IF OLD.state = 'draft' THEN
    PERFORM console.check_version_columns(NEW);
  END IF;
  IF moves IN ('draft>submitted', 'submitted>authorized') THEN
    PERFORM console.check_capturable(NEW);
  END IF;
  IF moves = 'draft>submitted' AND NOT EXISTS (
      SELECT FROM console.documents d WHERE d.id = NEW.document_id AND d.media_type = 'application/pdf') THEN
    RAISE EXCEPTION 'the authorised document is missing' USING ERRCODE = 'AG042';
  ELSIF moves = 'submitted>authorized' THEN
    PERFORM console.succeed(NEW);
  ELSIF moves = 'authorized>superseded' AND pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'only its successor supersedes a version' USING ERRCODE = 'AG001';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_guard BEFORE INSERT OR UPDATE OR DELETE ON console.procedure_versions
  FOR EACH ROW EXECUTE FUNCTION console.guard_version();

-- A version names only offices that sign here: a place that nobody could fill would hold every
-- correction of it for ever.
CREATE OR REPLACE FUNCTION console.guard_signers() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE stranger text;
BEGIN
  SELECT w.office INTO stranger FROM jsonb_array_elements(NEW.definition -> 'approval') l,
         LATERAL (SELECT l ->> 'office' UNION ALL
                  SELECT jsonb_array_elements_text(coalesce(l -> 'deputies', '[]') || coalesce(l -> 'members', '[]'))
                 ) w (office)
   WHERE w.office NOT IN (SELECT m.role FROM console.moves() m
                           WHERE m.subject = 'corrections' AND m.target = 'signed') LIMIT 1;
  IF stranger IS NOT NULL THEN
    RAISE EXCEPTION 'the office % signs nothing here', stranger USING ERRCODE = 'AG034';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_signers BEFORE UPDATE OF state ON console.procedure_versions
  FOR EACH ROW WHEN (NEW.state IN ('submitted', 'authorized') AND OLD.state <> NEW.state)
  EXECUTE FUNCTION console.guard_signers();
