"""Coming in and going out: who is let in, how often one may try, and what a session outlives."""

import re
from datetime import timedelta

import psycopg
import pytest
from flask_security import forms as stock
from flask_security import hash_password

from admin_views.door import guesses, login
from admin_views.door.sessions import COOKIE
from deploy.demo.people import DEMO_PASSWORD
from models.base.people import Role
from tests import psql
from tests.admin_views.pages import fresh_token

INSIDE, OUTSIDE = "Mi trabajo", "/entrar"
NO_OFFICE = "Usted no tiene un nombramiento vigente"


def enter(client, email, password, address="10.0.0.1"):
    """Log in from an address of its own, so that tests do not throttle one another."""
    page = client.get("/entrar").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    return client.post("/entrar", data={"email": email, "password": password, "csrf_token": token},
                       environ_base={"REMOTE_ADDR": address})


def owner(office, statement, *values):
    with psycopg.connect(office.dsn()) as connection:
        connection.execute(statement, values)


def key_of(client):
    return client.get_cookie(COOKIE).value


def replay(office, key):
    """What a copied cookie opens."""
    thief = office.stranger()
    thief.set_cookie(COOKIE, key)
    return thief.get("/")


def test_who_is_unknown_disabled_or_wrong_reads_the_same_page(office):
    """Nobody learns from the answer which addresses exist."""
    disabled = office.scalar("SELECT email FROM console.logins WHERE NOT active")
    answers = set()
    for number, email in enumerate(("nadie@demo.interapas.example", office.email("staff"), disabled,
                                    "no es un correo")):
        for password in ("contrasena-equivocada", DEMO_PASSWORD if email == disabled else "x"):
            answer = enter(office.stranger(), email, password, f"10.0.1.{number}")
            told = re.sub(r'value="[^"]*"', "", answer.text).replace(email, "…")
            answers.add((answer.status_code, told))
    assert len(answers) == 1 and login.WRONG in answers.pop()[1]


def test_an_unknown_address_costs_as_much_as_a_known_one(office, monkeypatch):
    hashed = []
    monkeypatch.setattr(stock, "hash_password", lambda password: hashed.append(password) or "x")
    enter(office.stranger(), "nadie2@demo.interapas.example", "contrasena-equivocada", "10.0.2.1")
    assert hashed == ["contrasena-equivocada"]


def test_failures_are_counted_across_server_processes(office):
    email = office.email("works_director")
    with office.another() as second:
        for number in range(guesses.PER_PERSON):
            app = (office.app, second)[number % 2]
            assert login.WRONG in enter(app.test_client(), email, "mala", f"10.1.{number}.1").text
        for app in (office.app, second):
            refused = enter(app.test_client(), email.upper(), DEMO_PASSWORD, "10.1.99.1")
            assert refused.status_code == 200 and guesses.TOO_MANY in refused.text
        assert enter(office.stranger(), office.email("staff"), DEMO_PASSWORD, "10.1.99.1").status_code == 302


def test_the_throttle_ends_with_its_window(office, monkeypatch):
    email = office.email("operations_director")
    for number in range(guesses.PER_PERSON):
        enter(office.stranger(), email, "mala", f"10.2.{number}.1")
    assert guesses.TOO_MANY in enter(office.stranger(), email, DEMO_PASSWORD, "10.2.99.1").text
    monkeypatch.setattr(guesses, "WINDOW", timedelta(0))
    assert enter(office.stranger(), email, DEMO_PASSWORD, "10.2.99.1").status_code == 302


def test_one_address_that_tries_many_people_is_stopped(office):
    """Spraying one password over every address."""
    owner(office, "INSERT INTO console.login_attempts (who, address)"
                  " SELECT md5(n::text), '10.3.0.1' FROM generate_series(1, %s) n", guesses.PER_ADDRESS)
    assert guesses.TOO_MANY in enter(office.stranger(), office.email("staff"), DEMO_PASSWORD, "10.3.0.1").text
    assert enter(office.stranger(), office.email("staff"), DEMO_PASSWORD, "10.3.0.2").status_code == 302


def test_the_attempts_keep_no_address_in_clear(office):
    enter(office.stranger(), office.email("staff"), "mala", "10.4.0.1")
    assert office.scalar("SELECT count(*) FROM console.login_attempts WHERE who LIKE '%%@%%'") == 0


def test_logging_in_changes_the_key_and_the_old_one_is_dead(office):
    """An identifier planted before login opens nothing after it."""
    client = office.stranger()
    client.get("/entrar")
    planted = key_of(client)
    enter(client, office.email("staff"), DEMO_PASSWORD)
    assert key_of(client) != planted
    assert INSIDE in client.get("/").text
    assert replay(office, planted).location.startswith(OUTSIDE)


def test_logging_out_ends_the_session_where_it_lives(office):
    """A copy of the cookie dies with the session."""
    client = office.client("staff")
    key = key_of(client)
    assert replay(office, key).status_code == 200
    out = client.post("/salir", data={"csrf_token": fresh_token(office, client)})
    assert out.status_code == 302 and out.headers["Clear-Site-Data"] == '"cache"'
    assert replay(office, key).location.startswith(OUTSIDE)
    assert client.get("/").location.startswith(OUTSIDE)


