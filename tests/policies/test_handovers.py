"""Whose a password is, as PostgreSQL keeps it: whatever program writes the login."""

import pytest

from tests import psql

DAY = "(now() AT TIME ZONE 'America/Mexico_City')::date"
HANDED = "SELECT handed_at IS NOT NULL FROM console.logins WHERE person_id = %s"
STATES = "SELECT array_agg(state ORDER BY id) FROM console.handovers WHERE person_id = %s"
OPEN = "SELECT password IS NOT NULL FROM console.logins WHERE person_id = %s"
CONFIRM = "UPDATE console.{} SET state = 'confirmed' WHERE id = %s"
LEND = f"""INSERT INTO console.delegations (role, holder_id, delegate_id, valid_from, valid_to, letter)
VALUES ('general_director', %s, %s, {DAY}, {DAY} + 9, 'DG/3') RETURNING id"""


def hired(office, *roles, password=None):
    with office.program() as raw:
        (who,) = raw.execute("INSERT INTO console.people (name) VALUES ('Ana Contraseña') RETURNING id").fetchone()
        raw.execute("INSERT INTO console.logins (person_id, email, fs_uniquifier, password) VALUES (%(who)s,"
                    " 'ana' || %(who)s || '@x.mx', 'ana' || %(who)s, %(password)s)", {"who": who, "password": password})
    for role in roles:
        psql.appoint(office, who, role)
    return who


def write(office, who, words, by=None):
    """One write of the login, as the gate does it: said to be by that person, or by nobody."""
    with office.program() as raw:
        raw.execute("SELECT set_config('app.actor', %s, true)", (str(by or ""),))
        raw.execute(f"UPDATE console.logins SET {words} WHERE person_id = %s", (who,))


def hand(office, who, by=None):
    write(office, who, "password = 'p' || random()", by or office.actor("administrator").id)


def test_a_password_of_the_installation_is_handed_by_nobody_and_opens(office):
    who = hired(office, "unit_head", password="x")
    assert office.scalar(HANDED, who) and office.scalar(STATES, who) == ["confirmed"]
    assert not office.scalar(HANDED, hired(office))


def test_the_installation_needs_no_second_person(office):
    """Whoever decides already: an account that the owner of the database opens."""
    with office.program() as raw:
        (who,) = raw.execute("INSERT INTO console.people (name) VALUES ('Ana Instalada') RETURNING id").fetchone()
    psql.appoint(office, who, "works_director")
    with office.program() as raw:
        raw.execute("INSERT INTO console.logins (person_id, email, fs_uniquifier, password) VALUES (%s, 'i@x.mx', 'i', 'x')", (who,))
    assert office.scalar(STATES, who) == ["confirmed"]


@pytest.mark.parametrize("words", [
    "email = 'otra@x.mx'", "password = password", "handed_at = NULL", "fs_uniquifier = 'a' || random()"])
def test_what_is_no_new_password_of_its_owner_leaves_it_handed(office, words):
    who = hired(office)
    hand(office, who)
    write(office, who, words, who)
    assert office.scalar(HANDED, who) and office.scalar(STATES, who) == ["confirmed"]
    write(office, who, "password = 'mía'", who)
    assert not office.scalar(HANDED, who) and office.scalar(STATES, who) == ["confirmed"]
    write(office, who, "handed_at = now()", who)
    write(office, who, "password = 'hashed anew'")
    assert not office.scalar(HANDED, who)


@pytest.mark.parametrize(("role", "first", "last", "state"), [
    ("works_director", -9, None, "proposed"), ("works_director", 5, None, "proposed"), ("works_director", -9, 0, "proposed"),
    ("works_director", -9, -1, "confirmed"), ("staff", -9, None, "confirmed")])
def test_a_second_person_confirms_what_is_handed_to_who_decides_or_will(office, role, first, last, state):
    who = hired(office)
    hired(office, "commercial_director")       # somebody else's office is no matter
    psql.appoint(office, who, role, *(None if day is None else office.scalar(f"SELECT {DAY} + %s", day) for day in (first, last)))
    hand(office, who)
    assert office.scalar(STATES, who) == [state]


