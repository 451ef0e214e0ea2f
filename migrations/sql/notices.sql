-- A letter as it is born: its folio, the table of its record, and whom it is for and where: from the account as it is
-- that day, or from the record (console.addressee(), generated from the declared letters).
CREATE OR REPLACE FUNCTION console.begin_letter() RETURNS trigger LANGUAGE plpgsql :definer AS $$
DECLARE whom record;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.folio, NEW.account_id, NEW.about, NEW.about_id, NEW.template_id, NEW.subject, NEW.body, NEW.written_at)
       IS DISTINCT FROM (OLD.folio, OLD.account_id, OLD.about, OLD.about_id, OLD.template_id, OLD.subject, OLD.body,
                         OLD.written_at) THEN
      PERFORM console.refuse('AG002', 'letter_keeps_words', OLD.id);
    END IF;
    RETURN NEW;
  END IF;
  SELECT w.* INTO whom FROM console.letter_templates t, console.addressee(t.code, NEW.about_id) w
   WHERE t.id = NEW.template_id;
  NEW.about := whom.about; NEW.account_id := whom.account_id;
  NEW.addressee := whom.addressee; NEW.address := whom.address;
  IF NEW.account_id IS NOT NULL THEN
    SELECT a.holder_name, CASE WHEN btrim(a.street) <> '' THEN a.street || E'\n' || concat_ws(', ', n.name, m.name, 'S.L.P.') END
      INTO NEW.addressee, NEW.address
      FROM commercial.accounts a JOIN console.neighborhoods n ON n.id = a.neighborhood_id
      JOIN console.municipalities m ON m.id = n.municipality_id WHERE a.id = NEW.account_id;
  END IF;
  IF NEW.folio IS NULL THEN
    NEW.folio := (console.take_folios('UAS-CAR', 1))[1];
  ELSIF NOT console.issued('UAS-CAR', NEW.folio) THEN
    PERFORM console.refuse('AG002', 'folio_not_issued', NEW.id);
  END IF;
  RETURN NEW;
END $$;
-- Letters of one act over one record or many, {about_id, template_id, subject, body} each.
CREATE OR REPLACE FUNCTION console.write_letters(letters jsonb) RETURNS void LANGUAGE sql :definer AS $$
  WITH taken AS MATERIALIZED (SELECT console.next_folios('UAS-CAR', jsonb_array_length(letters)) AS folios)   -- once
  INSERT INTO console.notices (folio, about_id, template_id, subject, body)
  SELECT taken.folios[l.place], l.about_id, l.template_id, l.subject, l.body
    FROM taken, ROWS FROM (jsonb_to_recordset(letters) AS (about_id integer, template_id integer, subject text,
         body text)) WITH ORDINALITY AS l (about_id, template_id, subject, body, place) $$;

CREATE OR REPLACE TRIGGER e_begin BEFORE INSERT OR UPDATE ON console.notices
  FOR EACH ROW EXECUTE FUNCTION console.begin_letter();
