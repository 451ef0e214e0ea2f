-- Terms and calendars as the office signs them.

-- The last day of a rule that is in force moves only by the act of the office that signs rules, and not to the past.
CREATE OR REPLACE FUNCTION console.end_of_rule() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  IF OLD.state <> 'in_force' OR NEW.valid_to IS NULL OR NEW.valid_to < console.local_day()
     OR NOT EXISTS (SELECT FROM console.moves() m WHERE m.subject = 'deadline_rules' AND m.source = 'draft'
                     AND 'console_' || m.role = current_setting('role', true)) THEN
    PERFORM console.refuse('AG072', 'rule_keeps_last_day', OLD.id);
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER e_end BEFORE UPDATE ON console.deadline_rules
  FOR EACH ROW WHEN (OLD.state <> 'draft' AND NEW.valid_to IS DISTINCT FROM OLD.valid_to)
  EXECUTE FUNCTION console.end_of_rule();
