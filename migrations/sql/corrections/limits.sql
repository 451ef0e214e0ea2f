-- Limits of a correction, counted and refused here for any program: how often, how far back, which way.

-- The frequency limits that PostgreSQL counts: a whole number in a window of months or years, of an
-- account or its premise (an account keeps its premise when the holder changes). One under a condition
-- is the engine's alone.
CREATE OR REPLACE FUNCTION console.frequency_caps(version integer)
  RETURNS TABLE (most integer, span interval, label text) LANGUAGE sql STABLE :definer AS $$
  SELECT (c ->> 'maximum')::integer,
         make_interval(months => (c ->> 'window')::integer * CASE c ->> 'unit' WHEN 'year' THEN 12 ELSE 1 END),
         coalesce(c ->> 'label', 'frecuencia')
    FROM console.procedure_versions v,
         jsonb_array_elements(CASE jsonb_typeof(v.definition -> 'caps') WHEN 'array'
                              THEN v.definition -> 'caps' ELSE '[]' END) c
   WHERE v.id = version AND c ->> 'kind' = 'frequency' AND c ->> 'maximum' ~ '^[0-9]{1,4}$'
     AND c ->> 'window' ~ '^[0-9]{1,4}$' AND c ->> 'unit' IN ('month', 'year')
     AND coalesce(c ->> 'scope', 'account') IN ('account', 'premise')
     AND coalesce(c ->> 'apply', 'refuse') = 'refuse' AND c ->> 'when' IS NULL $$;

-- The frequency limits that this correction would pass: some window that holds its bill would hold more
-- applied, unreversed corrections of the account under the same procedure than the limit allows. Windows
-- are of the bills' periods, so that the order in which they are corrected does not matter.
CREATE OR REPLACE FUNCTION console.passed_caps(wanted bigint) RETURNS SETOF text LANGUAGE sql STABLE :definer AS $$
  WITH c AS (SELECT c.*, b.period_end AS ends, v.procedure_id FROM console.corrections c
               JOIN commercial.bills b ON b.id = c.bill_id
               JOIN console.procedure_versions v ON v.id = c.procedure_version_id
              WHERE c.id = wanted AND c.reversal_of_id IS NULL),
       counted AS (SELECT ends FROM c UNION ALL
         SELECT b.period_end FROM c JOIN console.corrections o ON o.account_id = c.account_id AND o.id <> c.id
           JOIN console.procedure_versions v ON v.id = o.procedure_version_id AND v.procedure_id = c.procedure_id
           JOIN commercial.bills b ON b.id = o.bill_id
          WHERE o.state = 'applied' AND o.reversal_of_id IS NULL AND o.reversed_by_id IS NULL)
  SELECT f.label FROM c, console.frequency_caps(c.procedure_version_id) f WHERE EXISTS (
    SELECT FROM counted e WHERE e.ends >= c.ends AND c.ends > e.ends - f.span
       AND (SELECT count(*) FROM counted n WHERE n.ends > e.ends - f.span AND n.ends <= e.ends) > f.most) $$;

-- Every limit that a correction passes now, by the code with which it is refused; undoing has none.
-- AG022, the rule of one sign, is over each line with its tax: all lines are charged, or all are returned.
-- It keeps a charge from being hidden under a credit, where the bands, which look at what is left, would not
-- see it. The tax inside a line follows its class and may move against it (the engine asks the same).
DROP FUNCTION IF EXISTS console.broken_limits(bigint);
CREATE FUNCTION console.broken_limits(wanted bigint) RETURNS TABLE (code text, cap text, rule text)
  LANGUAGE sql STABLE :definer AS $$
  SELECT 'AG023', NULL, 'period_not_corrected' FROM console.corrections c
   WHERE c.id = wanted AND c.reversal_of_id IS NULL AND console.out_of_bounds(c.bill_id)
  UNION ALL
  SELECT 'AG022', min(l.service), 'line_against' FROM console.corrections c JOIN console.correction_lines l ON l.correction_id = c.id
   WHERE c.id = wanted AND c.reversal_of_id IS NULL
     AND sign(l.amount_after + l.tax_after - l.amount_before - l.tax_before) = -sign(c.amount) AND c.amount <> 0
  HAVING count(*) > 0
  UNION ALL
  SELECT 'AG021', label, 'frequency_passed' FROM console.passed_caps(wanted) AS label
  UNION ALL
  SELECT 'AG027', kind, 'sources_changed' FROM console.changed_sources(wanted) AS kind $$;

-- What is sent obeys every limit, and says what it was computed from; what is applied, those that others may
-- have used up or changed meanwhile. The account's row is written, not only locked: of two at once the second counts the first.
CREATE OR REPLACE FUNCTION console.guard_limits() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE broken record;
BEGIN
  IF EXISTS (SELECT FROM console.frequency_caps(NEW.procedure_version_id)) THEN
    PERFORM console.hold_accounts(ARRAY[NEW.account_id]);
  END IF;
  IF NEW.state = 'submitted' AND NEW.sources IS NULL THEN
    PERFORM console.refuse('AG027', 'sources_changed', NEW.id);
  END IF;
  SELECT * INTO broken FROM console.broken_limits(NEW.id) b
   WHERE NEW.state = 'submitted' OR b.code IN ('AG021', 'AG027') LIMIT 1;
  IF FOUND THEN
    PERFORM console.refuse(broken.code, broken.rule, NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER f_limits AFTER UPDATE ON console.corrections FOR EACH ROW
  WHEN (NEW.state IN ('submitted', 'applied') AND OLD.state IN ('draft', 'signed')
  AND NEW.state <> OLD.state AND NEW.reversal_of_id IS NULL) EXECUTE FUNCTION console.guard_limits();

-- The same for rows that arrive, many at once when a batch brings them already applied.
CREATE OR REPLACE FUNCTION console.guard_new_limits() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE capped integer[];
BEGIN
  IF EXISTS (SELECT FROM fresh f WHERE f.reversal_of_id IS NULL AND console.out_of_bounds(f.bill_id)) THEN
    PERFORM console.refuse('AG023', 'period_not_corrected', NULL);
  END IF;
  SELECT array_agg(v) INTO capped FROM (SELECT DISTINCT procedure_version_id AS v FROM fresh
     WHERE state = 'applied' AND reversal_of_id IS NULL) versions
   WHERE EXISTS (SELECT FROM console.frequency_caps(v));
  IF capped IS NULL THEN RETURN NULL; END IF;
  PERFORM console.hold_accounts(ARRAY(SELECT account_id FROM fresh
     WHERE state = 'applied' AND procedure_version_id = ANY (capped)));
  IF EXISTS (SELECT FROM fresh f, console.passed_caps(f.id)
              WHERE f.state = 'applied' AND f.procedure_version_id = ANY (capped)) THEN
    PERFORM console.refuse('AG021', 'frequency_passed', NULL);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER f_limits_new AFTER INSERT ON console.corrections REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION console.guard_new_limits();

-- Lines that arrive under a correction that is past its draft: each with its tax moves its way, or not at all.
CREATE OR REPLACE FUNCTION console.guard_new_lines() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  IF EXISTS (SELECT FROM fresh l JOIN console.corrections c ON c.id = l.correction_id
              WHERE c.state <> 'draft' AND c.reversal_of_id IS NULL AND c.amount <> 0
                AND sign(l.amount_after + l.tax_after - l.amount_before - l.tax_before) = -sign(c.amount)) THEN
    PERFORM console.refuse('AG022', 'line_against', NULL);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER f_lines_new AFTER INSERT ON console.correction_lines REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION console.guard_new_lines();
