"""Offices that exclude one another and offices of one holder: refused for any program, in whatever order."""

import psycopg
import pytest
from psycopg import IsolationLevel as Level

from models.base.roles import SINGLE_HOLDER
from policies.people.exclusions import authorize_exclusion
from tests import psql
from tests.psql import as_person

DAY = "(now() AT TIME ZONE 'America/Mexico_City')::date"
GIVE = f"""INSERT INTO console.appointments (person_id, role, valid_from, valid_to, acting, letter)
VALUES (%s, %s, {DAY} + %s, {DAY} + %s, %s, 'DG/2026/090') RETURNING id"""
BY_OWNER = GIVE.replace("letter)", "letter, state)").replace("090')", "090', 'confirmed')")
LEND = f"""INSERT INTO console.delegations (role, holder_id, delegate_id, valid_from, valid_to, letter)
VALUES ('general_director', %s, %s, {DAY} + %s, {DAY} + %s, 'DG/2026/091')"""
SIGN = ("unit_head", "commercial_director", "general_director")
OTHERS = ("staff", *SIGN, "operations_director", "works_director", "administrator")
PAIRS = [*(("staff", office) for office in SIGN), *(("administrator", office) for office in OTHERS[:-1]),
         *(("auditor", office) for office in OTHERS)]


def person(office, name="Dos Cargos"):
    with office.program("administrator") as raw:
        return raw.execute("INSERT INTO console.people (name) VALUES (%s) RETURNING id", (name,)).fetchone()[0]


def give(office, who, role, first=1, last=9, acting=True):
    with office.program("administrator") as raw:
        return raw.execute(GIVE, (who, role, first, last, acting)).fetchone()[0]


def lend(office, who, first=1, last=9):
    with office.program("administrator") as raw:
        raw.execute(LEND, (office.actor("general_director").id, who, first, last))


def revoke(office, who, role):
    with office.program("administrator") as raw:
        raw.execute("UPDATE console.appointments SET state = 'revoked' WHERE person_id = %s AND role = %s", (who, role))


def refuses(code, work, *values, **terms):
    with pytest.raises(psycopg.Error) as caught:
        work(*values, **terms)
    assert caught.value.sqlstate == code, caught.value


def test_the_pairs_in_force_are_the_ones_written_here(office):
    with office.program() as raw:
        found = raw.execute("SELECT first_role::text, second_role::text FROM console.exclusive_offices"
                            " WHERE state = 'in_force'").fetchall()
    assert {frozenset(pair) for pair in found} == {frozenset(pair) for pair in PAIRS} and len(found) == len(PAIRS)


@pytest.mark.parametrize("pair", PAIRS, ids="/".join)
def test_one_person_does_not_receive_both_in_either_order_or_program(office, pair):
    for one, other in (pair, pair[::-1]):
        who = person(office)
        give(office, who, one)
        refuses("AG052", give, office, who, other, 9, 20)      # one day is enough
        give(office, who, other, 10, 20)
        with pytest.raises(psycopg.Error) as caught, office.program() as raw:
            raw.execute(BY_OWNER, (who, other, 1, 2, True))
        assert caught.value.sqlstate == "AG052"


@pytest.mark.parametrize("role", ["staff", "auditor", "administrator"])
def test_a_signature_is_not_lent_to_an_excluded_office_in_either_order(office, role):
    who = person(office)
    give(office, who, role)
    refuses("AG052", lend, office, who, 9, 12)
    lend(office, who, 10, 12)
    refuses("AG052", give, office, who, role, 12, 14)


def test_what_was_declined_or_revoked_excludes_nothing(office):
    who = person(office)
    give(office, who, "commercial_director")
    revoke(office, who, "commercial_director")
    lend(office, who)
    with office.program("auditor") as raw:
        raw.execute("UPDATE console.delegations SET state = 'declined', decision_reason = 'No.' WHERE delegate_id = %s", (who,))
    assert give(office, who, "staff")


