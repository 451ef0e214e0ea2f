"""An office that decides counts when a second person of another office confirmed it: refused in psql too."""

import psycopg
import pytest

from models.base.people import Role
from policies.core.offices import DECIDING
from tests import psql
from tests.psql import as_person

DAY = "(now() AT TIME ZONE 'America/Mexico_City')::date"
APPOINT = f"""INSERT INTO console.appointments (person_id, role, valid_from, valid_to, acting, letter)
VALUES (%s, %s, {DAY}, {DAY} + 90, true, 'DG/2026/070') RETURNING id"""
LEND = f"""INSERT INTO console.delegations (role, holder_id, delegate_id, valid_from, valid_to, letter)
VALUES ('general_director', %s, %s, {DAY}, {DAY} + 30, 'DG/2026/071') RETURNING id"""
HOLDS = "SELECT count(*) FROM console.offices_of(%s) o WHERE o.role = %s"
WHO = "SELECT state, proposed_by_id, decided_by_id, decided_as, decided_at IS NOT NULL FROM console.{} WHERE id = %s"


def stranger(office):
    with office.program("administrator") as raw:
        return raw.execute("INSERT INTO console.people (name) VALUES ('Nombrada') RETURNING id").fetchone()[0]


def propose(office, person, role="commercial_director"):
    with office.program("administrator") as raw:
        return raw.execute(APPOINT, (person, role)).fetchone()[0]


def lend(office, delegate):
    with office.program("administrator") as raw:
        return raw.execute(LEND, (office.actor("general_director").id, delegate)).fetchone()[0]


def decide(office, key, state="confirmed", role="auditor", table="appointments", who=None):
    with as_person(office, role, who or office.actor(role).id) as raw:
        raw.execute(f"UPDATE console.{table} SET state = %s WHERE id = %s", (state, key))


def change(office, key, words, table="appointments", role="administrator"):
    with office.program(role) as raw:
        raw.execute(f"UPDATE console.{table} SET {words} WHERE id = %s", (key,))


def refuses(code, work, *values, **terms):
    with pytest.raises(psycopg.Error) as caught:
        work(*values, **terms)
    assert caught.value.sqlstate == code, caught.value


def who(office, key, table="appointments"):
    with office.program() as raw:
        return raw.execute(WHO.format(table), (key,)).fetchone()


@pytest.mark.parametrize("role", sorted(DECIDING))
@pytest.mark.parametrize("confirmer", ["auditor", "unit_head"])
def test_an_office_that_decides_counts_once_another_office_confirmed_it(office, role, confirmer):
    person, desk = stranger(office), office.actor("administrator").id
    key = propose(office, person, role)
    assert who(office, key) == ("proposed", desk, None, None, False)
    assert office.scalar(HOLDS, person, role) == 0
    decide(office, key, role=confirmer)
    assert who(office, key) == ("confirmed", desk, office.actor(confirmer).id, confirmer, True)
    assert office.scalar(HOLDS, person, role) == 1


@pytest.mark.parametrize("role", sorted(set(Role) - DECIDING))
def test_an_office_that_decides_nothing_counts_when_it_is_registered(office, role):
    person = stranger(office)
    assert who(office, propose(office, person, role))[0] == "confirmed"
    assert office.scalar(HOLDS, person, role) == 1


def test_a_lent_signature_counts_once_another_office_confirmed_it(office):
    person = stranger(office)
    key = lend(office, person)
    assert office.scalar(HOLDS, person, "general_director") == 0
    decide(office, key, table="delegations")
    assert who(office, key, "delegations")[0] == "confirmed" and office.scalar(HOLDS, person, "general_director") == 1
    decide(office, key, "revoked", "administrator", "delegations")
    assert office.scalar(HOLDS, person, "general_director") == 0


@pytest.mark.parametrize("role", ["administrator", "commercial_director", "general_director", "staff"])
def test_no_other_office_confirms(office, role):
    key = propose(office, stranger(office))
    with pytest.raises(psycopg.Error) as caught:
        decide(office, key, role=role)
    assert caught.value.sqlstate in ("42501", "AG001")
    assert who(office, key)[0] == "proposed"


