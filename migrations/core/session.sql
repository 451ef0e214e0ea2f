-- Who a transaction speaks for, and which offices a person holds today.

-- Every way in which a person holds an office today: an own appointment, one as acting holder, or
-- the signature lent by an absent holder, once each is confirmed. Who lends holds the office by an own
-- appointment that very day: what an acting holder or another delegate has is not lent further.
-- `lent_by` is the letter by which a holder's own signature is lent today: meanwhile the holder decides nothing.
DROP FUNCTION IF EXISTS console.offices_of(integer);
CREATE FUNCTION console.offices_of(who integer)
  RETURNS TABLE (role text, acting boolean, absent_id integer, letter text, valid_from date, valid_to date, lent_by text)
  LANGUAGE sql STABLE :definer AS $$
  WITH today AS NOT MATERIALIZED (SELECT console.local_day() AS day),
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
  RETURNS TABLE (acting boolean, absent_id integer, letter text) LANGUAGE sql STABLE :definer AS $$
  SELECT o.acting, o.absent_id, o.letter FROM console.offices_of(who) o WHERE o.role = office
   ORDER BY o.absent_id IS NOT NULL, o.acting, o.valid_from DESC, o.letter DESC $$;

-- The person in whose name this transaction writes. The login of an office proves nobody: the transaction
-- carries a token (app.token) that the gate issued to the person it names (app.actor), and of which
-- PostgreSQL keeps the SHA-256 where no office reads. The owner and the gate are believed.
CREATE OR REPLACE FUNCTION console.speaker() RETURNS integer LANGUAGE plpgsql STABLE :definer AS $$
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
CREATE OR REPLACE FUNCTION console.token_holder() RETURNS integer LANGUAGE sql STABLE :definer AS $$
  SELECT t.person_id FROM console.speaker_tokens t WHERE t.expires_at > clock_timestamp()
     AND t.token_hash = encode(sha256(convert_to(current_setting('app.token', true), 'UTF8')), 'hex')
     AND t.person_id::text = current_setting('app.actor', true) $$;

-- The person acting, in the office worn, today: asked again in the database on each write.
CREATE OR REPLACE FUNCTION console.actor() RETURNS integer LANGUAGE plpgsql STABLE :definer AS $$
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

-- What gives a person an office is written, not only locked, by whoever signs or decides with it: the people,
-- the appointment and the delegation. A revocation that was begun before is waited for, and then the signature
-- fails; one that comes later waits until the signature is committed. Gives how the office is held.
CREATE OR REPLACE FUNCTION console.hold_office(who integer, office text)
  RETURNS TABLE (acting boolean, absent_id integer, letter text) LANGUAGE plpgsql :definer AS $$
#variable_conflict use_column
DECLARE before record; after record;
BEGIN
  SELECT * INTO before FROM console.held(who, office) LIMIT 1;
  UPDATE console.people p SET active = p.active WHERE p.id IN (who, before.absent_id);
  UPDATE console.appointments a SET letter = a.letter WHERE a.role = office AND a.person_id IN (who, before.absent_id);
  UPDATE console.delegations d SET letter = d.letter
   WHERE d.delegate_id = who AND d.role = office AND d.holder_id = before.absent_id;
  SELECT * INTO after FROM console.held(who, office) LIMIT 1;
  IF NOT FOUND OR after IS DISTINCT FROM before THEN
    RAISE EXCEPTION 'the appointment or the delegation changed meanwhile' USING ERRCODE = '40001';
  END IF;
  IF EXISTS (
      SELECT FROM console.offices_of(who) o WHERE o.role = office AND o.lent_by IS NOT NULL) THEN
    PERFORM console.refuse('AG055', 'signature_lent', who);
  END IF;
  IF EXISTS (SELECT FROM console.logins l WHERE l.person_id = who AND l.handed_at IS NOT NULL) THEN
    PERFORM console.refuse('AG056', 'password_handed', who);
  END IF;
  RETURN QUERY SELECT after.acting, after.absent_id, after.letter;
END $$;
