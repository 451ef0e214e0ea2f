-- What a computation read from the commercial system, kept with it as fingerprints, and the comparison with what
-- the records say now. The same function is asked when a correction or a row of a batch is computed and when it
-- is sent, signed and applied, by any program.
--
-- What was computed before 0.4 has no fingerprint: it is computed again before it is sent; what was sent already
-- is signed and applied without this comparison (policies/corrections/outdated.py recomputes a single correction instead).

-- Thirty-two hexadecimal digits of a text's SHA-256: enough to tell that it changed.
CREATE OR REPLACE FUNCTION console.fingerprint(content text) RETURNS text
  LANGUAGE sql IMMUTABLE AS $$ SELECT left(encode(sha256(convert_to(content, 'UTF8')), 'hex'), 32) $$;

-- Which records a version reads besides the bill and its prices, by what its definition names; `later` is how
-- many periods after the bill it waits for, and `measured` whether it matters how a period was read.
CREATE OR REPLACE FUNCTION console.source_kinds(wanted integer)
  RETURNS TABLE (classes boolean, history boolean, measured boolean, premises boolean, later integer, meters boolean,
  corrected boolean, balance boolean) LANGUAGE sql STABLE :definer AS $$
  SELECT d #>> '{result,kind}' = 'class',
         jsonb_path_exists(d, '$.baseline[*] ? (@.method == "average")') OR d::text ~ 'history\.',
         jsonb_path_exists(d, '$.baseline[*] ? (@.filters.measured_only == true)') OR d::text ~ 'period\.measured',
         jsonb_path_exists(d, '$.baseline[*] ? (@.window.scope == "premise")'),
         coalesce((SELECT max((n #>> '{}')::integer) FROM jsonb_path_query(d, '$.baseline[*].window.next') n
                    WHERE jsonb_typeof(n) = 'number'), 0),
         asked && ARRAY['meter.state', 'months_installed', 'estimates_already_used'],
         EXISTS (SELECT FROM unnest(asked) name WHERE name ~ '^(used_.*|adjustments_last_12m|estimates_already_used)$'),
         asked && ARRAY['paid', 'balance']
    FROM (SELECT v.definition AS d,
                 ARRAY(SELECT i #>> '{}' FROM jsonb_path_query(v.definition, '$.inputs[*] ? (@.origin == "record").name') i)
                   AS asked
            FROM console.procedure_versions v WHERE v.id = wanted) w $$;

-- Fingerprints of the records that a version reads for each bill, by kind. Dates of validity count only inside the
-- bill's period: a tariff that begins later, and ends the former one, changes nothing here. Notes of the bill's
-- own batch do not count: all its rows were computed, and signed, from before them.
CREATE OR REPLACE FUNCTION console.sources(wanted integer[], ruled_by integer, own_batch integer)
  RETURNS TABLE (bill_id integer, sources jsonb) LANGUAGE plpgsql STABLE :definer
  SET datestyle = 'ISO, YMD' SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH uses AS MATERIALIZED (SELECT * FROM console.source_kinds(ruled_by)),
  b AS MATERIALIZED (
    SELECT b.id, b.account_id, b.period_start, b.period_end, b.balance,
           CASE WHEN u.classes THEN '' ELSE b.tariff_class::text END AS class,
           console.fingerprint(ROW(b.period_start, b.period_end, b.issued_on, b.due_on, b.tariff_class, b.volume,
                                   (SELECT r.value FROM commercial.readings r WHERE r.id = b.previous_reading_id),
                                   (SELECT r.value FROM commercial.readings r WHERE r.id = b.current_reading_id)
                                  )::text) AS said
      FROM unnest(wanted) x JOIN commercial.bills b ON b.id = x, uses u),
  prices AS MATERIALIZED (
    SELECT s.*, console.fingerprint(concat(
        (SELECT string_agg(ROW(t.tariff_class, greatest(t.valid_from, s.period_start),
                  least(t.valid_to, s.period_end), t.method, t.minimum_charge, t.minimum_volume,
                  (SELECT string_agg(ROW(k.from_m3, k.to_m3, k.price)::text, '' ORDER BY k.from_m3)
                     FROM commercial.tariff_blocks k WHERE k.tariff_id = t.id),
                  (SELECT string_agg(ROW(k.volume, k.charge)::text, '' ORDER BY k.volume)
                     FROM commercial.tariff_steps k WHERE k.tariff_id = t.id))::text, '' ORDER BY t.id)
           FROM commercial.tariffs t WHERE s.class IN ('', t.tariff_class) AND t.valid_from <= s.period_end
            AND coalesce(t.valid_to, 'infinity') >= s.period_start), '/',
        (SELECT string_agg(ROW(l.service, l.tariff_class, greatest(l.valid_from, s.period_start),
                  least(l.valid_to, s.period_end), l.percent_of_water, l.tax_percent, l.rounding_step,
                  l.rounding_mode)::text, '' ORDER BY l.id)
           FROM commercial.line_rules l WHERE s.class IN ('', l.tariff_class) AND l.valid_from <= s.period_end
            AND coalesce(l.valid_to, 'infinity') >= s.period_start))) AS said
      FROM (SELECT DISTINCT class, period_start, period_end FROM b) s),
  standing AS MATERIALIZED (   -- the notes of those accounts but the batch's own, account by account: always by index
    SELECT a.account_id, s.* FROM uses u JOIN (SELECT DISTINCT account_id FROM b) a ON u.history OR u.corrected OR u.later > 0,
           LATERAL (SELECT n.bill_id, c.reversal_of_id IS NULL AND c.reversed_by_id IS NULL AS stands,
                           v.definition ->> 'kind' AS kind, l.period_end
                      FROM console.corrections c JOIN commercial.credit_notes n ON n.correction_id = c.id
                      JOIN commercial.bills l ON l.id = n.bill_id
                      JOIN console.procedure_versions v ON v.id = c.procedure_version_id
                      LEFT JOIN console.batch_rows w ON w.id = c.batch_row_id
                     WHERE c.account_id = a.account_id AND (own_batch IS NULL OR w.batch_id IS DISTINCT FROM own_batch)
                    OFFSET 0) s),
  noted AS MATERIALIZED (SELECT DISTINCT bill_id FROM standing),
  history AS (   -- a 64-bit hash of each period, joined by exclusive or: a batch reads half a million, and no order matters
    SELECT b.id, to_hex(bit_xor(hash_record_extended(ROW(h.period_start, h.period_end, h.volume, h.total, h.tariff_class,
             CASE WHEN u.measured THEN (SELECT r.kind FROM commercial.readings r WHERE r.id = h.current_reading_id) END,
             h.id IN (SELECT bill_id FROM noted)), 0))) AS said
      FROM uses u JOIN b ON u.history JOIN commercial.bills h ON h.account_id = b.account_id
       AND h.period_end < b.period_start AND h.period_end >= b.period_start - interval '60 months' GROUP BY b.id),
  corrected AS (
    SELECT b.id, console.fingerprint(string_agg(ROW(s.period_end, s.kind)::text, '' ORDER BY s.period_end, s.kind)) AS said
      FROM uses u JOIN b ON u.corrected JOIN standing s ON s.account_id = b.account_id AND s.stands
       AND s.period_end < b.period_start GROUP BY b.id)
  SELECT b.id, jsonb_strip_nulls(jsonb_build_object('bill', b.said, 'prices', prices.said,
      'history', CASE WHEN u.history THEN coalesce(history.said, '') END,
      'corrected', CASE WHEN u.corrected THEN coalesce(corrected.said, '') END,
      'balance', CASE WHEN u.balance THEN b.balance END,
      'meters', CASE WHEN u.meters THEN coalesce((
         SELECT console.fingerprint(ROW(m.installed_on, m.state)::text) FROM commercial.meters m
          WHERE m.account_id = b.account_id AND m.installed_on <= b.period_end
            AND coalesce(m.removed_on, 'infinity') >= b.period_end ORDER BY m.installed_on DESC, m.id DESC LIMIT 1), '') END,
      'later', CASE WHEN u.later > 0 THEN (
         SELECT console.fingerprint(coalesce(string_agg(ROW(f.*)::text, '' ORDER BY f.period_end), '')) FROM (
           SELECT l.period_start, l.period_end, l.volume, l.total, l.tariff_class,
                  (SELECT r.kind FROM commercial.readings r WHERE r.id = l.current_reading_id) AS kind,
                  l.id IN (SELECT bill_id FROM noted) AS adjusted
             FROM commercial.bills l
            WHERE l.account_id = b.account_id AND l.period_start > b.period_end
            ORDER BY l.period_end LIMIT u.later) f) END,
      'premises', CASE WHEN u.premises THEN (
         SELECT console.fingerprint(coalesce(string_agg(ROW(h.period_start, h.period_end, h.volume, h.total,
                  h.tariff_class, (SELECT r.kind FROM commercial.readings r WHERE r.id = h.current_reading_id),
                  EXISTS (SELECT FROM commercial.credit_notes n WHERE n.bill_id = h.id))::text,
                  '' ORDER BY h.period_end, h.id), ''))
           FROM console.earlier_holders(ARRAY[b.account_id]) e
           JOIN commercial.bills h ON h.account_id = e.earlier_id AND h.period_end < least(e.opened_on, b.period_start)
            AND h.period_end >= b.period_start - interval '60 months') END))
    FROM b JOIN prices USING (class, period_start, period_end) CROSS JOIN uses u
    LEFT JOIN history ON history.id = b.id LEFT JOIN corrected ON corrected.id = b.id;
END $$;

-- The kinds of what a correction was computed from that are no longer as they were; `procedure` when its version
-- no longer rules the last day of its bill. Undoing, and what is born of a signed batch, has none.
CREATE OR REPLACE FUNCTION console.changed_sources(wanted bigint) RETURNS SETOF text
  LANGUAGE plpgsql STABLE :definer AS $$
DECLARE c console.corrections;
BEGIN
  SELECT * INTO c FROM console.corrections WHERE id = wanted;
  IF c.reversal_of_id IS NOT NULL OR c.batch_row_id IS NOT NULL THEN RETURN; END IF;
  RETURN QUERY SELECT 'procedure' FROM console.procedure_versions v JOIN commercial.bills b ON b.id = c.bill_id
    WHERE v.id = c.procedure_version_id AND NOT b.period_end BETWEEN v.valid_from AND coalesce(v.valid_to, 'infinity');
  IF c.sources IS NULL THEN RETURN; END IF;
  RETURN QUERY SELECT coalesce(w.key, s.key)
    FROM (SELECT n.* FROM console.sources(ARRAY[c.bill_id], c.procedure_version_id, NULL) f, jsonb_each(f.sources) n) w
    FULL JOIN jsonb_each(c.sources) s ON s.key = w.key WHERE w.value IS DISTINCT FROM s.value;
END $$;

-- The same of many rows of one batch, which of them: those without fingerprints are not among them.
CREATE OR REPLACE FUNCTION console.outdated_rows(of_batch integer, wanted integer[]) RETURNS SETOF integer
  LANGUAGE sql STABLE :definer AS $$
  SELECT r.id FROM console.batch_rows r JOIN console.sources(
      ARRAY(SELECT o.bill_id FROM console.batch_rows o WHERE o.id = ANY(wanted) AND o.sources IS NOT NULL),
      (SELECT b.procedure_version_id FROM console.correction_batches b WHERE b.id = of_batch), of_batch) f
    ON f.bill_id = r.bill_id WHERE r.id = ANY(wanted) AND r.batch_id = of_batch AND r.sources <> f.sources $$;

-- The rows of a batch that proceed and were computed from other records than those of now; while it is `sending`,
-- also those that have no fingerprints.
CREATE OR REPLACE FUNCTION console.outdated_in(of_batch integer, sending boolean) RETURNS SETOF integer
  LANGUAGE sql STABLE :definer AS $$
  WITH mine AS (SELECT r.id, r.sources FROM console.batch_rows r WHERE r.batch_id = of_batch AND r.eligible)
  SELECT console.outdated_rows(of_batch, ARRAY(SELECT id FROM mine))
  UNION ALL SELECT id FROM mine WHERE sending AND sources IS NULL $$;