def test_the_cookie_holds_a_key_and_the_database_only_its_hash(office):
    client = office.client("staff")
    key = key_of(client)
    assert office.scalar("SELECT count(*) FROM console.web_sessions WHERE key_hash = %s", key) == 0
    assert office.scalar("SELECT count(*) FROM console.web_sessions WHERE key_hash ="
                         " encode(sha256(convert_to(%s, 'UTF8')), 'hex')", key) == 1
    jar = client.get_cookie(COOKIE)
    assert jar.http_only and jar.same_site == "Lax" and jar.path == "/"


def test_the_cookie_is_secure_where_the_site_says_so(office):
    with office.another(SESSION_COOKIE_SECURE=True) as app:
        client = app.test_client()
        assert "; Secure" in client.get("/entrar", base_url="https://localhost").headers["Set-Cookie"]


@pytest.mark.parametrize("age", ["seen_at = seen_at - interval '3 hours 1 minute'",
                                 "created_at = created_at - interval '12 hours 1 minute'"])
def test_an_idle_or_old_session_ends(office, age):
    client = office.client("staff")
    owner(office, f"UPDATE console.web_sessions SET {age} WHERE person_id = %s", office.actor("staff").id)
    assert client.get("/").location.startswith(OUTSIDE)


def test_an_appointment_that_ended_ends_at_once(office):
    """The office is asked again on each request, in the console and in PostgreSQL."""
    client, person = office.client("unit_head"), office.actor("unit_head").id
    assert client.get("/correcciones/").status_code == 200
    owner(office, "UPDATE console.appointments SET valid_to = current_date - 2 WHERE person_id = %s", person)
    refused = client.get("/correcciones/")
    assert refused.status_code == 403 and NO_OFFICE in refused.text
    assert "Informática" in refused.text and "UAS-COR" not in refused.text
    assert client.post("/salir", data={"csrf_token": office.token(refused)}).status_code == 302
    owner(office, "UPDATE console.appointments SET valid_to = NULL WHERE person_id = %s", person)
    assert office.client("unit_head").get("/correcciones/").status_code == 200


def test_a_person_who_left_or_a_closed_login_ends_at_once(office):
    client, person = office.client("general_director"), office.actor("general_director").id
    owner(office, "UPDATE console.people SET active = false WHERE id = %s", person)
    assert client.get("/").status_code == 403
    owner(office, "UPDATE console.people SET active = true WHERE id = %s", person)
    assert client.get("/").status_code == 200
    owner(office, "UPDATE console.logins SET active = false WHERE person_id = %s", person)
    assert client.get("/").location.startswith(OUTSIDE)
    owner(office, "UPDATE console.logins SET active = true WHERE person_id = %s", person)


def test_one_office_is_worn_at_a_time_and_only_ones_own(office):
    """Whoever holds two chooses; another person's appointment cannot be worn."""
    person = office.actor("auditor").id
    psql.appoint(office, person, "administrator", "2026-10-01")
    held = dict(_rows(office, "SELECT role, max(id) FROM console.appointments WHERE person_id = %s"
                              " GROUP BY role", person))
    client = office.client("auditor")
    assert client.get("/bitacora/").status_code == 200 and client.get("/accesos/").status_code == 403
    office.post(client, "/cargo", {"office": "administrator"})
    assert client.get("/bitacora/").status_code == 403 and client.get("/accesos/").status_code == 200
    office.post(client, "/cargo", {"office": "staff"})
    assert client.get("/correcciones/").status_code == 403
    owner(office, "DELETE FROM console.appointments WHERE id = %s", held["administrator"])
    assert client.get("/bitacora/").status_code == 200


def _rows(office, query, *values):
    with psycopg.connect(office.dsn()) as connection:
        return connection.execute(query, values).fetchall()


def test_changing_the_password_ends_the_other_sessions(office):
    who = Role.COMMERCIAL_DIRECTOR
    here, there = office.client(who, 1), office.client(who, 1)
    kept = key_of(there)
    answer = office.post(here, "/contrasena", {
        "password": DEMO_PASSWORD, "new_password": "otra frase bien larga",
        "new_password_confirm": "otra frase bien larga"})
    assert answer.status_code == 302, answer.text
    assert there.get("/").location.startswith(OUTSIDE) and replay(office, kept).location.startswith(OUTSIDE)
    assert enter(office.stranger(), office.email(who, 1), DEMO_PASSWORD, "10.5.0.1").status_code == 200
    assert enter(office.stranger(), office.email(who, 1), "otra frase bien larga", "10.5.0.1").status_code == 302


def test_a_password_is_as_dear_to_guess_as_argon2_says_where_no_test_runs(office, monkeypatch):
    monkeypatch.delenv("CONSOLE_SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS")
    with office.another() as app, app.app_context():
        assert hash_password("otra frase larga").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
