"""A half-typed form outlives its session: kept on the server, given back to its author alone."""

import re

import psycopg
import pytest

from deploy.demo.people import DEMO_PASSWORD
from models.corrections import CorrectionState as S
from tests.admin_views.pages import send, version_of

NEW = "/personas/nuevo/"
TYPED = "Persona A Medio Escribir"
ENDED = "UPDATE console.web_sessions SET seen_at = now() - interval '4 hours' WHERE ended_at IS NULL"
PARKED = "SELECT coalesce(string_agg(fields::text, '|'), '') FROM console.parked_forms"


@pytest.fixture(autouse=True)
def nothing_parked(office):
    owner(office, "DELETE FROM console.parked_forms")


def owner(office, statement):
    with psycopg.connect(office.dsn()) as connection:
        connection.execute(statement)


def type_and_expire(office, client, path=NEW, data=None):
    """Open a form, let the session end, and send the form; the answer leads to the login."""
    page = client.get(path)
    hidden = {"csrf_token": office.token(page)}
    if 'name="version"' in page.text:
        hidden["version"] = version_of(page)
    owner(office, ENDED)
    answer = client.post(path, data=hidden | (data or {"name": TYPED}))
    assert answer.status_code == 302 and answer.location == path
    away = client.get(path)
    assert away.status_code == 302 and away.location.startswith("/entrar?next="), away.location
    return away.location


def come_back(office, client, email, location):
    page = client.get(location)
    return client.post(location, data={"email": email, "password": DEMO_PASSWORD,
                                       "csrf_token": office.token(page)})


def test_what_was_typed_comes_back_after_login_in_the_same_form(office):
    client = office.client("administrator")
    location = type_and_expire(office, client)
    answer = come_back(office, client, office.email("administrator"), location)
    assert answer.location == NEW
    page = client.get(NEW)
    assert f'value="{TYPED}"' in page.text
    assert office.scalar("SELECT count(*) FROM console.people WHERE name = %s", TYPED) == 0
    sent = client.post(NEW, data={"csrf_token": office.token(page), "name": TYPED, "active": "y"})
    assert sent.status_code == 302
    assert office.scalar("SELECT count(*) FROM console.people WHERE name = %s", TYPED) == 1


def test_it_comes_back_once(office):
    client = office.client("administrator")
    come_back(office, client, office.email("administrator"), type_and_expire(office, client))
    assert TYPED in client.get(NEW).text and TYPED not in client.get(NEW).text
    assert office.scalar("SELECT count(*) FROM console.parked_forms") == 0


def test_it_comes_back_in_its_own_form_only(office):
    client = office.client("administrator")
    come_back(office, client, office.email("administrator"), type_and_expire(office, client))
    assert TYPED not in client.get("/municipios/nuevo/").text
    assert TYPED in client.get(NEW).text


def test_another_person_at_the_same_browser_reads_nothing_of_it(office):
    first = office.client("staff")
    key = office.draft()
    path = f"/correcciones/{key}/acto/calculate/"
    location = type_and_expire(office, first, path, {"reason": TYPED})
    come_back(office, first, office.email("staff", 1), location)
    assert TYPED not in first.get(path).text
    assert TYPED in office.scalar(PARKED)     # it still waits for its author


def test_a_stranger_parks_nothing(office):
    client = office.stranger()
    token = office.token(client.get("/entrar"))
    client.post(NEW, data={"csrf_token": token, "name": TYPED})
    client.post(NEW, data={"name": TYPED})
    assert office.scalar("SELECT count(*) FROM console.parked_forms") == 0


def test_a_password_is_never_parked(office):
    key = office.correction(S.SUBMITTED)
    client = office.client("commercial_director")
    type_and_expire(office, client, f"/correcciones/{key}/acto/sign/", {
        "password": DEMO_PASSWORD, "seen_hash": "x"})
    kept = office.scalar(PARKED)
    assert "seen_hash" in kept and DEMO_PASSWORD not in kept and "csrf_token" not in kept


def test_a_form_given_back_over_a_newer_record_says_so(office):
    """Otherwise the hours between would let it overwrite what others saved (D1)."""
    client, other = office.client("administrator"), office.client("administrator")
    made = send(office, client, NEW, {"name": "Con Versiones", "active": "y"})
    path = re.sub(r"(\d+)/$", r"\1/editar/", made.location)
    location = type_and_expire(office, client, path, {"name": TYPED, "active": "y"})
    other = office.client("administrator")
    assert send(office, other, path, {"name": "Guardado Entretanto", "active": "y"}).status_code == 302
    come_back(office, client, office.email("administrator"), location)
    page = client.get(path)
    assert page.status_code == 409 and 'class="compare"' in page.text
    assert f'value="{TYPED}"' in page.text and "Guardado Entretanto" in page.text


def test_an_act_given_back_over_a_newer_record_says_so(office):
    key = office.draft()
    client = office.client("staff")
    path = f"/correcciones/{key}/acto/calculate/"
    location = type_and_expire(office, client, path, {"reason": TYPED, "leak__repaired": "True"})
    office.prove(key)
    come_back(office, client, office.email("staff"), location)
    page = client.get(path)
    assert page.status_code == 409 and TYPED in page.text
    assert "Otra persona cambió este registro" in page.text


@pytest.mark.parametrize("hostile", ["con\x00nulo", "\ud7ff\ufffe", "x" * 100_000, "'; DROP TABLE x; --"])
def test_whatever_was_typed_can_be_parked(office, hostile):
    client = office.client("administrator")
    come_back(office, client, office.email("administrator"),
              type_and_expire(office, client, NEW, {"name": hostile}))
    assert client.get(NEW).status_code == 200
