-- What happened to a table's rows, for whoever may read that table: the trail without what the
-- office's own grants deny. It runs with its owner's rights and asks what the caller's office may.
-- Arguments: the table; the keys of its rows; a column and its value, whose deleted rows belong too
-- (a part that is gone is in no table any more); how many entries at most, newest first. A part of a record of any kind
-- says which as «table key», in its column «record». Of a table that is gone itself, whoever may read the one that holds
-- its rows now, the rows of the records that they read (console.former_parts(), generated).

DROP FUNCTION IF EXISTS audit.story(text, text[], text, text, integer);
CREATE FUNCTION audit.story(wanted text, keys text[], part_of text, whole text, most integer)
  RETURNS TABLE (seq bigint, at timestamptz, txid text, actor_id integer, role text, act text,
                 request_id text, program text, table_name text, row_id text, operation text,
                 old jsonb, new jsonb, held_back boolean, seal bigint)
  LANGUAGE plpgsql STABLE :definer AS $$
#variable_conflict use_column
DECLARE
  office text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
  subject regclass; former text[]; holder text; readable text[]; asked text[] := coalesce(keys, '{}');
  lost boolean := to_regclass(wanted) IS NULL; gone text[] := '{}'; past text[] := '{}'; wholes text[];
BEGIN
  IF split_part(wanted, '.', 1) NOT IN ('console', 'commercial') THEN RETURN; END IF;
  SELECT f.columns, f.holder INTO former, holder FROM console.former_parts() f WHERE f.former = wanted;
  wholes := ARRAY(SELECT f.whole FROM console.former_parts() f WHERE f.former = wanted);
  subject := to_regclass(coalesce(holder, wanted));
  SELECT array_agg(a.attname::text) INTO readable FROM pg_attribute a
   WHERE a.attrelid = subject AND a.attnum > 0 AND NOT a.attisdropped
     AND has_column_privilege(office, subject, a.attnum, 'SELECT');
  IF readable IS NULL THEN RETURN; END IF;
  readable := readable || former;
  IF part_of = ANY (readable) THEN
    gone := ARRAY(SELECT l.row_id FROM audit.log l
      WHERE l.table_name = wanted AND l.operation = 'D' AND l.old ->> part_of = whole);
  END IF;
  -- Of the table as it was before: its rows named their record in a column of its own.
  IF holder IS NOT NULL THEN
    past := ARRAY(SELECT l.row_id FROM audit.log l JOIN console.former_parts() f ON coalesce(l.new, l.old) ? f.whole
      WHERE l.table_name = wanted AND f.former = wanted AND l.row_id = ANY (asked || gone)
        AND console.reads(f.subject, (coalesce(l.new, l.old) ->> f.whole)::bigint));
  END IF;
  -- console.in_scope() is generated from the rules.
  IF part_of = 'record' THEN
    asked := console.in_scope(wanted, asked) || CASE WHEN console.reads(
      split_part(whole, ' ', 1), split_part(whole, ' ', 2)::bigint) THEN gone END;
  ELSE
    asked := console.in_scope(wanted, asked || gone);
  END IF;
  RETURN QUERY
    SELECT l.seq, l.at, l.txid::text, l.actor_id, l.role, l.act, l.request_id, l.program, l.table_name,
           l.row_id, l.operation,
           (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(l.old) e WHERE e.key = ANY (readable)),
           (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(l.new) e WHERE e.key = ANY (readable)),
           EXISTS (SELECT FROM jsonb_object_keys(coalesce(l.old, '{}') || coalesce(l.new, '{}')) k
                    WHERE k <> ALL (readable)),
           z.number
      FROM audit.log l LEFT JOIN audit.sealed z USING (seq)
     WHERE l.table_name = wanted AND l.row_id = ANY (asked || past)
       AND l.row_id = ANY (CASE WHEN lost OR coalesce(l.new, l.old) ?| wholes THEN past ELSE asked END)
     ORDER BY l.seq DESC LIMIT most;
END $$;
