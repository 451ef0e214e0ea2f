"""What heads the page of a case: the next step, who has it and until when, and one filled button at most."""

import re

import psycopg
import pytest

from models.base.people import Role
from tests import psql

STRIP = re.compile(r'<section class="now.*?</section>', re.DOTALL)


def strip(page):
    found = STRIP.search(page.text)
    return re.sub(r"<[^>]+>|\s+", " ", found[0]) if found else ""


def filled(page):
    return page.text.count("button primary")


@pytest.mark.parametrize(("state", "step", "office_of"), [
    ("draft", "Enviar a firma", Role.STAFF), ("signed", "Aplicar", Role.STAFF)])
def test_the_step_is_the_one_that_leads_on_and_its_office_has_it(office, state, step, office_of):
    key = office.correction(state)
    for role in ("staff", "unit_head", "auditor"):
        said = strip(office.client(role).get(f"/correcciones/{key}/"))
        assert step in said and office_of.label in said, role


def test_a_signature_is_had_by_the_office_whose_turn_it_is_with_its_people(office):
    key = office.correction("submitted")
    place = office.scalar("SELECT role FROM console.signature_places WHERE subject = 'corrections' AND subject_id = %s"
                          " ORDER BY position LIMIT 1", key)
    said = strip(office.client("staff").get(f"/correcciones/{key}/"))
    assert Role(place).label in said and office.actor(place).name in said and "Firmar" in said


@pytest.mark.parametrize("state", ["draft", "submitted", "signed", "applied", "rejected"])
def test_the_only_filled_button_is_the_next_step_of_whoever_has_it(office, state):
    key = office.correction(state)
    for role in ("staff", "commercial_director", "unit_head", "auditor"):
        page = office.client(role).get(f"/correcciones/{key}/")
        assert filled(page) == ("now-act" in page.text), (role, state)


def test_what_the_step_lacks_is_said_to_whoever_has_it_and_its_button_is_not_offered(office):
    draft = psql.new_draft(office)
    page = office.client("staff").get(f"/correcciones/{draft}/")
    assert "Enviar a firma" in strip(page) and "now-act" not in page.text
    assert "Falta" in strip(page)
    assert "Falta" not in strip(office.client("unit_head").get(f"/correcciones/{draft}/"))


def test_nothing_is_promised_of_a_case_that_has_ended(office):
    for state in ("applied", "rejected"):
        assert strip(office.client("staff").get(f"/correcciones/{office.correction(state)}/")) == ""


def test_a_term_that_has_passed_is_said_to_have_ended(office):
    office.correction("applied")
    letter = office.scalar("SELECT id FROM console.notices WHERE state = 'drafted' LIMIT 1")
    page = office.client("staff").get(f"/cartas/{letter}/")
    assert "A más tardar" in strip(page) and "Así desde" in strip(page)
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("ALTER TABLE console.notices DISABLE TRIGGER USER")
        owner.execute("UPDATE console.notices SET deliver_by = '2026-01-05' WHERE id = %s", (letter,))
        owner.execute("ALTER TABLE console.notices ENABLE TRIGGER USER")
    late = office.client("staff").get(f"/cartas/{letter}/")
    assert "Venció 05/ene/2026" in re.sub(r"\s+", " ", strip(late)) and 'class="now late"' in late.text
