-- Seals: groups of finished rows of the trail, each chained to the one before, and their check.

-- What a seal says, chained to the one before. Seals made before the bounds existed keep their own form.
CREATE OR REPLACE FUNCTION audit.seal_hash(s audit.seal) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(s.previous || convert_to(s.number || ':' || s.rows || ':'
    || CASE WHEN s.horizon IS NULL THEN '' ELSE concat_ws(':', s.horizon, s.txid, s.numbered,
         (extract(epoch FROM s.at) * 1000000)::bigint, s.first_seq, s.last_seq, '') END, 'UTF8') || s.root) $$;

-- Seals every row whose transaction is certainly finished. The seal keeps its bounds: `horizon`, the
-- oldest transaction that still ran (everything older is sealed from here on), and, read before its own
-- transaction `txid` began, its time and the last number given: what begins later has later ones.
-- One sealer at a time, by a lock that only the table's owner can take.
CREATE OR REPLACE FUNCTION audit.seal_now() RETURNS audit.seal LANGUAGE plpgsql :definer AS $$
DECLARE p audit.seal; s audit.seal; seen pg_snapshot; since xid8 := '0'; began timestamptz; given bigint;
BEGIN
  LOCK TABLE audit.seal IN SHARE ROW EXCLUSIVE MODE;
  SELECT * INTO p FROM audit.seal ORDER BY number DESC LIMIT 1;
  began := clock_timestamp();
  SELECT last_value INTO given FROM audit.log_seq_seq;
  seen := pg_current_snapshot();
  -- A database restored in another cluster counts transactions anew: look at all that is not sealed.
  IF p.horizon <= pg_snapshot_xmin(seen) THEN since := p.horizon; END IF;
  WITH batch AS (SELECT l.seq, l.row_hash FROM audit.log l
                  WHERE l.txid >= since AND l.txid < pg_snapshot_xmin(seen)
                    AND NOT EXISTS (SELECT FROM audit.sealed z WHERE z.seq = l.seq)),
       kept AS (INSERT INTO audit.sealed (seq, number) SELECT seq, p.number + 1 FROM batch)
  SELECT min(seq), max(seq), count(*), sha256(coalesce(string_agg(row_hash, ''::bytea ORDER BY seq), ''))
    INTO s.first_seq, s.last_seq, s.rows, s.root FROM batch;
  IF s.rows = 0 THEN RETURN p; END IF;
  s.number := p.number + 1; s.at := began; s.previous := p.hash;
  s.horizon := pg_snapshot_xmin(seen); s.txid := pg_current_xact_id(); s.numbered := given;
  s.hash := audit.seal_hash(s);
  INSERT INTO audit.seal SELECT s.*;
  RETURN s;
END $$;

-- Rows of a seal that cannot have been written between the former seal and it. A transaction that ended
-- before the former seal was sealed there; one that began after any seal has later numbers and times.
-- A minute of tolerance: a server's clock may be set back a little.
CREATE OR REPLACE FUNCTION audit.misplaced() RETURNS TABLE (at_seq bigint, at_seal bigint) LANGUAGE sql STABLE AS $$
  SELECT l.seq, s.number
    FROM audit.seal s JOIN audit.seal f ON f.number = s.number - 1 AND f.horizon <= s.horizon
    JOIN audit.sealed z ON z.number = s.number JOIN audit.log l USING (seq)
    LEFT JOIN LATERAL (SELECT e.numbered, e.at FROM audit.seal e
                        WHERE e.number <= f.number AND e.txid < l.txid
                        ORDER BY e.number DESC LIMIT 1) began_after ON true
   WHERE l.txid < f.horizon OR l.txid >= s.horizon OR l.at > s.at + interval '1 minute'
      OR l.seq <= began_after.numbered OR l.at < began_after.at - interval '1 minute' $$;

-- Rows without a seal that cannot wait for the next one: of a transaction that had ended before the
-- last seal, of one that this server never had, or with a number that it has not given.
CREATE OR REPLACE FUNCTION audit.stray() RETURNS TABLE (problem text, at_seq bigint) LANGUAGE sql STABLE :definer AS $$
  SELECT CASE WHEN l.txid < p.horizon THEN 'asiento sin sello y anterior al último'
              WHEN l.seq > q.last_value THEN 'asiento con un número que aún no se da'
              WHEN l.txid >= pg_snapshot_xmax(pg_current_snapshot())
               AND l.txid IS DISTINCT FROM pg_current_xact_id_if_assigned()
              THEN 'asiento de una transacción que no ha existido' END, l.seq
    FROM audit.log_seq_seq q, (SELECT horizon FROM audit.seal ORDER BY number DESC LIMIT 1) p, audit.log l
   WHERE NOT EXISTS (SELECT FROM audit.sealed z WHERE z.seq = l.seq) $$;

