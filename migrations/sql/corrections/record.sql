-- A correction as it is begun, sent and applied, refused here for any program when it is not what it says. What stands
-- still and who may write what is generated from its rule; its signatures are in core/signing.sql.

-- What its account adds up is written as it is sent.
CREATE OR REPLACE FUNCTION console.send_correction() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  PERFORM console.hold_accounts(ARRAY[NEW.account_id]);
  NEW.accumulated := console.accumulated_with(NEW);
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER e_send BEFORE UPDATE ON console.corrections FOR EACH ROW
  WHEN (NEW.state <> OLD.state AND NEW.state = 'submitted') EXECUTE FUNCTION console.send_correction();

-- At commit: a record just submitted says what its lines and its bill say; an applied one has its one note, and what it
-- undoes knows it.
CREATE OR REPLACE FUNCTION console.complete_correction() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE c console.corrections; moved numeric;
BEGIN
  SELECT * INTO c FROM console.corrections WHERE id = NEW.id;
  IF OLD.state = 'draft' AND NEW.state = 'submitted' AND c.state <> 'draft' THEN
    SELECT sum(amount_after + tax_after - amount_before - tax_before) INTO moved
      FROM console.correction_lines WHERE correction_id = c.id;
    IF moved IS DISTINCT FROM c.amount OR NOT c.eligible
       OR c.state = 'submitted' AND NOT console.agrees_with_bill(c.id) THEN
      PERFORM console.refuse('AG008', 'correction_not_its_lines', c.id);
    ELSIF c.reversal_of_id IS NOT NULL AND EXISTS (
        SELECT service, amount_after, tax_after FROM console.correction_lines WHERE correction_id = c.id
        EXCEPT SELECT service, amount_before, tax_before FROM console.correction_lines
                WHERE correction_id = c.reversal_of_id) THEN
      PERFORM console.refuse('AG008', 'reversal_goes_elsewhere', c.id);
    END IF;
  END IF;
  IF c.state = 'applied' AND NOT EXISTS (SELECT FROM commercial.credit_notes n WHERE n.correction_id = c.id) THEN
    PERFORM console.refuse('AG008', 'applied_without_note', c.id);
  ELSIF c.state = 'applied' AND EXISTS (SELECT FROM console.corrections u
        WHERE u.id = c.reversal_of_id AND u.reversed_by_id IS DISTINCT FROM c.id)
     OR c.reversed_by_id IS NOT NULL AND NOT EXISTS (SELECT FROM console.corrections r
        WHERE r.id = c.reversed_by_id AND r.state = 'applied') THEN
    PERFORM console.refuse('AG008', 'reversal_applied_apart', c.id);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER e_complete AFTER UPDATE ON console.corrections
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION console.complete_correction();

