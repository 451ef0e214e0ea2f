"""One administrator alone tries to sign: with a person of his own making, and as a director who exists."""

import html
import re

import psycopg
import pytest

from admin_views.door.offices import today
from models.corrections import Correction
from policies.core.signing_acts import content_hash
from tests.admin_views.pages import key_in, send

DIRECTOR = "commercial_director"
SIGNED = "SELECT count(*) FROM console.signatures WHERE subject = 'corrections' AND subject_id = %s"


@pytest.fixture(scope="module")
def desk(office):
    return office.client("administrator")


@pytest.fixture
def waiting(office):
    """A correction that waits for the commercial director."""
    return office.correction("submitted")


def handed(office, desk, login):
    """The password that the console gives the administrator for that login."""
    page = desk.get(f"/accesos/{login}/")
    answer = desk.post(f"/accesos/{login}/contrasena/", data={"csrf_token": office.token(page)})
    assert answer.status_code == 200, answer.text
    return html.unescape(re.search(r"<code>([^<]+)</code>", answer.text).group(1))


def invented(office, desk, name, role):
    """A person, their login and their appointment, all typed by one administrator; (e-mail, login)."""
    email = f"{name.lower().replace(' ', '.')}@demo.interapas.example"
    person = key_in(send(office, desk, "/personas/nuevo/", {"name": name, "active": "y"}).location)
    login = key_in(send(office, desk, "/accesos/nuevo/", {
        "person_id": str(person), "email": email, "active": "y"}).location)
    made = send(office, desk, "/nombramientos/nuevo/", {
        "person_id": str(person), "role": role, "valid_from": str(today()), "valid_to": "2031-12-31",
        "acting": "y", "letter": "DG/2026/666"})
    assert made.status_code == 302, made.text
    return email, login


def tries_to_sign(office, email, password, key):
    """Log in and sign, as far as the console lets that person go."""
    client = office.stranger()
    office.log_in(client, email, password)
    with office.speaks("staff") as session:
        seen = content_hash(session.get(Correction, key))
    page = client.get(f"/correcciones/{key}/acto/sign/", follow_redirects=True)
    version = office.scalar("SELECT version FROM console.corrections WHERE id = %s", key)
    client.post(f"/correcciones/{key}/acto/sign/", data={
        "csrf_token": office.token(page), "password": password, "version": str(version), "seen_hash": seen})
    return client


def test_a_person_of_his_own_making_does_not_sign(office, desk, waiting):
    email, login = invented(office, desk, "Directora Inventada", DIRECTOR)
    password = handed(office, desk, login)
    client = tries_to_sign(office, email, password, waiting)
    assert office.scalar(SIGNED, waiting) == 0
    assert client.get("/correcciones/").status_code != 200


def test_a_password_that_he_hands_to_a_director_does_not_open_the_account(office, desk, waiting):
    email = office.email("general_director")
    login = office.scalar("SELECT id FROM console.logins WHERE email = %s", email)
    password = handed(office, desk, login)
    client = tries_to_sign(office, email, password, waiting)
    assert client.get("/").status_code == 302      # to the login
    assert office.scalar(SIGNED, waiting) == 0


# ---- the same in psql, and every order of his steps

DAY = "(now() AT TIME ZONE 'America/Mexico_City')::date"
GIVE = (f"INSERT INTO console.appointments (person_id, role, valid_from, valid_to, acting, letter)"
        f" VALUES ({{}}, '{{}}', {DAY}, {DAY} + 90, true, 'DG/2026/667')")
CONFIRM = "UPDATE console.{} SET state = 'confirmed' WHERE state = 'proposed'"
LEND = (f"INSERT INTO console.delegations (role, holder_id, delegate_id, valid_from, valid_to, letter)"
        f" SELECT 'general_director', a.person_id, {{}}, {DAY}, {DAY} + 30, 'DG/2026/668'"
        f" FROM console.appointments a WHERE a.role = 'general_director'")
DEPTH = 4


def steps(administrator, puppet, second):
    """(office, who acts, statement) of everything that one administrator, and the people he invents, can write."""
    yield from (("administrator", administrator, statement) for statement in (
        GIVE.format(puppet, DIRECTOR), GIVE.format(puppet, "staff"), GIVE.format(second, "auditor"),
        GIVE.format(second, "unit_head"), GIVE.format(second, "administrator"), LEND.format(puppet),
        CONFIRM.format("appointments"),
        f"UPDATE console.appointments SET role = '{DIRECTOR}' WHERE person_id = {puppet}",
        f"UPDATE console.appointments SET person_id = {puppet} WHERE role = '{DIRECTOR}' AND NOT acting",
        f"UPDATE console.delegations SET delegate_id = {puppet}",
        "UPDATE console.exclusive_offices SET state = 'retired'"))
    yield "administrator", second, GIVE.format(administrator, "auditor")
    yield "administrator", second, GIVE.format(puppet, DIRECTOR)
    for role, who in (("auditor", second), ("unit_head", second), ("auditor", administrator)):
        for table in ("appointments", "delegations", "handovers"):
            yield role, who, CONFIRM.format(table)


def takes(raw, role, who, statement):
    """Whether PostgreSQL let it through."""
    raw.execute("SAVEPOINT step")
    try:
        raw.execute("SELECT set_config('role', %s, true), set_config('app.actor', %s, true)", (f"console_{role}", str(who)))
        return raw.execute(statement).rowcount > 0
    except psycopg.Error:
        raw.execute("ROLLBACK TO SAVEPOINT step")
        return False


def test_no_order_of_an_administrators_steps_gives_anybody_an_office_that_decides(cluster, office):
    """Every sequence of up to four steps that are let through, by the administrator and by whom he invents."""
    administrator, walked = office.actor("administrator").id, 0
    with psycopg.connect(office.dsn(), user="postgres", password=cluster.place.secret("superuser", new=False)) as raw:
        puppet, second = (raw.execute("INSERT INTO console.people (name) VALUES ('Títere') RETURNING id").fetchone()[0]
                          for _ in range(2))

        def walk(depth):
            nonlocal walked
            for step in steps(administrator, puppet, second):
                raw.execute("SAVEPOINT before")
                if takes(raw, *step):
                    walked += 1
                    raw.execute("SELECT set_config('role', 'none', true)")
                    held = raw.execute(
                        "SELECT p.id, o.role FROM console.people p, console.offices_of(p.id) o"
                        " WHERE p.id = ANY(%s) AND console.decides(o.role)", ([administrator, puppet, second],)).fetchall()
                    assert held == [], (step, held)
                    if depth > 1:
                        walk(depth - 1)
                raw.execute("ROLLBACK TO SAVEPOINT before; SELECT set_config('role', 'none', true)")
        walk(DEPTH)
        raw.rollback()
    assert walked > 100


def test_with_the_systems_login_in_psql_he_signs_nothing(office, waiting):
    administrator = office.actor("administrator").id
    for statement in ("SELECT set_config('role', 'console_commercial_director', true)",
                      "UPDATE console.logins SET password = 'x'", CONFIRM.format("appointments"),
                      "INSERT INTO console.signatures (place_id) VALUES (1)", GIVE.format(administrator, DIRECTOR)):
        with pytest.raises(psycopg.Error) as caught, office.program("administrator") as raw:
            raw.execute(GIVE.format("(SELECT max(id) FROM console.people)", "works_director"))
            raw.execute(statement)
        assert caught.value.sqlstate in ("42501", "AG001", "AG009"), statement
    assert office.scalar(SIGNED, waiting) == 0
