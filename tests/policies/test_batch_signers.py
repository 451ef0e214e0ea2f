"""A batch asks for what its bands and its procedure ask; a deputy signs in the place of an office."""

import json

import psycopg
import pytest

from models.base.people import Role
from models.batches import BatchState as B
from models.queries.batches import waiting_for
from policies.core.rules import Broken
from tests import psql
from tests.policies.batches import WITHOUT_SUPPLY, Batches

UNIT, DIRECTOR, GENERAL = "unit_head", "commercial_director", "general_director"
SIGNERS = psql.BATCH_PLACES
LEVELS = [{"level": 1, "office": GENERAL, "deputies": [DIRECTOR]}]


@pytest.fixture(scope="module")
def batches(office):
    return Batches(office)


@pytest.fixture(scope="module", autouse=True)
def levelled(cluster, office):
    """The procedure asks for the general director over any money, with the commercial director as deputy."""
    with psql.superuser(cluster, office) as raw:
        raw.execute("UPDATE console.procedure_versions v SET definition = jsonb_set(definition, '{approval}', %s)"
                    " FROM console.procedures p WHERE p.id = v.procedure_id AND p.code = %s",
                    (json.dumps(LEVELS), WITHOUT_SUPPLY))
        raw.execute("UPDATE console.approval_bands SET to_amount = NULL WHERE from_amount = 0")
        raw.execute("UPDATE console.approval_bands SET state = 'retired' WHERE from_amount > 0")


def waits(office, key, role):
    with office.speaks(role) as session:
        return key in session.scalars(waiting_for(Role(role))).all()


def test_the_level_of_its_procedure_asks_for_an_office_that_the_band_does_not(office, batches):
    key = batches.submitted(back=10)
    asked = [(slot["role"], slot["deputies"]) for slot in office.scalar(SIGNERS, key)]
    assert asked == [(GENERAL, [DIRECTOR]), (DIRECTOR, [])]
    with pytest.raises(Broken, match="La siguiente firma corresponde a: Dirección General"):
        batches.sign(key, UNIT)
    batches.sign(key, GENERAL)
    assert waits(office, key, DIRECTOR) and not waits(office, key, GENERAL)
    batches.sign(key, DIRECTOR)
    assert batches.state(key) == B.SIGNED


def test_a_deputy_signs_in_its_place_and_the_page_says_so(office, batches):
    key = batches.submitted(back=9)
    assert waits(office, key, GENERAL) and waits(office, key, DIRECTOR) and not waits(office, key, UNIT)
    assert "También puede firmar: Dirección de Comercialización" in office.client("staff").get(f"/lotes/{key}/").text
    batches.sign(key, DIRECTOR)
    with pytest.raises(Broken, match="Usted ya firmó"):
        batches.sign(key, DIRECTOR)
    batches.sign(key, DIRECTOR, which=1)
    assert batches.state(key) == B.SIGNED
    assert office.scalar("SELECT console.fully_signed('correction_batches', %s)", key) is True
    assert "en suplencia" in office.client("auditor").get(f"/lotes/{key}/").text


def test_no_program_signs_where_its_office_is_neither_asked_nor_a_deputy(office, batches):
    key = batches.submitted(back=8)
    content = office.scalar("SELECT console.content_hash('correction_batches', %s)", key)
    with pytest.raises(psycopg.Error) as error, office.program(UNIT) as raw:
        raw.execute("INSERT INTO console.signatures (place_id, method, content_hash) SELECT id, 'psql', %s FROM"
                    " console.signature_places WHERE subject = 'correction_batches' AND subject_id = %s AND position = 1",
                    (content, key))
    assert error.value.sqlstate == "AG003"


def test_no_program_sends_it_with_fewer_signatures(office, batches):
    """Who signs is written by PostgreSQL as it is sent: no program brings its own places, nor takes one away."""
    key = batches.computed(back=7)
    batches.attached(key)
    with pytest.raises(psycopg.Error) as error, office.program("staff") as raw:
        raw.execute("INSERT INTO console.signature_places (subject, subject_id, revision, position, role, rule, deputies)"
                    " VALUES ('correction_batches', %s, 1, 1, %s, 'Menor', '[]')", (key, DIRECTOR))
    assert error.value.sqlstate == "42501"
    assert office.scalar(SIGNERS, key) is None
    with office.program("staff") as raw:
        folio = raw.execute("SELECT console.next_folio('UAS-LOT')").fetchone()[0]
        raw.execute("UPDATE console.correction_batches SET state = 'submitted', folio = %s WHERE id = %s", (folio, key))
    asked = office.scalar("SELECT count(*) FROM console.asked_places('correction_batches', %s)", key)
    assert len(office.scalar(SIGNERS, key)) == asked > 0
    with pytest.raises(psycopg.Error) as error, office.program("staff") as raw:
        raw.execute("DELETE FROM console.signature_places WHERE subject = 'correction_batches' AND subject_id = %s", (key,))
    assert error.value.sqlstate == "42501"
