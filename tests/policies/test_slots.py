"""Who must sign: the amount's band, and what the procedure adds; checked by PostgreSQL for any program."""

import json
from contextlib import contextmanager

import psycopg
import pytest

from models.corrections import Correction
from policies.corrections.signatures import sign
from tests import psql
from tests.psql import as_person, refused, whole

UNIT, DIRECTOR, GENERAL = "unit_head", "commercial_director", "general_director"
ASKED = """SELECT position, role, deputies FROM (SELECT %s::numeric AS moved) m, console.required_slots(moved, abs(moved),
    current_date, (SELECT procedure_version_id FROM console.corrections WHERE id = %s))"""
SIGN_IT = """
INSERT INTO console.signatures (place_id, method, content_hash)
SELECT s.id, 'password', console.content_hash('corrections', s.subject_id) FROM console.signature_places s
 WHERE s.subject = 'corrections' AND s.subject_id = %s AND s.position = %s"""
ALONE = [{"level": 1, "office": DIRECTOR}]
TWO = [{"level": 1, "office": UNIT}, {"level": 2, "office": DIRECTOR}]
BANDED = [{"level": 1, "office": DIRECTOR, "maximum": 500}, {"level": 2, "office": GENERAL, "minimum": "500.01"}]
DEPUTY = [{"level": 1, "office": DIRECTOR, "deputies": [GENERAL, UNIT]}]
QUORUM = [{"level": 1, "office": UNIT, "signatures": 2, "members": [GENERAL, DIRECTOR]}]


@pytest.fixture
def approving(cluster, office):
    """approving(levels): from here on the procedure asks that; as it was, at the end."""
    before = []

    def write(levels, key):
        with psql.superuser(cluster, office) as raw:
            version, old = raw.execute(
                "SELECT v.id, v.definition FROM console.procedure_versions v JOIN console.corrections c"
                " ON c.procedure_version_id = v.id WHERE c.id = %s", (key,)).fetchone()
            before.append((json.dumps(old), version))
            raw.execute("UPDATE console.procedure_versions SET definition = jsonb_set(definition, '{approval}', %s)"
                        " WHERE id = %s", (json.dumps(levels), version))
    yield write
    with psql.superuser(cluster, office) as raw:
        for old, version in before[:1]:
            raw.execute("UPDATE console.procedure_versions SET definition = %s WHERE id = %s", (old, version))


def asked(office, amount, key):
    with office.program() as raw:
        return [(role, deputies) for _, role, deputies in raw.execute(ASKED, (amount, key)).fetchall()]


def signs(office, key, position, role, who=None):
    with as_person(office, role, who or office.actor(role).id) as raw:
        raw.execute(SIGN_IT, (key, position))
        raw.execute(psql.COMPLETE, (key,))


@contextmanager
def slots_written(office, key, statement):
    """A program that sends a correction with places of its own making."""
    with office.program("staff") as raw:
        raw.execute(statement, (key,))
        raw.execute(psql.SEND, (key,))
        yield raw


@pytest.mark.parametrize(("levels", "amount", "roles"), [
    (ALONE, -10, [DIRECTOR]), (ALONE, 1500, [UNIT, DIRECTOR]), (ALONE, 20000, [UNIT, DIRECTOR, GENERAL]),
    (TWO, -10, [UNIT, DIRECTOR]), (TWO, 1500, [UNIT, DIRECTOR]),
    ([{"level": 1, "office": GENERAL}], -10, [GENERAL, DIRECTOR]),
    ([{"level": 1, "office": GENERAL}], 1500, [UNIT, GENERAL, DIRECTOR]),
    ([{"level": 2, "office": UNIT}, {"level": 1, "office": GENERAL}], -10, [GENERAL, UNIT, DIRECTOR]),
    (BANDED, -500, [DIRECTOR]), (BANDED, -500.01, [GENERAL, DIRECTOR]), (BANDED, 500.01, [GENERAL, DIRECTOR]),
    ([{"level": 1, "office": UNIT, "maximum": 500}], -500, [UNIT, DIRECTOR]),
    ([{"level": 1, "office": UNIT, "maximum": 500}], -500.01, [DIRECTOR]),
    ([{"level": 1, "office": UNIT, "minimum": "1000/3"}], 333.33, [DIRECTOR]),
    ([{"level": 1, "office": UNIT, "minimum": "1000/3"}], 333.34, [UNIT, DIRECTOR]),
    ([{"level": 1, "office": DIRECTOR, "signatures": 2}], -10, [DIRECTOR, DIRECTOR]),
    (QUORUM, -10, [UNIT, UNIT, DIRECTOR]), (QUORUM, 1500, [UNIT, UNIT, DIRECTOR]), ([], -10, [DIRECTOR])])
def test_a_procedure_adds_its_places_before_the_one_that_closes_the_band(office, approving, levels, amount, roles):
    key = psql.new_draft(office)
    approving(levels, key)
    assert [role for role, _ in asked(office, amount, key)] == roles


def test_an_amount_without_a_band_is_not_signed_by_its_procedure_alone(office, approving):
    key = psql.new_draft(office)
    approving(TWO, key)
    with office.program() as raw:
        assert raw.execute(ASKED.replace("current_date", "'1999-01-01'"), (-10, key)).fetchall() == []


