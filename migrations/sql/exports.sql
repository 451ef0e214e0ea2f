-- The log of exports is written with each move of an ordered export's state. What was asked of it stays, and who may
-- write what is generated from its rule.

CREATE OR REPLACE FUNCTION console.date_export() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.ready_at := clock_timestamp(); NEW.expires_at := NEW.ready_at + interval '24 hours';
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER e_ready BEFORE UPDATE ON console.export_orders
  FOR EACH ROW WHEN (NEW.state = 'ready' AND OLD.state <> 'ready') EXECUTE FUNCTION console.date_export();

CREATE OR REPLACE FUNCTION console.log_export_order() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  IF NEW.state <> 'running' AND (TG_OP = 'INSERT' OR NEW.state <> OLD.state) THEN
    INSERT INTO console.export_entries (at, person_id, role, request_id, table_name, filters, rows, sha256, outcome)
    VALUES (clock_timestamp(), NEW.run_by_id, NEW.run_as, NEW.request_id, NEW.screen, left(NEW.query, 500),
            NEW.written, coalesce(NEW.sha256, ''), NEW.state);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER e_logged AFTER INSERT OR UPDATE ON console.export_orders
  FOR EACH ROW EXECUTE FUNCTION console.log_export_order();

-- What ends without its person, called by the gate now and then: a file whose day is over, an order whose person
-- lost the office (with that sentence), and a streamed export that began and whose server ended before it could
-- say how it ended: none takes longer than half an hour. Returns the orders whose file is kept.
CREATE OR REPLACE FUNCTION console.close_exports(lost_office text) RETURNS SETOF integer LANGUAGE plpgsql :definer AS $$
DECLARE until timestamptz := clock_timestamp() - interval '40 minutes';
BEGIN
  UPDATE console.export_orders SET state = 'expired' WHERE state = 'ready' AND expires_at <= clock_timestamp();
  UPDATE console.export_orders o SET state = 'failed', trouble = lost_office WHERE o.state IN ('ordered', 'running')
     AND NOT EXISTS (SELECT FROM console.offices_of(o.run_by_id) h WHERE h.role = o.run_as);
  IF EXISTS (SELECT FROM console.unended_exports(until)) THEN
    LOCK TABLE console.export_entries IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO console.export_entries (at, person_id, role, request_id, table_name, filters, rows, sha256, outcome)
    SELECT clock_timestamp(), c.person_id, c.role, c.request_id, c.table_name, c.filters, 0, '', 'cut'
      FROM console.unended_exports(until) c;
  END IF;
  RETURN QUERY SELECT o.id FROM console.export_orders o WHERE o.state IN ('ordered', 'running', 'ready');
END $$;