def test_a_new_one_takes_the_place_of_the_former_ones_of_that_person_alone(office):
    who, other = hired(office), hired(office, "works_director")
    for one in (who, who, other):
        hand(office, one)
    assert (office.scalar(STATES, who), office.scalar(STATES, other)) == (["revoked", "confirmed"], ["proposed"])
    hand(office, other)
    assert (office.scalar(STATES, who), office.scalar(STATES, other)) == (["revoked", "confirmed"], ["revoked", "proposed"])


def confirmed_by_a_second(office, who):
    with office.program("auditor") as raw:
        raw.execute("UPDATE console.handovers SET state = 'confirmed' WHERE person_id = %s AND state = 'proposed'", (who,))


HISTORIES = {   # how the password came → whether it is still there after its owner comes to an office that decides
    "handed by the administrator": (lambda office, who: hand(office, who), False),
    "handed and changed since": (lambda office, who: (hand(office, who), write(office, who, "password = 'mía'", who)), False),
    "of the installation": (lambda office, who: write(office, who, "password = 'x'"), True),
    "handed again and confirmed": (lambda office, who: (
        hand(office, who), psql.appoint(office, who, "operations_director"), hand(office, who),
        confirmed_by_a_second(office, who)), True),
    "handed again and waiting": (lambda office, who: (
        psql.appoint(office, who, "operations_director"), hand(office, who)), True),
    "once confirmed and handed without": (lambda office, who: (
        psql.appoint(office, who, "operations_director"), hand(office, who), confirmed_by_a_second(office, who),
        ended(office, who), hand(office, who)), False)}


def ended(office, who):
    with psql.unguarded(office, "console.appointments") as raw:
        raw.execute(f"UPDATE console.appointments SET valid_to = {DAY} - 1 WHERE person_id = %s", (who,))


@pytest.mark.parametrize("given", ["an appointment", "a delegation"])
@pytest.mark.parametrize("history", HISTORIES)
def test_who_comes_to_decide_brings_no_password_that_one_person_alone_handed(office, history, given):
    came, stays = HISTORIES[history]
    who, other = hired(office), hired(office)
    came(office, who)
    hand(office, other)
    session = office.scalar("SELECT fs_uniquifier FROM console.logins WHERE person_id = %s", who)
    with office.program("administrator") as raw:
        if given == "a delegation":
            table, (key,) = "delegations", raw.execute(LEND, (office.actor("general_director").id, who)).fetchone()
        else:
            table, (key,) = "appointments", raw.execute(
                "INSERT INTO console.appointments (person_id, role, valid_from, valid_to, acting, letter)"
                f" VALUES (%s, 'works_director', {DAY}, {DAY} + 9, true, 'DG/2') RETURNING id", (who,)).fetchone()
    assert office.scalar(OPEN, who)
    with office.program("auditor") as raw:
        raw.execute(CONFIRM.format(table), (key,))
    assert office.scalar(OPEN, who) is stays and office.scalar(OPEN, other)
    assert (office.scalar("SELECT fs_uniquifier FROM console.logins WHERE person_id = %s", who) == session) is stays
    if given == "a delegation":
        with office.program("administrator") as raw:
            raw.execute("UPDATE console.delegations SET state = 'revoked' WHERE id = %s", (key,))


def test_who_comes_to_an_office_that_decides_nothing_keeps_the_password(office):
    """Confirmed by the installation, as an upgrade could."""
    who = hired(office)
    hand(office, who)
    with office.program() as raw:
        (key,) = raw.execute("INSERT INTO console.appointments (person_id, role, valid_from, letter, state) VALUES (%s, 'staff',"
                             f" {DAY}, 'DG/2', 'proposed') RETURNING id", (who,)).fetchone()
        raw.execute(CONFIRM.format("appointments"), (key,))
    assert office.scalar(OPEN, who)
