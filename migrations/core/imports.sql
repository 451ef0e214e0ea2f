-- Lists imported from a file, and undone as a whole. DELETE is granted to nobody: these functions check
-- again who acts and in which office, and delete only rows that the import itself created.

-- The table of a list, if the office of this transaction may fill it, or may view it.
CREATE OR REPLACE FUNCTION console.import_table(screen text, right_to text DEFAULT 'INSERT')
  RETURNS regclass LANGUAGE plpgsql STABLE :definer AS $$
BEGIN
  PERFORM console.actor();
  IF NOT EXISTS (SELECT FROM console.importable() i WHERE i.subject = screen)
     OR NOT has_any_column_privilege(current_setting('role'), format('console.%I', screen), right_to) THEN
    RAISE EXCEPTION 'lists of % are not for this office to bring or take back', screen
      USING ERRCODE = '42501';
  END IF;
  RETURN format('console.%I', screen)::regclass;
END $$;

-- The batch of rows that this very transaction made, by the trail; nobody names as an import what stood before.
-- No statistics count the rows of an open transaction, so PostgreSQL would compare each with each: it joins by hash.
CREATE OR REPLACE FUNCTION console.keep_import(screen text, file_name text, sha256 text, keys integer[])
  RETURNS integer LANGUAGE plpgsql :definer SET enable_nestloop = off AS $$
DECLARE home regclass := console.import_table(screen); born integer; batch integer;
BEGIN
  EXECUTE format('SELECT count(*) FROM %s t WHERE t.id = ANY($1) AND t.version = 1 AND t.id::text IN (
                   SELECT l.row_id FROM audit.log l WHERE l.txid = pg_current_xact_id()
                      AND l.table_name = $2 AND l.operation = ''I'')', home) INTO born USING keys, 'console.' || screen;
  IF born <> cardinality(keys) THEN
    RAISE EXCEPTION 'a batch holds the rows that its own transaction made' USING ERRCODE = '42501';
  END IF;
  INSERT INTO console.import_batches (screen, file_name, sha256, rows, imported_by_id)
    VALUES (screen, file_name, sha256, born, console.actor()) RETURNING id INTO batch;
  INSERT INTO console.import_rows (batch_id, row_id) SELECT batch, unnest(keys);
  RETURN batch;
END $$;

-- What keeps a batch from being taken back: rows edited or gone since, rows with a folio, whose series would have a
-- gap, rows that others name.
CREATE OR REPLACE FUNCTION console.import_ties(wanted integer) RETURNS TABLE (key integer, tie text)
  LANGUAGE plpgsql STABLE :definer AS $$
DECLARE link record; home regclass :=
  console.import_table((SELECT b.screen FROM console.import_batches b WHERE b.id = wanted), 'SELECT');
BEGIN
  RETURN QUERY EXECUTE format(
    'SELECT r.row_id, CASE WHEN t.id IS NULL THEN ''gone'' ELSE ''edited'' END
       FROM console.import_rows r LEFT JOIN %s t ON t.id = r.row_id
      WHERE r.batch_id = $1 AND t.version IS DISTINCT FROM 1', home) USING wanted;
  FOR link IN SELECT DISTINCT s.named FROM console.series() s WHERE s.subject = home::text LOOP
    RETURN QUERY EXECUTE format('SELECT r.row_id, ''numbered'' FROM console.import_rows r JOIN %s t ON t.id = r.row_id
        WHERE r.batch_id = $1 AND t.%I IS NOT NULL', home, link.named) USING wanted;
  END LOOP;
  FOR link IN SELECT c.conrelid::regclass AS child, k.relname, a.attname
                FROM pg_constraint c JOIN pg_class k ON k.oid = c.conrelid
                JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
               WHERE c.contype = 'f' AND c.confrelid = home ORDER BY k.relname LOOP
    RETURN QUERY EXECUTE format(
      'SELECT DISTINCT r.row_id, %L FROM console.import_rows r JOIN %s x ON x.%I = r.row_id
        WHERE r.batch_id = $1', link.relname, link.child, link.attname) USING wanted;
  END LOOP;
END $$;

-- All of them or none; a row that changes meanwhile stops it, and so does a new reference.
CREATE OR REPLACE FUNCTION console.undo_import(wanted integer) RETURNS integer LANGUAGE plpgsql :definer AS $$
DECLARE batch console.import_batches; home regclass; gone integer;
BEGIN
  SELECT * INTO batch FROM console.import_batches b WHERE b.id = wanted FOR UPDATE;
  home := console.import_table(batch.screen);
  IF batch.undone_at IS NOT NULL THEN
    PERFORM console.refuse('AG010', 'import_undone', wanted);
  END IF;
  IF EXISTS (SELECT FROM console.import_ties(wanted) t WHERE t.tie = 'numbered') THEN
    PERFORM console.refuse('AG011', 'import_numbered', wanted);
  END IF;
  IF EXISTS (SELECT FROM console.import_ties(wanted)) THEN
    PERFORM console.refuse('AG011', 'import_in_use', wanted);
  END IF;
  EXECUTE format('DELETE FROM %s t USING console.import_rows r
                   WHERE r.batch_id = $1 AND r.row_id = t.id AND t.version = 1', home) USING wanted;
  GET DIAGNOSTICS gone = ROW_COUNT;
  IF gone <> batch.rows THEN
    PERFORM console.refuse('AG011', 'import_in_use', wanted);
  END IF;
  UPDATE console.import_batches SET undone_by_id = console.actor(), undone_at = clock_timestamp()
   WHERE id = wanted;
  RETURN gone;
END $$;
