-- Whether the office of the transaction reads a record, by the grants of its table and by row scope. Who speaks in no
-- office (the owner, and the logins that call functions of the owner's) is asked nothing.
CREATE OR REPLACE FUNCTION console.reads(subject text, id bigint) RETURNS boolean LANGUAGE plpgsql STABLE :definer AS $$
DECLARE office text := nullif(current_setting('role', true), 'none');
BEGIN
  RETURN coalesce(office, '') = ''
      OR has_any_column_privilege(office, to_regclass(format('console.%I', subject)), 'SELECT')
         AND id::text = ANY (console.in_scope('console.' || subject, ARRAY[id::text]));
END $$;

-- The same for a function that states something of a record: it fails, so that nothing is decided on half an answer.
CREATE OR REPLACE FUNCTION console.must_read(subject text, id bigint) RETURNS boolean
  LANGUAGE plpgsql STABLE :definer AS $$
BEGIN
  IF console.reads(subject, id) THEN RETURN true; END IF;
  RAISE EXCEPTION 'this office does not read that record' USING ERRCODE = '42501';
END $$;
