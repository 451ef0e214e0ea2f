-- What signers decided lately, for those who prepare corrections: which act, who, when; nothing of
-- the trail besides. Read from what changed, so that a decision of another program is told too.

CREATE OR REPLACE FUNCTION console.decisions_since(since timestamptz, most integer)
  RETURNS TABLE (correction_id integer, act text, person_id integer, role text, at timestamptz)
  LANGUAGE sql STABLE :definer AS $$
  SELECT (CASE WHEN l.operation = 'I' THEN coalesce(l.new ->> 'subject_id', l.new ->> 'correction_id') ELSE l.row_id END)::integer,
         CASE l.new ->> 'state' WHEN 'draft' THEN 'send_back' WHEN 'rejected' THEN 'reject'
              ELSE 'sign' END,
         l.actor_id, replace(l.role, 'console_', ''), l.at
    FROM audit.log l
   WHERE l.table_name IN ('console.corrections', 'console.signatures') AND l.at >= since
     AND (l.table_name = 'console.signatures' AND l.operation = 'I'
            AND coalesce(l.new ->> 'subject', 'corrections') = 'corrections'
          OR l.table_name = 'console.corrections' AND l.operation = 'U'
             AND l.new ->> 'state' IN ('draft', 'rejected'))
   ORDER BY l.at DESC LIMIT most $$;
