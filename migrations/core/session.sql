-- What every table of the console obeys: versions, moves of state, folios, frozen parts.

CREATE OR REPLACE FUNCTION console.bump_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.version := OLD.version + 1; RETURN NEW; END $$;

-- What a person types, as a prefix query over normalised words: «Núñ lop» -> 'nun':* & 'lop':*.
CREATE OR REPLACE FUNCTION console.prefixes(words text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(string_agg(quote_literal(w) || ':*', ' & '), '')
    FROM regexp_split_to_table(console.normalise(words), '[^a-z0-9]+') w WHERE w <> '' $$;

-- Every way in which a person holds an office today: an own appointment, one as acting holder, or
-- the signature lent by an absent holder, once each is confirmed. Who lends holds the office by an own
-- appointment that very day: what an acting holder or another delegate has is not lent further.
-- `lent_by` is the letter by which a holder's own signature is lent today: meanwhile the holder decides nothing.
DROP FUNCTION IF EXISTS console.offices_of(integer);
CREATE FUNCTION console.offices_of(who integer)
  RETURNS TABLE (role text, acting boolean, absent_id integer, letter text, valid_from date, valid_to date, lent_by text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH today AS NOT MATERIALIZED (SELECT (now() AT TIME ZONE 'America/Mexico_City')::date AS day),
       named AS NOT MATERIALIZED (SELECT a.* FROM console.appointments a JOIN console.people p ON p.id = a.person_id, today
                  WHERE p.active AND a.state = 'confirmed' AND a.valid_from <= today.day
                    AND coalesce(a.valid_to, 'infinity') >= today.day)
  SELECT n.role::text, n.acting, NULL::integer, n.letter, n.valid_from, n.valid_to,
         (SELECT max(d.letter) FROM console.delegations d, today WHERE d.holder_id = who AND d.role = n.role
             AND NOT n.acting AND d.state = 'confirmed' AND today.day BETWEEN d.valid_from AND d.valid_to)
    FROM named n WHERE n.person_id = who
  UNION ALL
  SELECT d.role::text, false, d.holder_id, d.letter, d.valid_from, d.valid_to, NULL
    FROM console.delegations d JOIN console.people p ON p.id = d.delegate_id, today
   WHERE d.delegate_id = who AND d.state = 'confirmed' AND p.active
     AND d.valid_from <= today.day AND d.valid_to >= today.day
     AND EXISTS (SELECT FROM named h WHERE h.person_id = d.holder_id AND h.role = d.role AND NOT h.acting) $$;

-- By which letters a person holds one office today, the one that counts first: nobody chooses to sign
-- «por ausencia» what they may sign as holder. The newest letter rules among those of one kind.
CREATE OR REPLACE FUNCTION console.held(who integer, office text)
  RETURNS TABLE (acting boolean, absent_id integer, letter text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT o.acting, o.absent_id, o.letter FROM console.offices_of(who) o WHERE o.role = office
   ORDER BY o.absent_id IS NOT NULL, o.acting, o.valid_from DESC, o.letter DESC $$;

-- The person in whose name this transaction writes. The login of an office proves nobody: the transaction
-- carries a token (app.token) that the gate issued to the person it names (app.actor), and of which
-- PostgreSQL keeps the SHA-256 where no office reads. The owner and the gate are believed.
CREATE OR REPLACE FUNCTION console.speaker() RETURNS integer
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE who integer;
BEGIN
  IF NOT starts_with(session_user, 'console_tier_') THEN RETURN nullif(current_setting('app.actor', true), '')::integer; END IF;
  who := console.token_holder();
  IF who IS NULL THEN
    RAISE EXCEPTION 'the transaction carries no token of the person that it names' USING ERRCODE = '42501';
  END IF;
  RETURN who;
END $$;

-- The person of the transaction's token, where it is the one that the transaction names; nobody without one.
CREATE OR REPLACE FUNCTION console.token_holder() RETURNS integer
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.person_id FROM console.speaker_tokens t WHERE t.expires_at > clock_timestamp()
     AND t.token_hash = encode(sha256(convert_to(current_setting('app.token', true), 'UTF8')), 'hex')
     AND t.person_id::text = current_setting('app.actor', true) $$;

-- Whether a record that one person has in one office is the caller's: the row scope of such tables.
CREATE OR REPLACE FUNCTION console.own(who integer, office text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT office = replace(current_setting('role', true), 'console_', '') AND who = console.token_holder() $$;

-- The person acting, in the office worn, today: asked again in the database on each write.
CREATE OR REPLACE FUNCTION console.actor() RETURNS integer
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE who integer := console.speaker();
        office text := replace(current_setting('role', true), 'console_', '');
BEGIN
  IF NOT EXISTS (SELECT FROM console.offices_of(who) o WHERE o.role = office) THEN
    RAISE EXCEPTION 'no person holds the office of this transaction' USING ERRCODE = '42501';
  END IF;
  RETURN who;
END $$;

-- After every statement of an office, on every table. After and not before: a statement may call set_config
-- inside itself, and the trail writes what stands when its rows are done, just before this. What functions
-- with the owner's rights write is checked by the statement that called them, or by themselves.
CREATE OR REPLACE FUNCTION console.check_actor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF starts_with(session_user, 'console_tier_') AND current_user IN (session_user, current_setting('role')) THEN
    PERFORM console.actor();
  END IF;
  RETURN NULL;
END $$;

-- A state moves only along a declared act, by an office that may; console.moves() and console.decisions()
-- are generated from policies/ with the grants. A decision (to sign, return, reject, authorise, retire) is
-- taken by whoever holds the office until the transaction ends, and on a record that asks for signatures
-- only by an office that it asks.
CREATE OR REPLACE FUNCTION console.check_move() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE former text := ''; office text := replace(current_setting('role', true), 'console_', '');
        decision record;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    former := OLD.state;
    IF NEW.state = former THEN RETURN NEW; END IF;
  ELSIF TG_TABLE_NAME = 'corrections' THEN
    -- Of a signed batch, born applied: 46_children.sql looks at all of them at once.
    IF NEW.batch_row_id IS NOT NULL AND NEW.state = 'applied' THEN RETURN NEW; END IF;
  END IF;
  -- The first people come from the owner of the installation, who acts in no office (21_proposals.sql), and
  -- what is said of a password (24_passwords.sql) or of an export that nobody goes on with (61_exports.sql) from
  -- the gate, which has none either.
  IF TG_TABLE_NAME IN ('appointments', 'delegations', 'handovers', 'export_orders') AND coalesce(office, 'none') IN ('', 'none') THEN
    RETURN NEW;
  END IF;
  PERFORM console.actor();
  IF NOT EXISTS (SELECT FROM console.moves() m WHERE m.subject = TG_TABLE_NAME
                  AND m.source = former AND m.target = NEW.state
                  AND m.role = office) THEN
    RAISE EXCEPTION '% % may not move from "%" to "%" as %', TG_TABLE_NAME, NEW.id, former,
      NEW.state, coalesce(office, 'nobody') USING ERRCODE = 'AG001';
  END IF;
  SELECT * INTO decision FROM console.decisions() d
   WHERE d.subject = TG_TABLE_NAME AND d.source = former AND d.target = NEW.state;
  IF FOUND THEN
    PERFORM console.hold_office(console.actor(), office);
    IF decision.by_place AND NOT console.fills(TG_TABLE_NAME, NEW.id, office) THEN
      RAISE EXCEPTION '% % asks for no signature of %', TG_TABLE_NAME, NEW.id, office USING ERRCODE = 'AG035';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION console.frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% % is frozen in state %', TG_TABLE_NAME, OLD.id, OLD.state
    USING ERRCODE = 'AG002';
END $$;

-- A part changes only while its whole may. The whole's row is written, not only locked: a
-- reader with an older snapshot then fails instead of deciding on the past. Arguments: the
-- parent's table, the column that names it, the states in which it is open (comma list).
CREATE OR REPLACE FUNCTION console.part_of_open() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE whole bigint; open boolean;
BEGIN
  IF TG_TABLE_NAME = 'correction_lines' AND TG_OP = 'INSERT' THEN
    -- Of a signed batch: 46_children.sql compares it with what was signed.
    IF EXISTS (SELECT FROM console.corrections c
                WHERE c.id = NEW.correction_id AND c.batch_row_id IS NOT NULL) THEN RETURN NEW; END IF;
  END IF;
  whole := (CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END ->> TG_ARGV[1])::bigint;
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) ->> TG_ARGV[1] <> whole::text THEN
    RAISE EXCEPTION 'a part stays with its whole' USING ERRCODE = 'AG002';
  END IF;
  EXECUTE format('UPDATE console.%I SET state = state WHERE id = $1 RETURNING state = ANY($2)', TG_ARGV[0])
    INTO open USING whole, string_to_array(TG_ARGV[2], ',');
  IF open IS NOT TRUE THEN
    RAISE EXCEPTION '% of % % is frozen', TG_TABLE_NAME, TG_ARGV[0], whole USING ERRCODE = 'AG002';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

-- Numbers without gaps: the counter's row is held until the transaction ends, so ask last. Takes as
-- many as are asked for and gives the one before the first.
CREATE OR REPLACE FUNCTION console.take_folios(wanted text, many integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE n integer;
BEGIN
  IF many < 1 OR NOT EXISTS (SELECT FROM console.series() s WHERE s.series = wanted) THEN
    RAISE EXCEPTION 'unknown folio series %', wanted USING ERRCODE = '22023';
  END IF;
  INSERT INTO console.folio_counters AS c (series, year, last) VALUES (wanted, console.folio_year(), many)
    ON CONFLICT (series, year) DO UPDATE SET last = c.last + many RETURNING last INTO n;
  RETURN n - many;
END $$;

CREATE OR REPLACE FUNCTION console.folio_year() RETURNS integer
  LANGUAGE sql STABLE AS $$ SELECT extract(year FROM now() AT TIME ZONE 'America/Mexico_City')::integer $$;

CREATE OR REPLACE FUNCTION console.folio(series text, year integer, number integer) RETURNS text
  LANGUAGE sql IMMUTABLE AS $$
  SELECT series || '-' || year || '-' || lpad(number::text, greatest(6, length(number::text)), '0') $$;

CREATE OR REPLACE FUNCTION console.next_folio(wanted text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM console.actor();
  RETURN console.folio(wanted, console.folio_year(), console.take_folios(wanted, 1) + 1);
END $$;

-- Whether a folio came out of its counter. Nobody invents one: numbers not yet given are refused
-- here, and given ones are unique.
CREATE OR REPLACE FUNCTION console.issued(wanted text, folio text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM console.folio_counters c, substring(folio FROM '[0-9]{1,9}$') AS written
    WHERE c.series = wanted AND written::integer BETWEEN 1 AND c.last
      AND folio = console.folio(c.series, c.year, written::integer)) $$;

-- At commit: every number that was taken is on a document, so the series has no gap.
CREATE OR REPLACE FUNCTION console.folio_used() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE before integer := CASE TG_OP WHEN 'UPDATE' THEN OLD.last ELSE 0 END; unused text; carrier record;
BEGIN
  SELECT * INTO carrier FROM console.series() s WHERE s.series = NEW.series;
  EXECUTE format('SELECT console.folio($1, $2, n) FROM generate_series($3 + 1, $4) n WHERE NOT EXISTS (
                    SELECT FROM %s d WHERE d.%I = console.folio($1, $2, n)) LIMIT 1', carrier.subject, carrier.named)
    INTO unused USING NEW.series, NEW.year, before, NEW.last;
  IF unused IS NOT NULL OR NEW.last <= before THEN
    RAISE EXCEPTION 'folio % was taken and is on no document', unused USING ERRCODE = 'AG002';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS e_used ON console.folio_counters;
CREATE CONSTRAINT TRIGGER e_used AFTER INSERT OR UPDATE ON console.folio_counters
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION console.folio_used();

CREATE OR REPLACE FUNCTION console.only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'AG002';
END $$;

-- Nobody gives himself an office.
CREATE OR REPLACE FUNCTION console.not_oneself() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW = OLD THEN RETURN NEW; END IF;   -- written by a signature, to hold it still
  END IF;
  IF NEW.person_id = console.speaker() THEN
    RAISE EXCEPTION 'nobody appoints himself' USING ERRCODE = 'AG009';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER b_not_oneself BEFORE INSERT OR UPDATE ON console.appointments
  FOR EACH ROW EXECUTE FUNCTION console.not_oneself();

-- Nobody removes a hand from a record: who contributed must not sign.
CREATE OR REPLACE TRIGGER d_guard BEFORE UPDATE OR DELETE ON console.contributions
  FOR EACH ROW EXECUTE FUNCTION console.only_grows();
