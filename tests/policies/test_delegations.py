"""A lent signature, by dates and by letter: what PostgreSQL lets any program register, change and sign."""

import psycopg
import pytest

from tests import psql
from tests.psql import SIGN, as_person, refused, whole

DAY = "(now() AT TIME ZONE 'America/Mexico_City')::date + %s"
LEND = f"""INSERT INTO console.delegations (role, holder_id, delegate_id, valid_from, valid_to, letter)
VALUES (%s, %s, %s, {DAY}, {DAY}, %s) RETURNING id"""
CONFIRM = "UPDATE console.delegations SET state = 'confirmed' WHERE id = %s"
DIRECTOR, UNIT = "commercial_director", "unit_head"


def hired(office, name, *roles):
    with office.program("administrator") as raw:
        (who,) = raw.execute("INSERT INTO console.people (name) VALUES (%s) RETURNING id", (name,)).fetchone()
    for role in roles:
        psql.appoint(office, who, role)
    return who


def lend(office, delegate, role=DIRECTOR, holder=None, first=0, last=30, letter="DG/2026/050", confirm=True):
    """Proposed by Informática and confirmed by Contraloría; one that began before today, as the installation left it."""
    holder = holder or office.actor(role).id
    with office.program("administrator" if first >= 0 else None) as raw:
        (key,) = raw.execute(LEND, (role, holder, delegate, first, last, letter)).fetchone()
        if first < 0:
            raw.execute(CONFIRM, (key,))
    if confirm and first >= 0:
        with office.program("auditor") as raw:
            raw.execute(CONFIRM, (key,))
    return key


@pytest.fixture(autouse=True)
def nobody_stays_absent(office):
    """What a test lends is taken back, so that the holder signs again in the next."""
    yield
    owner(office, "UPDATE console.delegations SET state = 'revoked' WHERE letter <> 'DG/2026/044'")


def signs(office, key, who, role=DIRECTOR):
    with as_person(office, role, who) as raw:
        raw.execute(SIGN, (key,))
        raw.execute(psql.COMPLETE, (key,))


def change(office, key, words, *values):
    with office.program("administrator") as raw:
        raw.execute(f"UPDATE console.delegations SET {words} WHERE id = %s", (*values, key))


def owner(office, statement, *values):
    with office.program() as raw:
        raw.execute(statement, values)


@pytest.fixture
def delegate(office):
    """Somebody with no office of their own."""
    return hired(office, "Delegada Sin Cargo")


# ---- signing with it

def test_a_delegate_signs_in_the_absence_of_the_holder_and_the_row_says_by_which_letter(office, delegate):
    lend(office, delegate)
    key = psql.sent(office)
    signs(office, key, delegate)
    (row,) = whole(office, key)["signatures"]
    assert (row["signer_id"], row["role"], row["acting"], row["absent_id"], row["letter"]) == (
        delegate, DIRECTOR, False, office.actor(DIRECTOR).id, "DG/2026/050")
    psql.post(office, key)
    assert whole(office, key)["correction"]["state"] == "applied"


def test_a_forged_absence_is_overwritten(office):
    key = psql.sent(office)
    with office.program(DIRECTOR) as raw:
        raw.execute(SIGN.replace("acting, letter", "acting, absent_id, letter").replace(
            "s.role, false, ''", f"s.role, true, {office.actor(UNIT).id}, 'falso'"), (key,))
    (row,) = whole(office, key)["signatures"]
    assert (row["acting"], row["absent_id"], row["letter"]) == (False, None, office.actor(DIRECTOR).letter)


@pytest.mark.parametrize("decide", [psql.sign, psql.send_back])
def test_the_holder_who_lent_it_decides_nothing_until_it_is_revoked(office, delegate, decide):
    made, key = lend(office, delegate), psql.sent(office)
    with refused(office, "AG055", key):
        decide(office, key)
    with office.program("administrator") as raw:
        raw.execute("UPDATE console.delegations SET state = 'revoked' WHERE id = %s", (made,))
    with refused(office, "42501", key):
        signs(office, key, delegate)
    decide(office, key)
    assert whole(office, key)["correction"]["state"] in ("signed", "draft")