-- One row per fault found: a changed row, a removed or added one, one out of its time, a broken link.
CREATE OR REPLACE FUNCTION audit.verify() RETURNS TABLE (problem text, at_seq bigint, at_seal bigint)
  LANGUAGE plpgsql STABLE AS $$
DECLARE s audit.seal; p audit.seal; r bytea; c bigint;
BEGIN
  RETURN QUERY SELECT 'asiento alterado', l.seq, NULL::bigint FROM audit.log l
    WHERE l.row_hash <> sha256(audit.canon(l));
  FOR s IN SELECT * FROM audit.seal ORDER BY number LOOP
    IF s.number <> 0 THEN
      SELECT sha256(coalesce(string_agg(l.row_hash, ''::bytea ORDER BY l.seq), '')), count(*)
        INTO r, c FROM audit.sealed z JOIN audit.log l USING (seq) WHERE z.number = s.number;
      IF r <> s.root OR c <> s.rows THEN
        RETURN QUERY SELECT 'asientos que no corresponden a su sello', s.first_seq, s.number;
      END IF;
      IF p IS NULL OR s.previous <> p.hash OR s.number <> p.number + 1 OR s.hash <> audit.seal_hash(s) THEN
        RETURN QUERY SELECT 'cadena rota', NULL::bigint, s.number;
      END IF;
    ELSIF s.hash <> sha256('consola de atención social: génesis') THEN
      RETURN QUERY SELECT 'cadena rota', NULL::bigint, s.number;
    END IF;
    p := s;
  END LOOP;
  IF p IS NULL THEN RETURN QUERY SELECT 'no queda ningún sello', NULL::bigint, NULL::bigint; END IF;
  RETURN QUERY SELECT 'asiento que no se escribió entre su sello y el anterior', m.* FROM audit.misplaced() m;
  RETURN QUERY SELECT 'asiento con hora anterior a la del que lo precede', o.seq, NULL::bigint
    FROM (SELECT l.seq, l.at, lag(l.at) OVER (ORDER BY l.seq) AS former FROM audit.log l) o
   WHERE o.at < o.former - interval '1 minute';
  RETURN QUERY SELECT t.problem, t.at_seq, NULL::bigint FROM audit.stray() t WHERE t.problem IS NOT NULL;
END $$;

-- How many numbers of the trail no row holds. A transaction that was undone leaves its numbers empty; so
-- does a row removed before its seal, and nothing tells them apart. A sealed row is never missing
-- without a fault: the seals count their rows.
CREATE OR REPLACE FUNCTION audit.empty_numbers() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(max(seq) - min(seq) + 1 - count(*), 0) FROM audit.log $$;

-- Since when the oldest row without a seal waits, and which open transactions hold it back: nothing
-- younger than the oldest of them is sealed. No row when nothing waits; one without a transaction when
-- it is the sealer that stands still.
CREATE OR REPLACE FUNCTION audit.waiting()
  RETURNS TABLE (since timestamptz, pid integer, login text, program text) LANGUAGE sql STABLE :definer AS $$
  WITH oldest AS (SELECT l.at FROM audit.log l
                   WHERE l.txid >= (SELECT coalesce(horizon, '0') FROM audit.seal ORDER BY number DESC LIMIT 1)
                     AND NOT EXISTS (SELECT FROM audit.sealed z WHERE z.seq = l.seq)
                   ORDER BY l.txid LIMIT 1),
       open AS (SELECT a.pid, a.usename::text AS login, a.application_name AS program,
                       a.backend_xid::text::bigint AS xid
                  FROM pg_stat_activity a WHERE a.backend_xid IS NOT NULL
                UNION ALL
                SELECT NULL, x.owner::text, 'transacción preparada ' || x.gid, x.transaction::text::bigint
                  FROM pg_prepared_xacts x)
  SELECT w.at, o.pid, o.login, o.program FROM oldest w LEFT JOIN open o
    ON o.xid = pg_snapshot_xmin(pg_current_snapshot())::text::numeric % 4294967296 $$;
