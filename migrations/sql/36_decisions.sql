-- What signers decided lately, for those who prepare corrections: which act, who, when; nothing of
-- the trail besides. Written by the acts, so a name here is the name in the trail.

CREATE OR REPLACE FUNCTION console.decisions_since(since timestamptz, most integer)
  RETURNS TABLE (correction_id integer, act text, person_id integer, role text, at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT (CASE l.act WHEN 'sign' THEN l.new ->> 'correction_id' ELSE l.row_id END)::integer,
         l.act, l.actor_id, replace(l.role, 'console_', ''), l.at
    FROM audit.log l
   WHERE l.act IN ('sign', 'send_back', 'reject') AND l.at >= since AND l.table_name =
         CASE l.act WHEN 'sign' THEN 'console.signatures' ELSE 'console.corrections' END
   ORDER BY l.at DESC LIMIT most $$;