def test_what_the_administrator_says_of_a_confirmation_is_not_taken(office):
    person, auditor = stranger(office), office.actor("auditor").id
    with office.program("administrator") as raw:
        (key,) = raw.execute(APPOINT.replace("letter)", "letter, decided_by_id, decided_as, decided_at, decision_reason)").replace(
            "'DG/2026/070')", f"'DG/2026/070', {auditor}, 'auditor', now(), 'porque sí')"), (person, "auditor")).fetchone()
    assert who(office, key)[2:] == (None, None, False)
    assert office.scalar("SELECT decision_reason FROM console.appointments WHERE id = %s", key) is None
    with pytest.raises(psycopg.Error) as caught, office.program("administrator") as raw:
        raw.execute(APPOINT.replace("letter)", "letter, state)").replace("'DG/2026/070')", "'DG/2026/070', 'confirmed')"),
                    (person, "auditor"))
    assert caught.value.sqlstate == "AG001"


def test_who_is_appointed_does_not_confirm_it(office):
    head = office.actor("unit_head").id
    key = propose(office, head)
    refuses("AG009", decide, office, key, role="unit_head")
    decide(office, key)
    assert who(office, key)[0] == "confirmed"


@pytest.mark.parametrize("gives", [True, False])
def test_who_gives_or_takes_a_lent_signature_does_not_confirm_it(office, gives):
    head, person = office.actor("unit_head").id, stranger(office)
    with office.program("administrator") as raw:
        statement = LEND if not gives else LEND.replace("general_director", "unit_head")
        pair = (head, person) if gives else (office.actor("general_director").id, head)
        (key,) = raw.execute(statement, pair).fetchone()
    refuses("AG050", decide, office, key, role="unit_head", table="delegations")
    decide(office, key, table="delegations")
    decide(office, key, "revoked", "administrator", "delegations")      # the holder decides again


def test_who_proposed_it_does_not_confirm_it_with_another_office(office):
    """The rule of exclusive offices aside: an administrator who would also be an auditor."""
    person = stranger(office)
    psql.appoint(office, person, "administrator")
    with as_person(office, "administrator", person) as raw:
        (key,) = raw.execute(APPOINT, (stranger(office), "commercial_director")).fetchone()
    with office.program() as raw:
        raw.execute("UPDATE console.appointments SET role = 'auditor' WHERE person_id = %s", (person,))
    refuses("AG050", decide, office, key, who=person)
    decide(office, key)


@pytest.mark.parametrize("words", [
    "valid_to = valid_to + 1", "valid_to = NULL", "letter = 'otro'", "role = 'general_director'", "role = 'staff'", "acting = false",
    "valid_from = valid_from + 1", "person_id = (SELECT max(id) FROM console.people)",
    "valid_to = current_date - 9", "valid_to = valid_to - 1, letter = 'otro'"])
def test_what_was_confirmed_is_not_rewritten(office, words):
    key = propose(office, stranger(office))
    decide(office, key)
    stranger(office)
    refuses("AG051", change, office, key, words)
    assert who(office, key)[0] == "confirmed"


def test_what_was_confirmed_is_shortened_or_revoked_by_the_administrator_alone(office):
    person = stranger(office)
    key = propose(office, person)
    decide(office, key)
    change(office, key, "valid_to = valid_to - 1")
    assert who(office, key)[0] == "confirmed" and office.scalar(HOLDS, person, "commercial_director") == 1
    decide(office, key, "revoked", "administrator")
    assert office.scalar(HOLDS, person, "commercial_director") == 0
    refuses("AG051", change, office, key, "valid_to = valid_to + 1")


@pytest.mark.parametrize("end", ["declined", "revoked"])
def test_what_was_declined_or_revoked_is_never_confirmed(office, end):
    key = propose(office, stranger(office))
    decide(office, key, end, "auditor" if end == "declined" else "administrator")
    refuses("AG001", decide, office, key)
    for words in ("letter = 'otro'", "valid_to = valid_to - 1"):
        refuses("AG051", change, office, key, words)


def test_an_edited_proposal_is_of_who_edited_it_last(office):
    key, second = propose(office, stranger(office)), stranger(office)
    psql.appoint(office, second, "administrator")
    with as_person(office, "administrator", second) as raw:
        raw.execute("UPDATE console.appointments SET letter = 'DG/2026/099' WHERE id = %s", (key,))
    assert who(office, key)[:2] == ("proposed", second)


def test_an_office_of_staff_does_not_become_one_that_decides(office):
    person = stranger(office)
    key = propose(office, person, "staff")
    change(office, key, "valid_to = valid_to + 1")
    refuses("AG051", change, office, key, "role = 'commercial_director'")


def test_a_decision_changes_nothing_else(office):
    key = propose(office, stranger(office))
    refuses("AG002", change, office, key, "state = 'revoked', letter = 'otro'")
