-- Passwords that somebody tries: each is counted before it is checked, one at a time.

-- Whether a password may be tried now, and if so, one guess more. `name` is whose it is said to be, `place`
-- the network address ('' for a session's own proofs). Who was right before from the same place is counted
-- by what is tried for that name from there alone, so that strangers hold nobody back; everybody else, by
-- what is tried for that name anywhere, and by all that is tried from that place.
-- The lock lets guesses through one by one; only the table's owner, and the gate, can take it.
CREATE OR REPLACE FUNCTION console.may_guess(name text, place text, per_name integer, per_place integer, since timestamptz)
  RETURNS boolean LANGUAGE plpgsql :definer AS $$
DECLARE known boolean; named integer; placed integer := 0;
BEGIN
  LOCK TABLE console.login_attempts IN SHARE ROW EXCLUSIVE MODE;
  known := EXISTS (SELECT FROM console.login_attempts a WHERE a.who = name AND a.address = place AND a."right"
                     AND a.at > clock_timestamp() - interval '90 days');
  SELECT coalesce(sum(CASE WHEN a."right" THEN -1 ELSE 1 END), 0) INTO named FROM console.login_attempts a
   WHERE a.who = name AND a.at > since AND (a.address = place OR NOT known);
  IF NOT known AND place <> '' THEN
    SELECT coalesce(sum(CASE WHEN a."right" THEN -1 ELSE 1 END), 0) INTO placed FROM console.login_attempts a
     WHERE a.address = place AND a.at > since;
  END IF;
  IF named >= per_name OR placed >= per_place THEN RETURN false; END IF;
  INSERT INTO console.login_attempts (who, address, at) VALUES (name, place, clock_timestamp());
  RETURN true;
END $$;
