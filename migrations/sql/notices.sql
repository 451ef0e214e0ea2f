-- A letter as it is born: its folio, the table of its record, and whom it is for and where: from the account as it is
-- that day, or from the record (console.addressee(), generated from the declared letters).
CREATE OR REPLACE FUNCTION console.begin_letter() RETURNS trigger LANGUAGE plpgsql :definer AS $$
BEGIN
  SELECT w.about, w.account_id, coalesce(p.addressee, w.addressee), coalesce(p.address, w.address)
    INTO NEW.about, NEW.account_id, NEW.addressee, NEW.address
    FROM console.letter_templates t, console.addressee(t.code, NEW.about_id) w
    LEFT JOIN console.postal_address(w.account_id) p ON true WHERE t.id = NEW.template_id;
  IF NEW.folio IS NULL THEN
    NEW.folio := (console.take_folios('UAS-CAR', 1))[1];
  ELSIF NOT console.issued('UAS-CAR', NEW.folio) THEN
    PERFORM console.refuse('AG002', 'folio_not_issued', NEW.id);
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER e_begin BEFORE INSERT ON console.notices
  FOR EACH ROW EXECUTE FUNCTION console.begin_letter();

-- Letters of one act over one record or many, {about_id, template_id, subject, body} each.
CREATE OR REPLACE FUNCTION console.write_letters(letters jsonb) RETURNS void LANGUAGE sql :definer AS $$
  WITH taken AS MATERIALIZED (SELECT console.next_folios('UAS-CAR', jsonb_array_length(letters)) AS folios)   -- once
  INSERT INTO console.notices (folio, about_id, template_id, subject, body)
  SELECT taken.folios[l.place], l.about_id, l.template_id, l.subject, l.body
    FROM taken, ROWS FROM (jsonb_to_recordset(letters) AS (about_id integer, template_id integer, subject text,
         body text)) WITH ORDINALITY AS l (about_id, template_id, subject, body, place) $$;
