-- A form that is sent twice is carried out once: the second request waits for the first and gets its result.

CREATE OR REPLACE FUNCTION console.first_result(token text) RETURNS text LANGUAGE plpgsql :definer AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(token, 5803));
  RETURN (SELECT location FROM console.sent_forms
           WHERE token_hash = token AND person_id = console.actor());
END $$;

CREATE OR REPLACE FUNCTION console.keep_result(token text, result text) RETURNS void LANGUAGE sql :definer AS $$
  INSERT INTO console.sent_forms (token_hash, person_id, location)
  VALUES (token, console.actor(), result) $$;
