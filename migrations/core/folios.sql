-- Folios: numbers of a series and year, without gaps.

-- Numbers without gaps: the counter's row is held until the transaction ends, so ask last.
CREATE OR REPLACE FUNCTION console.take_folios(wanted text, many integer) RETURNS text[] LANGUAGE plpgsql :definer AS $$
DECLARE n integer;
BEGIN
  IF many < 1 OR NOT EXISTS (SELECT FROM console.series() s WHERE s.series = wanted) THEN
    RAISE EXCEPTION 'unknown folio series %', wanted USING ERRCODE = '22023';
  END IF;
  INSERT INTO console.folio_counters AS c (series, year, last) VALUES (wanted, console.folio_year(), many)
    ON CONFLICT (series, year) DO UPDATE SET last = c.last + many RETURNING last INTO n;
  RETURN ARRAY(SELECT console.folio(wanted, console.folio_year(), i) FROM generate_series(n - many + 1, n) i);
END $$;

CREATE OR REPLACE FUNCTION console.folio_year() RETURNS integer
  LANGUAGE sql STABLE AS $$ SELECT extract(year FROM now() AT TIME ZONE 'America/Mexico_City')::integer $$;

CREATE OR REPLACE FUNCTION console.folio(series text, year integer, number integer) RETURNS text
  LANGUAGE sql IMMUTABLE AS $$
  SELECT series || '-' || year || '-' || lpad(number::text, greatest(6, length(number::text)), '0') $$;

CREATE OR REPLACE FUNCTION console.next_folios(wanted text, many integer) RETURNS text[] LANGUAGE plpgsql :definer AS $$
BEGIN
  PERFORM console.actor();
  RETURN console.take_folios(wanted, many);
END $$;

CREATE OR REPLACE FUNCTION console.next_folio(wanted text) RETURNS text LANGUAGE sql :definer AS $$
  SELECT (console.next_folios(wanted, 1))[1] $$;

-- Whether a folio came out of its counter. Nobody invents one: numbers not yet given are refused
-- here, and given ones are unique.
CREATE OR REPLACE FUNCTION console.issued(wanted text, folio text) RETURNS boolean LANGUAGE sql STABLE :definer AS $$
  SELECT EXISTS (SELECT FROM console.folio_counters c, substring(folio FROM '[0-9]{1,9}$') AS written
    WHERE c.series = wanted AND written::integer BETWEEN 1 AND c.last
      AND folio = console.folio(c.series, c.year, written::integer)) $$;

-- At commit: every number that was taken is on a document, so the series has no gap.
CREATE OR REPLACE FUNCTION console.folio_used() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE before integer := CASE TG_OP WHEN 'UPDATE' THEN OLD.last ELSE 0 END; unused text; carrier record;
BEGIN
  SELECT * INTO carrier FROM console.series() s WHERE s.series = NEW.series;
  EXECUTE format('SELECT console.folio($1, $2, n) FROM generate_series($3 + 1, $4) n WHERE NOT EXISTS (
                    SELECT FROM %s d WHERE d.%I = console.folio($1, $2, n)) LIMIT 1', carrier.subject, carrier.named)
    INTO unused USING NEW.series, NEW.year, before, NEW.last;
  IF unused IS NOT NULL OR NEW.last <= before THEN
    PERFORM console.refuse('AG002', 'folio_unused', NULL);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER e_used AFTER INSERT OR UPDATE ON console.folio_counters
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION console.folio_used();