def test_two_programs_at_once_do_not_give_both(office):
    who = person(office)
    with office.program("administrator") as first, office.program("administrator") as second:
        first.execute(GIVE, (who, "auditor", 1, 9, True))
        second.execute("SAVEPOINT here; SET LOCAL lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            second.execute(GIVE, (who, "works_director", 1, 9, True))
        second.execute("ROLLBACK TO SAVEPOINT here")
        first.commit()
        with pytest.raises(psycopg.Error) as caught:
            second.execute(GIVE, (who, "works_director", 1, 9, True))
        assert caught.value.sqlstate == "AG052"
        second.rollback()


def test_an_old_snapshot_gives_no_office(office):
    who = person(office)
    with pytest.raises(psycopg.Error) as caught, as_person(
            office, "administrator", office.actor("administrator").id, isolation=Level.REPEATABLE_READ) as raw:
        raw.execute(GIVE, (who, "works_director", 1, 9, True))
    assert caught.value.sqlstate == "AG002"
    key, pair = give(office, who, "works_director"), draft(office, 400)
    with pytest.raises(psycopg.Error) as caught, as_person(
            office, "unit_head", office.actor("unit_head").id, isolation=Level.REPEATABLE_READ) as raw:
        raw.execute("UPDATE console.exclusive_offices SET state = 'in_force' WHERE id = %s", (pair,))
    assert caught.value.sqlstate == "AG002"
    with as_person(office, "administrator", office.actor("administrator").id, isolation=Level.REPEATABLE_READ) as raw:
        raw.execute("UPDATE console.appointments SET state = 'revoked' WHERE id = %s", (key,))      # it may take one away


EDITS = {   # how a proposal is edited → its office and days before
    "role = 'auditor'": ("commercial_director", 10, 20), f"valid_from = {DAY} + 9": ("commercial_director", 10, 20),
    "person_id = {other}": ("commercial_director", 30, 40)}


@pytest.mark.parametrize("words", EDITS)
def test_what_is_proposed_is_not_edited_into_both(office, words):
    who, other = person(office), person(office)
    give(office, who, "staff", 1, 9)
    give(office, who, "works_director", 10, 20)
    give(office, other, "staff", 30, 40)
    key = give(office, who, *EDITS[words])
    with pytest.raises(psycopg.Error) as caught, office.program("administrator") as raw:
        raw.execute(f"UPDATE console.appointments SET {words.format(other=other)} WHERE id = %s", (key,))
    assert caught.value.sqlstate == "AG052"


def test_what_was_revoked_does_not_come_back_beside_another(office):
    """By the installation itself, which no move of state binds."""
    who = person(office)
    key = give(office, who, "commercial_director")
    revoke(office, who, "commercial_director")
    give(office, who, "staff")
    with pytest.raises(psycopg.Error) as caught, office.program() as raw:
        raw.execute("UPDATE console.appointments SET state = 'confirmed' WHERE id = %s", (key,))
    assert caught.value.sqlstate == "AG052"


def test_an_overlap_older_than_the_rule_may_be_shortened_and_is_shown(office):
    who = person(office, "Desde Antes")
    psql.appoint(office, who, "auditor")
    psql.appoint(office, who, "works_director")
    shown = "SELECT count(*) FROM console.incompatible() WHERE person_id = %s"
    assert office.scalar(shown, who) == 2
    with office.program("administrator") as raw:
        raw.execute(f"UPDATE console.appointments SET valid_to = {DAY} + 3 WHERE person_id = %s AND role = 'auditor'",
                    (who,))
    refuses("AG052", give, office, who, "administrator", 1, 2)
    put_in_force(office, draft(office, 600))       # the pair of others is authorised meanwhile
    page = office.client("auditor").get("/")
    assert "Personas con cargos incompatibles" in page.text and "Cargos con dos titulares" in page.text
    revoke(office, who, "auditor")
    assert office.scalar(shown, who) == 0


NEW = f"""INSERT INTO console.exclusive_offices (first_role, second_role, reason, valid_from)
VALUES ('operations_director', 'works_director', 'Quien opera no planea.', {DAY} + %s) RETURNING id"""


def draft(office, first):
    with office.program("administrator") as raw:
        return raw.execute(NEW, (first,)).fetchone()[0]


def put_in_force(office, key, state="in_force", role="unit_head"):
    with office.program(role) as raw:
        raw.execute("UPDATE console.exclusive_offices SET state = %s WHERE id = %s", (state, key))


def test_a_pair_is_drafted_by_one_office_and_rules_once_another_authorised_it(office):
    who, key = person(office), draft(office, 100)
    give(office, who, "operations_director", 90, 110)
    give(office, who, "works_director", 105, 106)          # a draft forbids nothing
    refuses("42501", put_in_force, office, key, role="administrator")
    refuses("AG053", put_in_force, office, key)
    with office.speaks("unit_head") as session:
        why = authorize_exclusion.hinders(session.get(authorize_exclusion.model, key), office.actor("unit_head"))
    assert why.startswith("Dos Cargos tiene los dos cargos en esas fechas")
    revoke(office, who, "works_director")
    put_in_force(office, key)
    refuses("AG052", give, office, who, "works_director", 105, 106)
    give(office, who, "works_director", 90, 99)            # before its first day it forbids nothing either
    give(office, person(office), "works_director", 105, 106)
    put_in_force(office, key, "retired", "commercial_director")
    give(office, who, "works_director", 105, 106)


def test_an_office_that_is_being_given_is_waited_for_when_a_pair_is_authorised(office):
    who, key = person(office), draft(office, 200)
    give(office, who, "operations_director", 200, 210)
    with office.program("administrator") as writer, office.program("unit_head") as signer:
        writer.execute(GIVE, (who, "works_director", 200, 201, True))
        signer.execute("SET LOCAL lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            signer.execute("UPDATE console.exclusive_offices SET state = 'in_force' WHERE id = %s", (key,))
        signer.rollback()
    refuses("AG053", put_in_force, office, key)


def test_a_signature_that_is_being_lent_is_waited_for_too(office):
    who = person(office)
    with office.program("administrator") as raw:
        (key,) = raw.execute(NEW.replace("'works_director'", "'general_director'"), (500,)).fetchone()
    give(office, who, "operations_director", 500, 510)
    with office.program("administrator") as writer, office.program("unit_head") as signer:
        writer.execute(LEND, (office.actor("general_director").id, who, 500, 501))
        signer.execute("SET LOCAL lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            signer.execute("UPDATE console.exclusive_offices SET state = 'in_force' WHERE id = %s", (key,))
        signer.rollback()


# ---- one holder, and from today on

@pytest.mark.parametrize("role", SINGLE_HOLDER)
def test_an_office_has_one_holder_in_his_own_right_a_day(office, role):
    refuses("23P01", give, office, person(office), role, acting=False)
    give(office, person(office), role, acting=True)
    with office.program() as raw:
        raw.execute(f"UPDATE console.appointments SET valid_to = {DAY} + 300 WHERE role = %s AND NOT acting"
                    " AND NOT older_overlap AND state = 'confirmed'", (role,))
    refuses("23P01", give, office, person(office), role, 300, 310, acting=False)
    give(office, person(office), role, 301, 310, acting=False)


@pytest.mark.parametrize("role", ["auditor", "staff", "administrator"])
def test_the_other_offices_have_as_many_as_are_named(office, role):
    assert len({give(office, person(office), role, acting=False) for _ in range(2)}) == 2


def test_nobody_says_that_an_overlap_is_older_than_the_rule(office):
    who = person(office)
    statement = GIVE.replace("letter)", "letter, older_overlap)").replace("090')", "090', true)")
    with pytest.raises(psycopg.Error) as caught, office.program("administrator") as raw:
        raw.execute(statement, (who, "general_director", 1, 9, False))
    assert caught.value.sqlstate == "23P01"


@pytest.mark.parametrize("role", ["staff", "commercial_director", "auditor"])
def test_an_office_begins_today_or_later(office, role):
    refuses("AG054", give, office, person(office), role, -1, 9)
    key = give(office, person(office), role, 0, 9)
    with pytest.raises(psycopg.Error) as caught, office.program("administrator") as raw:
        raw.execute(f"UPDATE console.appointments SET valid_from = {DAY} - 1 WHERE id = %s", (key,))
    assert caught.value.sqlstate == "AG054"


def test_a_lent_signature_begins_today_or_later(office):
    refuses("AG054", lend, office, person(office), -1, 9)
    lend(office, person(office), 0, 9)
    assert office.scalar(f"SELECT count(*) FROM console.delegations WHERE valid_from = {DAY}") == 1
