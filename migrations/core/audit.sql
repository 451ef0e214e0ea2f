-- The trail. Rows are written by trigger, in the transaction of the change, whoever writes.

CREATE TABLE IF NOT EXISTS audit.secret (
  id boolean PRIMARY KEY DEFAULT true CHECK (id), key bytea NOT NULL);
INSERT INTO audit.secret (key)
  SELECT sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
  ON CONFLICT DO NOTHING;

INSERT INTO audit.seal (number, rows, root, previous, hash)
  SELECT 0, 0, '\x', '\x', sha256('consola de atención social: génesis')
  WHERE NOT EXISTS (SELECT FROM audit.seal);

-- A personal value leaves only this: equal values look equal, nobody reads them.
CREATE OR REPLACE FUNCTION audit.pseudonym(key bytea, value jsonb) RETURNS jsonb
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN value = 'null' THEN value ELSE
    to_jsonb('hmac:' || encode(sha256(key || sha256(key || convert_to(value::text, 'UTF8'))), 'hex'))
  END $$;

-- No SET clause on purpose: it forbids inlining. Nothing here depends on TimeZone or DateStyle.
CREATE OR REPLACE FUNCTION audit.canon(l audit.log) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT convert_to(jsonb_build_array(l.seq, (extract(epoch FROM l.at) * 1000000)::bigint,
     l.txid::text, l.actor_id, l.role, l.act, l.request_id, l.db_user, l.program, host(l.client),
     l.table_name, l.row_id, l.operation, l.old, l.new)::text, 'UTF8') $$;

CREATE OR REPLACE FUNCTION audit.write(entry audit.log) RETURNS void LANGUAGE plpgsql :definer AS $$
DECLARE l audit.log := entry;
BEGIN
  l.seq := nextval('audit.log_seq_seq');
  l.at := clock_timestamp();
  l.txid := pg_current_xact_id();
  l.actor_id := console.speaker();
  l.role := coalesce(nullif(current_setting('role', true), 'none'), session_user);
  l.act := nullif(current_setting('app.act', true), '');
  -- An act is named only where it is declared: for this office and, unless a trigger wrote the row as its
  -- consequence, this table. console.acts() is generated from policies/ with the grants.
  IF l.act IS NOT NULL AND NOT concat_ws(' ', l.act, l.role, CASE WHEN pg_trigger_depth() < 2 THEN l.table_name END)
      = ANY (console.acts()) THEN
    RAISE EXCEPTION 'no act "%" of % writes %', l.act, l.role, l.table_name USING ERRCODE = '42501';
  END IF;
  l.request_id := nullif(current_setting('app.request_id', true), '');
  l.db_user := session_user;
  l.program := coalesce(current_setting('application_name', true), '');
  l.client := inet_client_addr();
  l.row_hash := sha256(audit.canon(l));
  INSERT INTO audit.log SELECT l.*;
END $$;

-- Arguments: the key column, the personal columns, the columns that are no fact (comma lists).
CREATE OR REPLACE FUNCTION audit.capture() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE
  o jsonb; n jsonb; l audit.log; secret bytea; k text;
  personal text[] := string_to_array(TG_ARGV[1], ',');
  ignored text[] := string_to_array(TG_ARGV[2], ',');
BEGIN
  IF TG_OP <> 'INSERT' THEN o := to_jsonb(OLD) - ignored; END IF;
  IF TG_OP <> 'DELETE' THEN n := to_jsonb(NEW) - ignored; END IF;
  l.row_id := coalesce(n, o) ->> TG_ARGV[0];
  IF TG_OP = 'UPDATE' THEN
    SELECT coalesce(jsonb_object_agg(e.key, e.value), '{}') INTO n
      FROM jsonb_each(n) e WHERE o -> e.key IS DISTINCT FROM e.value AND e.key <> 'version';
    IF n = '{}' THEN RETURN NULL; END IF;
    SELECT jsonb_object_agg(e.key, e.value) INTO o FROM jsonb_each(o) e WHERE n ? e.key;
  END IF;
  IF personal <> '{}' THEN
    SELECT s.key INTO secret FROM audit.secret s;
    FOREACH k IN ARRAY personal LOOP
      IF o ? k THEN o := jsonb_set(o, ARRAY[k], audit.pseudonym(secret, o -> k)); END IF;
      IF n ? k THEN n := jsonb_set(n, ARRAY[k], audit.pseudonym(secret, n -> k)); END IF;
    END LOOP;
  END IF;
  l.table_name := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
  l.operation := left(TG_OP, 1); l.old := o; l.new := n;
  PERFORM audit.write(l);
  RETURN NULL;
END $$;

-- The commercial system loads by the thousand: one entry a statement, with how many rows.
CREATE OR REPLACE FUNCTION audit.capture_load() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE l audit.log; loaded bigint;
BEGIN
  SELECT count(*) INTO loaded FROM fresh;
  IF loaded = 0 THEN RETURN NULL; END IF;
  l.table_name := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
  l.operation := 'L'; l.new := jsonb_build_object('rows', loaded);
  PERFORM audit.write(l);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION audit.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '42501';
END $$;
CREATE OR REPLACE TRIGGER only_grows BEFORE UPDATE OR DELETE ON audit.log FOR EACH ROW EXECUTE FUNCTION audit.refuse();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON audit.log EXECUTE FUNCTION audit.refuse();
-- An entry is born of a change, inside its trigger; nobody types one, not even the owner.
CREATE OR REPLACE TRIGGER only_by_trigger BEFORE INSERT ON audit.log FOR EACH ROW
  WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION audit.refuse();
CREATE OR REPLACE TRIGGER only_grows BEFORE UPDATE OR DELETE ON audit.seal FOR EACH ROW EXECUTE FUNCTION audit.refuse();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON audit.seal EXECUTE FUNCTION audit.refuse();
CREATE OR REPLACE TRIGGER only_grows BEFORE UPDATE OR DELETE ON audit.sealed FOR EACH ROW EXECUTE FUNCTION audit.refuse();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON audit.sealed EXECUTE FUNCTION audit.refuse();
REVOKE ALL ON audit.secret FROM PUBLIC;