def test_a_delegation_that_is_only_proposed_takes_nothing_from_its_holder(office, delegate):
    lend(office, delegate, confirm=False)
    key = psql.sent(office)
    with refused(office, "42501", key):
        signs(office, key, delegate)
    psql.sign(office, key)


def test_a_delegation_is_confirmed_after_the_signature_that_its_holder_is_putting(office, delegate):
    made, key = lend(office, delegate, confirm=False), psql.sent(office)
    with office.program(DIRECTOR) as signer, office.program("auditor") as other:
        signer.execute(SIGN, (key,))
        other.execute("SET LOCAL lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(CONFIRM, (made,))
        other.rollback()


def test_an_own_appointment_counts_before_acting_and_acting_before_absence(office):
    acting = office.actor(DIRECTOR, 1)
    lend(office, acting.id)
    key = psql.sent(office)
    signs(office, key, acting.id)
    (row,) = whole(office, key)["signatures"]
    assert (row["acting"], row["absent_id"], row["letter"]) == (True, None, acting.letter)


@pytest.mark.parametrize(("first", "last"), [(-30, -1), (1, 30)])
def test_outside_its_dates_it_signs_nothing(office, delegate, first, last):
    lend(office, delegate, first=first, last=last)
    key = psql.sent(office)
    with refused(office, "42501", key):
        signs(office, key, delegate)


@pytest.mark.parametrize(("first", "last"), [(-30, 0), (0, 0), (0, 30)])
def test_both_ends_are_included(office, delegate, first, last):
    lend(office, delegate, first=first, last=last)
    key = psql.sent(office)
    signs(office, key, delegate)
    assert whole(office, key)["correction"]["state"] == "signed"


@pytest.mark.parametrize("gone", [
    "UPDATE console.people SET active = false WHERE id = {delegate}",
    "UPDATE console.people SET active = false WHERE id = {holder}",
    "UPDATE console.appointments SET valid_to = '2024-12-31' WHERE person_id = {holder}",
    "UPDATE console.appointments SET acting = true WHERE person_id = {holder}"])
def test_it_ends_with_the_people_it_joins(office, delegate, gone):
    holder = hired(office, "Director Que Se Va", DIRECTOR)
    lend(office, delegate, holder=holder)
    key = psql.sent(office)
    owner(office, gone.format(delegate=delegate, holder=holder))
    with refused(office, "42501", key):
        signs(office, key, delegate)


def test_another_office_is_not_lent_with_it(office, delegate):
    lend(office, delegate, UNIT)
    key = psql.sent(office)
    with refused(office, "42501", key):
        signs(office, key, delegate)


def test_whoever_put_a_hand_on_it_does_not_sign_it_with_a_lent_office_either(office):
    author = hired(office, "Autora Delegada", "staff")
    bill = office.scalar(psql.FREE_BILL)
    with as_person(office, "staff", author) as raw:
        (key,) = raw.execute(psql.NEW, (-10, bill)).fetchone()
        raw.execute(psql.LINES, (key, -10, bill))
    psql.send(office, key)
    with pytest.raises(psycopg.Error) as caught:    # who prepares is lent no signature
        lend(office, author)
    assert caught.value.sqlstate == "AG052"
    owner(office, "UPDATE console.appointments SET valid_to = current_date - 2 WHERE person_id = %s", author)
    lend(office, author)
    with refused(office, "AG003", key):
        signs(office, key, author)


def test_nobody_signs_two_levels_the_second_one_lent(office):
    head = hired(office, "Titular Delegada", UNIT)
    lend(office, head)
    key = psql.sent(office, 1500)
    with as_person(office, UNIT, head) as raw:
        raw.execute(SIGN, (key,))
    with refused(office, "23505", key):
        signs(office, key, head)


def test_two_holders_of_one_office_and_one_delegate_fill_one_place(office, delegate):
    lend(office, delegate)
    key = psql.sent(office)
    signs(office, key, delegate)
    with refused(office, "AG005", key):
        psql.sign(office, key, which=1)


SIGN_VERSION = """INSERT INTO console.signatures (place_id, method, content_hash)
SELECT p.id, 'password', console.content_hash('procedure_versions', p.subject_id) FROM console.signature_places p
 WHERE p.subject = 'procedure_versions' AND p.subject_id = %s AND p.position = 1"""


def test_a_whole_document_is_signed_with_it_too_and_that_is_a_use_of_it(cluster, office, delegate):
    made = lend(office, delegate, UNIT)
    with psql.superuser(cluster, office) as raw:
        (version,) = raw.execute(
            "INSERT INTO console.procedure_versions (procedure_id, number, state, valid_from, anomaly_codes, definition,"
            " content_hash) SELECT procedure_id, 77, 'submitted', valid_from, anomaly_codes, definition, 'x'"
            " FROM console.procedure_versions LIMIT 1 RETURNING id").fetchone()
        raw.execute("INSERT INTO console.signature_places (subject, subject_id, revision, position, role, rule)"
                    " VALUES ('procedure_versions', %s, 1, 1, 'unit_head', 'x')", (version,))
    with as_person(office, UNIT, delegate) as raw:
        raw.execute(SIGN_VERSION, (version,))
    with office.program() as raw:
        row = raw.execute("SELECT signer_id, role::text, acting, absent_id, letter FROM console.signatures"
                          " WHERE subject = 'procedure_versions' AND subject_id = %s", (version,)).fetchone()
    assert row == (delegate, UNIT, False, office.actor(UNIT).id, "DG/2026/050")
    with pytest.raises(psycopg.Error) as caught:
        owner(office, "UPDATE console.delegations SET letter = 'otro' WHERE id = %s", made)
    assert caught.value.sqlstate == "AG032"


# ---- registering it

def refuses(office, code, *values, **terms):
    with pytest.raises(psycopg.Error) as caught:
        lend(office, *values, **terms)
    assert caught.value.sqlstate == code, caught.value


@pytest.mark.parametrize("role", ["staff", "auditor", "administrator", "operations_director", "works_director"])
def test_an_office_that_signs_nothing_is_not_lent(office, delegate, role):
    refuses(office, "AG030", delegate, role, office.actor("general_director").id)


@pytest.mark.parametrize(("valid_from", "valid_to"), [("2020-01-01", "2020-02-01"), ("2090-01-01", None)])
def test_the_holder_has_the_office_on_all_those_days(office, delegate, valid_from, valid_to):
    holder = hired(office, "Titular De Otros Días")
    psql.appoint(office, holder, DIRECTOR, valid_from, valid_to)
    refuses(office, "AG031", delegate, holder=holder)


def test_the_holder_has_that_very_office_and_it_is_confirmed(office, delegate):
    refuses(office, "AG031", delegate, UNIT, holder=office.actor(DIRECTOR).id)
    holder = hired(office, "Titular Por Confirmar", DIRECTOR)
    with psql.unguarded(office, "console.appointments") as raw:
        raw.execute("UPDATE console.appointments SET state = 'proposed' WHERE person_id = %s", (holder,))
    refuses(office, "AG031", delegate, holder=holder)


def test_an_appointment_that_ends_before_the_delegation_does_not_carry_it(office, delegate):
    holder = hired(office, "Titular Hasta Mañana")
    psql.appoint(office, holder, DIRECTOR, valid_to=office.scalar(f"SELECT {DAY}", 10))
    refuses(office, "AG031", delegate, holder=holder, last=11)
    lend(office, delegate, holder=holder, last=10)


def test_an_acting_holder_lends_nothing(office, delegate):
    refuses(office, "AG031", delegate, holder=office.actor(DIRECTOR, 1).id, last=20)


def test_what_was_lent_is_not_lent_further(office, delegate):
    lend(office, delegate)
    refuses(office, "AG031", hired(office, "Tercera"), holder=delegate)


@pytest.mark.parametrize("gives", [True, False])
def test_nobody_registers_one_for_himself(office, delegate, gives):
    administrator = hired(office, "Administra", "administrator")
    pair = (administrator, delegate) if gives else (office.actor(DIRECTOR).id, administrator)
    with pytest.raises(psycopg.Error) as caught, as_person(office, "administrator", administrator) as raw:
        raw.execute(LEND, (DIRECTOR, *pair, 0, 30, "DG/2026/051"))
    assert caught.value.sqlstate == "AG033"
    key = lend(office, delegate, confirm=False)
    with pytest.raises(psycopg.Error) as caught, as_person(office, "administrator", administrator) as raw:
        raw.execute("UPDATE console.delegations SET delegate_id = %s WHERE id = %s", (administrator, key))
    assert caught.value.sqlstate == "AG033"


@pytest.mark.parametrize(("terms", "code"), [
    ({"first": 5, "last": 4}, "23514"), ({"last": 366}, "23514"), ({"letter": "  "}, "23514")])
def test_its_dates_are_in_order_and_bounded_and_its_letter_is_said(office, delegate, terms, code):
    refuses(office, code, delegate, **terms)


def test_a_year_is_the_longest(office, delegate):
    assert lend(office, delegate, last=365)


def test_nobody_lends_to_himself(office):
    refuses(office, "23514", office.actor(DIRECTOR).id)


@pytest.mark.parametrize("role", ["staff", DIRECTOR, "auditor"])
def test_only_informatica_registers_it(office, delegate, role):
    with pytest.raises(psycopg.Error) as caught, office.program(role) as raw:
        raw.execute(LEND, (DIRECTOR, office.actor(DIRECTOR).id, delegate, 0, 30, "DG/1"))
    assert caught.value.sqlstate == "42501"


# ---- changing it

@pytest.fixture
def used(office, delegate):
    """A delegation that somebody signed with."""
    made = lend(office, delegate, first=-5)
    signs(office, psql.sent(office), delegate)
    return made


@pytest.mark.parametrize("words", [
    "letter = 'DG/2026/099'", "valid_from = valid_from - 1", "valid_to = valid_to + 1", "role = 'unit_head'",
    "delegate_id = (SELECT max(id) FROM console.people)", "valid_to = current_date - 3",
    "valid_to = current_date, letter = 'otro'"])
def test_what_was_signed_with_is_not_rewritten(office, used, words):
    hired(office, "Otra Más")
    for program, code in (("administrator", "AG051"), (None, "AG032")):
        with pytest.raises(psycopg.Error) as caught, office.program(program) as raw:
            raw.execute(f"UPDATE console.delegations SET {words} WHERE id = %s", (used,))
        assert caught.value.sqlstate == code


def test_what_was_signed_with_is_not_deleted_and_what_was_not_may_be(office, used, delegate):
    with pytest.raises(psycopg.Error) as caught:
        owner(office, "DELETE FROM console.delegations WHERE id = %s", used)
    assert caught.value.sqlstate == "AG032"
    owner(office, "DELETE FROM console.delegations WHERE id = %s", lend(office, delegate, UNIT))


def test_what_was_signed_with_is_shortened_from_today_on(office, used, delegate):
    for last in (10, 0):
        change(office, used, f"valid_to = {DAY}", last)
    with pytest.raises(psycopg.Error) as caught:
        change(office, used, f"valid_to = {DAY}", -1)
    assert caught.value.sqlstate == "AG051"
    key = psql.sent(office)
    signs(office, key, delegate)      # today is still inside


def test_it_is_shortened_even_when_its_holder_left(office, delegate):
    holder = hired(office, "Director Que Se Fue", DIRECTOR)
    made = lend(office, delegate, holder=holder)
    signs(office, psql.sent(office), delegate)
    owner(office, "UPDATE console.appointments SET valid_to = current_date - 1 WHERE person_id = %s", holder)
    change(office, made, f"valid_to = {DAY}", 0)


def test_what_nobody_used_is_mended(office, delegate):
    made = lend(office, delegate, confirm=False)
    change(office, made, "letter = 'DG/2026/060'")
    assert office.scalar("SELECT letter FROM console.delegations WHERE id = %s", made) == "DG/2026/060"


def test_nobody_changes_the_letter_under_a_signature_that_is_being_put(office, delegate):
    """The signature writes its delegation, so that whoever edits it waits, and then is refused."""
    made = lend(office, delegate)
    key = psql.sent(office)
    with as_person(office, DIRECTOR, delegate) as signer, office.program("administrator") as other:
        signer.execute(SIGN, (key,))
        other.execute("SET LOCAL lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("UPDATE console.delegations SET letter = 'otro' WHERE id = %s", (made,))
        other.rollback()
    with pytest.raises(psycopg.Error) as caught:
        change(office, made, "letter = 'otro'")
    assert caught.value.sqlstate == "AG051"
