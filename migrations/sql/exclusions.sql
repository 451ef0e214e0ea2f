-- Offices that exclude one another, refused for one person on one day, however and in whatever order they are
-- written. What is proposed counts as what is confirmed: it would be held as soon as somebody confirms it.

-- Under another isolation the checks below would look at the past and accept what a neighbour just wrote.
CREATE OR REPLACE FUNCTION console.sees_the_present() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    PERFORM console.refuse('AG002', 'offices_isolation', NULL);
  END IF;
END $$;

-- Two writers of one person's offices take turns by writing that person's row; who lends a signature too, so
-- that a signature that is being put is waited for.
CREATE OR REPLACE FUNCTION console.guard_exclusive() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE who integer := coalesce(to_jsonb(NEW) ->> 'person_id', to_jsonb(NEW) ->> 'delegate_id')::integer;
        unmoved text[] := '{state,valid_from,valid_to,version}';
BEGIN
  IF NEW.state NOT IN ('proposed', 'confirmed') THEN RETURN NULL; END IF;
  IF TG_OP = 'UPDATE' THEN    -- what takes nothing more is not asked: an older overlap may be shortened
    IF NEW.state = OLD.state AND to_jsonb(NEW) - unmoved = to_jsonb(OLD) - unmoved
       AND daterange(OLD.valid_from, OLD.valid_to, '[]') @> daterange(NEW.valid_from, NEW.valid_to, '[]') THEN
      RETURN NULL;
    END IF;
  END IF;
  PERFORM console.sees_the_present();
  UPDATE console.people SET active = active WHERE id IN (who, (to_jsonb(NEW) ->> 'holder_id')::integer);
  IF EXISTS (SELECT FROM console.incompatible() i
              WHERE i.person_id = who AND i.source = TG_TABLE_NAME AND i.id = NEW.id) THEN
    PERFORM console.refuse('AG052', 'offices_exclude', NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER e_exclusive AFTER INSERT OR UPDATE ON console.appointments
  FOR EACH ROW EXECUTE FUNCTION console.guard_exclusive();
CREATE OR REPLACE TRIGGER e_exclusive AFTER INSERT OR UPDATE ON console.delegations
  FOR EACH ROW EXECUTE FUNCTION console.guard_exclusive();

-- A pair is put in force when nobody has both; offices that are being given meanwhile are waited for.
CREATE OR REPLACE FUNCTION console.guard_pair() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  PERFORM console.sees_the_present();
  LOCK TABLE console.appointments, console.delegations IN SHARE MODE;
  IF EXISTS (SELECT FROM console.incompatible() i WHERE i.pair_id = NEW.id) THEN
    PERFORM console.refuse('AG053', 'pair_held', NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER e_pair AFTER UPDATE ON console.exclusive_offices
  FOR EACH ROW WHEN (NEW.state = 'in_force' AND OLD.state <> 'in_force') EXECUTE FUNCTION console.guard_pair();
