-- Which signatures an amount asks for: by its band, and by the procedure that it was computed with.

-- A bound of a procedure's level, MXN: «1000», «1000.5» or «43/3», as its document writes it.
CREATE OR REPLACE FUNCTION console.bound(said text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT split_part(said, '/', 1)::numeric / coalesce(nullif(split_part(said, '/', 2), '')::numeric, 1) $$;

-- The signatures of a correction: those of the band of `weight`, what its account adds up with it (MXN),
-- and those that its procedure version adds for a difference of its own size or of that weight. A level
-- adds the signatures of its office that the band lacks, just before the band's last one, which closes;
-- its deputies and members may fill every place of that office.
CREATE OR REPLACE FUNCTION console.required_slots(amount numeric, weight numeric, on_day date, ruling bigint)
  RETURNS TABLE ("position" integer, role text, band text, deputies jsonb) LANGUAGE sql STABLE :definer AS $$
  WITH banded AS (SELECT q."position" AS place, q.role, q.band, q."position" = max(q."position") OVER () AS closes
                    FROM console.required_slots(weight, on_day) q),
       levels AS (SELECT (l ->> 'level')::integer AS level, l ->> 'office' AS office,
                         coalesce((l ->> 'signatures')::integer, 1) AS signatures,
                         coalesce(l -> 'deputies', '[]') || coalesce(l -> 'members', '[]') AS others
                    FROM console.procedure_versions v, jsonb_array_elements(v.definition -> 'approval') l
                   WHERE v.id = ruling AND EXISTS (SELECT FROM unnest(ARRAY[abs(amount), weight]) size
                     WHERE size BETWEEN coalesce(console.bound(l ->> 'minimum'), 0)
                                    AND coalesce(console.bound(l ->> 'maximum'), 'Infinity'))),
       missing AS (SELECT w.office, min(w.level) AS level, max(w.signatures)
                          - (SELECT count(*) FROM banded b WHERE b.role = w.office)::integer AS lacks
                     FROM levels w GROUP BY w.office),
       places AS (SELECT CASE WHEN b.closes THEN 2 ELSE 0 END AS part, b.place, 1 AS n, b.role, b.band FROM banded b
                  UNION ALL
                  SELECT 1, m.level, n, m.office, format('Procedimiento, nivel %s', m.level)
                    FROM missing m, generate_series(1, m.lacks) n WHERE EXISTS (SELECT FROM banded))
  SELECT (row_number() OVER (ORDER BY p.part, p.place, p.role, p.n))::integer, p.role, p.band,
         (SELECT coalesce(jsonb_agg(DISTINCT d ORDER BY d), '[]')
            FROM levels w, jsonb_array_elements_text(w.others) d WHERE w.office = p.role AND d <> p.role)
    FROM places p ORDER BY 1 $$;
