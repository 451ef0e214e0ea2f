-- Working days and terms, as policies/core/working_days.py counts them (a test compares both).

CREATE OR REPLACE FUNCTION console.local_day() RETURNS date
  LANGUAGE sql STABLE AS $$ SELECT (now() AT TIME ZONE 'America/Mexico_City')::date $$;

CREATE OR REPLACE FUNCTION console.works(day date) RETURNS boolean LANGUAGE sql STABLE :definer AS $$
  SELECT extract(isodow FROM day) < 6
     AND NOT EXISTS (SELECT FROM console.holidays h WHERE h.state = 'in_force' AND h.day = works.day) $$;

-- The working day number `many` after a day (before it, for `way` -1), which does not count. The span is long
-- enough: a week has five days that may work, and each day off that lies that way takes one at most.
CREATE OR REPLACE FUNCTION console.nth_working_day(start date, many integer, way integer) RETURNS date
  LANGUAGE sql STABLE :definer AS $$
  SELECT CASE WHEN many <= 0 THEN start ELSE (
    SELECT start + way * step FROM generate_series(1, 7 * ((many + (SELECT count(*) FROM console.holidays h
             WHERE h.state = 'in_force' AND (h.day - start) * way > 0)::integer) / 5 + 1)) step
     WHERE extract(isodow FROM start + way * step) < 6 AND NOT EXISTS (
             SELECT FROM console.holidays h WHERE h.state = 'in_force' AND h.day = start + way * step)
     ORDER BY step OFFSET many - 1 LIMIT 1) END $$;

CREATE OR REPLACE FUNCTION console.after_working_days(start date, many integer) RETURNS date
  LANGUAGE sql STABLE AS $$ SELECT console.nth_working_day(start, many, 1) $$;

CREATE OR REPLACE FUNCTION console.before_working_days(start date, many integer) RETURNS date
  LANGUAGE sql STABLE AS $$ SELECT console.nth_working_day(start, many, -1) $$;

CREATE OR REPLACE FUNCTION console.working_days_elapsed(since date, until date) RETURNS bigint
  LANGUAGE sql STABLE :definer AS $$
  SELECT count(*) FROM generate_series(1, until - since) step WHERE extract(isodow FROM since + step) < 6
     AND NOT EXISTS (SELECT FROM console.holidays h WHERE h.state = 'in_force' AND h.day = since + step) $$;

CREATE OR REPLACE FUNCTION console.term_ends(start date, amount integer, unit text, counts_start boolean) RETURNS date
  LANGUAGE sql STABLE :definer AS $$
  SELECT CASE unit
    WHEN 'working_days' THEN console.nth_working_day(start - counts_start::integer, amount, 1)
    WHEN 'days' THEN console.nth_working_day(start - counts_start::integer + amount - 1, 1, 1)
    ELSE console.nth_working_day((start + make_interval(months => amount))::date - counts_start::integer - 1, 1, 1) END $$;

-- The rule in force of a code on a day, and the last day of a term that starts then. Without a rule nothing is
-- written: the refusal bears the code of the term.
CREATE OR REPLACE FUNCTION console.term(wanted text, start date, OUT due_on date, OUT rule_id integer)
  LANGUAGE plpgsql STABLE :definer AS $$
BEGIN
  SELECT r.id, console.term_ends(start, r.amount, r.unit, r.counts_start) INTO rule_id, due_on
    FROM console.deadline_rules r WHERE r.code = wanted AND r.state = 'in_force'
     AND start BETWEEN r.valid_from AND coalesce(r.valid_to, 'infinity');
  IF rule_id IS NULL THEN
    PERFORM console.refuse('AG070', 'term_without_rule', NULL, about => wanted);
  END IF;
END $$;

-- The first year between two days whose calendar nobody signed, or NULL.
CREATE OR REPLACE FUNCTION console.unsigned_year(since date, until date) RETURNS integer
  LANGUAGE sql STABLE :definer AS $$
  SELECT min(y) FROM generate_series(extract(year FROM since)::integer, extract(year FROM until)::integer) y
   WHERE NOT EXISTS (SELECT FROM console.calendar_years c WHERE c.state = 'in_force' AND c.year = y) $$;