def test_deputies_are_those_of_the_office_each_once_and_in_order(office, approving):
    key = psql.new_draft(office)
    approving([*DEPUTY, {"level": 2, "office": DIRECTOR, "deputies": [UNIT, DIRECTOR]}], key)
    assert asked(office, -10, key) == [(DIRECTOR, [GENERAL, UNIT])]
    assert asked(office, 1500, key) == [(UNIT, []), (DIRECTOR, [GENERAL, UNIT])]


def test_a_deputy_signs_and_the_row_says_as_what(office, approving):
    key = psql.new_draft(office)
    approving(DEPUTY, key)
    psql.send(office, key)
    signs(office, key, 1, GENERAL)
    made = whole(office, key)
    assert made["correction"]["state"] == "signed"
    assert (made["slots"][0]["role"], made["signatures"][0]["role"]) == (DIRECTOR, GENERAL)
    psql.post(office, key)
    assert whole(office, key)["correction"]["state"] == "applied"


def test_whoever_is_no_deputy_does_not_sign_that_place(office, approving):
    key = psql.new_draft(office)
    approving([{"level": 1, "office": DIRECTOR, "deputies": [GENERAL]}], key)
    psql.send(office, key)
    with refused(office, "AG003", key):
        signs(office, key, 1, UNIT)


def test_the_places_that_a_procedure_adds_are_signed_in_order(office, approving):
    key = psql.new_draft(office)
    approving(TWO, key)
    psql.send(office, key)
    with refused(office, "AG007", key):
        signs(office, key, 2, DIRECTOR)
    signs(office, key, 1, UNIT)
    signs(office, key, 2, DIRECTOR)
    assert whole(office, key)["correction"]["state"] == "signed"


def test_a_quorum_is_of_distinct_people(office, approving):
    key = psql.new_draft(office)
    approving(QUORUM, key)
    psql.send(office, key)
    signs(office, key, 1, GENERAL)
    with refused(office, "23505", key):
        signs(office, key, 2, GENERAL)
    signs(office, key, 2, UNIT)
    signs(office, key, 3, DIRECTOR)
    assert whole(office, key)["correction"]["state"] == "signed"


def test_who_may_stand_in_is_part_of_what_is_signed(cluster, office, approving):
    key = psql.new_draft(office)
    approving(DEPUTY, key)
    psql.send(office, key)
    seen = office.scalar(psql.CONTENT, key)
    with psql.superuser(cluster, office) as raw:
        raw.execute("UPDATE console.signature_places SET deputies = '[\"unit_head\"]' WHERE subject = 'corrections' AND subject_id = %s", (key,))
    assert office.scalar(psql.CONTENT, key) != seen
    assert f"S|1|{DIRECTOR}/{UNIT}||" in office.scalar("SELECT console.signed_content('corrections', %s)", key)


def test_a_signature_planted_by_who_is_no_deputy_applies_nothing(cluster, office, approving):
    key = psql.new_draft(office)
    approving([{"level": 1, "office": DIRECTOR, "deputies": [GENERAL]}], key)
    psql.send(office, key)
    with psql.superuser(cluster, office) as raw:
        raw.execute(psql.PLANTED.format(role="'unit_head'", hash="console.content_hash('corrections', s.subject_id)"),
                    (office.actor(UNIT).id, key))
        raw.execute("UPDATE console.corrections SET state = 'signed' WHERE id = %s", (key,))
    with refused(office, "AG006", key), office.program("staff") as raw:
        raw.execute(psql.NOTE, (key,))


@pytest.mark.parametrize("level", [{"office": "board"}, {"office": DIRECTOR, "deputies": ["second"]},
                                   {"office": DIRECTOR, "members": ["staff"]}])
def test_a_version_that_asks_an_office_that_signs_nothing_is_not_authorised(cluster, office, level):
    with psql.superuser(cluster, office) as raw:
        (version,) = raw.execute(
            "INSERT INTO console.procedure_versions (procedure_id, number, state, valid_from, anomaly_codes, definition,"
            " content_hash) SELECT procedure_id, (SELECT max(number) + 1 FROM console.procedure_versions), 'draft',"
            " valid_from, anomaly_codes, jsonb_set(definition, '{approval}', %s) || jsonb_build_object('version',"
            " (SELECT max(number) + 1 FROM console.procedure_versions)), 'x' FROM console.procedure_versions"
            " LIMIT 1 RETURNING id", (json.dumps([{"level": 1} | level]),)).fetchone()
    with pytest.raises(psycopg.Error) as caught, office.program() as raw:
        raw.execute("ALTER TABLE console.procedure_versions DISABLE TRIGGER a_moves")
        raw.execute("UPDATE console.procedure_versions SET state = 'submitted' WHERE id = %s", (version,))
    assert caught.value.sqlstate == "AG034"


def test_a_deputy_is_told_it_is_their_turn_and_the_others_whose_it_is(office, approving):
    key = psql.new_draft(office)
    approving([{"level": 1, "office": DIRECTOR, "deputies": [GENERAL]}], key)
    psql.send(office, key)
    with office.speaks(GENERAL) as session:
        assert sign.hinders(session.get(Correction, key), office.actor(GENERAL)) is None
        assert sign.hinders(session.get(Correction, key), office.actor(UNIT)) == (
            "La siguiente firma corresponde a: Dirección de Comercialización, o a Dirección General.")
