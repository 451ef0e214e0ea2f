"""A password that the administrator hands: what it opens, who confirms it, and what its owner is told."""

import html
import re

import psycopg
import pytest

from admin_views.door import login
from deploy.demo.people import DEMO_PASSWORD
from policies.people.appointments import confirm_handover, decline_handover
from tests import psql
from tests.admin_views.pages import send
from tests.psql import as_person

CHANGE, OWN = "/contrasena", "una frase solo mia"
LAST = "SELECT max(id) FROM console.handovers WHERE person_id = %s"
STATE = "SELECT state FROM console.handovers WHERE id = %s"
DAY = "(now() AT TIME ZONE 'America/Mexico_City')::date"


@pytest.fixture(scope="module")
def clients(office):
    return {role: office.client(role) for role in ("administrator", "unit_head", "auditor")}


def hired(office, role=None):
    """(person, e-mail) of somebody with an account of their own, in that office."""
    with office.program("administrator") as raw:
        (who,) = raw.execute("INSERT INTO console.people (name) VALUES ('Eva Contraseña') RETURNING id").fetchone()
        email = f"eva{who}@demo.interapas.example"
        raw.execute("INSERT INTO console.logins (person_id, email, fs_uniquifier) VALUES (%s, %s, %s)",
                    (who, email, f"x{who}"))
    if role:
        psql.appoint(office, who, role)
    return who, email


def hand(office, clients, who):
    """The password that the console shows the administrator, and the page that shows it."""
    key = office.scalar("SELECT id FROM console.logins WHERE person_id = %s", who)
    page = office.post(clients["administrator"], f"/accesos/{key}/contrasena/", form=f"/accesos/{key}/")
    assert page.status_code == 200, page.text
    return re.search(r"<code>([^<]+)</code>", page.text).group(1), html.unescape(page.text)


def enters(office, email, password):
    """(browser, the answer to its login)."""
    client = office.stranger()
    return client, office.log_in(client, email, password)


def changes(office, client, password, new=OWN):
    return office.post(client, CHANGE, {"password": password, "new_password": new, "new_password_confirm": new})


def test_it_opens_nothing_but_its_own_change_and_its_owner_is_told_until_they_say_so(office, clients):
    who, email = hired(office, "staff")
    password, page = hand(office, clients, who)
    assert "No abrirá la cuenta hasta" not in page
    client, answer = enters(office, email, password)
    assert answer.status_code == 302
    for path in ("/", "/cuentas/", "/cargo", f"/personas/{who}/"):
        assert client.get(path).location == CHANGE, path
    told = html.unescape(client.get(CHANGE).text)
    assert "Informática le entregó esta contraseña el " in told
    assert client.post("/recibos/1/acto/start_correction/", data={"csrf_token": office.token(client.get(CHANGE))}
                       ).location == CHANGE
    assert changes(office, client, password).status_code == 302
    for _ in range(2):
        home = html.unescape(client.get("/").text)
        assert f"{office.actor('administrator').name}, de Informática, le entregó una contraseña el " in home
    office.post(client, "/contrasena/enterado", form="/cargo")
    assert "le entregó una contraseña" not in client.get("/").text
    assert enters(office, email, password)[1].status_code == 200      # the handed one is dead


def test_to_the_holder_of_an_office_that_decides_it_opens_after_a_second_person(office, clients):
    who, email = hired(office, "works_director")
    password, page = hand(office, clients, who)
    key = office.scalar(LAST, who)
    assert "No abrirá la cuenta hasta" in page and office.scalar(STATE, key) == "proposed"
    assert login.NOT_CONFIRMED in html.unescape(enters(office, email, password)[1].text)
    assert clients["administrator"].get(f"/entregas/{key}/acto/confirm_handover/").status_code == 403
    for role in ("unit_head", "auditor"):
        assert f'href="/entregas/{key}/"' in clients[role].get("/").text
    done = send(office, clients["auditor"], f"/entregas/{key}/acto/{confirm_handover.name}/", {"password": DEMO_PASSWORD})
    assert done.status_code == 302
    told = html.unescape(clients["unit_head"].get(f"/entregas/{key}/").text)
    assert f"Lo confirmó {office.actor('auditor').name}" in told
    client, answer = enters(office, email, password)
    assert answer.status_code == 302 and client.get("/").location == CHANGE


def test_one_that_was_not_confirmed_never_opens_and_a_new_one_replaces_it(office, clients):
    who, email = hired(office, "operations_director")
    password, _ = hand(office, clients, who)
    first = office.scalar(LAST, who)
    send(office, clients["unit_head"], f"/entregas/{first}/acto/{decline_handover.name}/", {"reason": "No la pidió."})
    assert office.scalar(STATE, first) == "declined"
    assert login.NOT_CONFIRMED in html.unescape(enters(office, email, password)[1].text)
    hand(office, clients, who)
    second = office.scalar(LAST, who)
    hand(office, clients, who)
    assert [office.scalar(STATE, key) for key in (first, second, office.scalar(LAST, who))] == [
        "declined", "revoked", "proposed"]


def test_who_receives_it_does_not_confirm_it(office, clients):
    other, _ = hired(office, "unit_head")
    hand(office, clients, other)
    key = office.scalar(LAST, other)
    with pytest.raises(psycopg.Error) as caught, as_person(office, "unit_head", other) as raw:
        raw.execute("UPDATE console.handovers SET state = 'confirmed' WHERE id = %s", (key,))
    assert caught.value.sqlstate == "AG050"


def test_whoever_enters_with_it_signs_nothing_in_psql(office, clients):
    who, _ = hired(office, "commercial_director")
    hand(office, clients, who)
    key = psql.sent(office)
    with psql.refused(office, "AG056", key), as_person(office, "commercial_director", who) as raw:
        raw.execute(psql.SIGN, (key,))


def test_changing_ones_own_password_hands_nothing(office):
    who, email = hired(office, "staff")
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("UPDATE console.logins SET password = (SELECT l.password FROM console.logins l WHERE l.email = %s)"
                      " WHERE person_id = %s", (office.email("staff"), who))
    client, _ = enters(office, email, DEMO_PASSWORD)
    assert changes(office, client, DEMO_PASSWORD).status_code == 302
    assert office.scalar(LAST, who) is None and client.get("/").status_code == 200


def test_a_password_older_than_the_office_is_handed_again(office, clients):
    """The administrator may have entered with it and changed it: he could know the one that is there now."""
    who, email = hired(office, "staff")
    password, _ = hand(office, clients, who)
    changes(office, enters(office, email, password)[0], password)
    assert enters(office, email, OWN)[1].status_code == 302
    with office.program() as raw:
        raw.execute(f"UPDATE console.appointments SET valid_to = {DAY} - 1 WHERE person_id = %s", (who,))
    with office.program("administrator") as raw:
        (key,) = raw.execute("INSERT INTO console.appointments (person_id, role, valid_from, valid_to, acting, letter)"
                             f" VALUES (%s, 'works_director', {DAY}, {DAY} + 9, true, 'DG/1') RETURNING id",
                             (who,)).fetchone()
    with office.program("auditor") as raw:
        raw.execute("UPDATE console.appointments SET state = 'confirmed' WHERE id = %s", (key,))
    assert enters(office, email, OWN)[1].status_code == 200
    again, _ = hand(office, clients, who)
    assert office.scalar(STATE, office.scalar(LAST, who)) == "proposed"
    assert login.NOT_CONFIRMED in html.unescape(enters(office, email, again)[1].text)


@pytest.mark.parametrize("statement", [
    "UPDATE console.logins SET password = 'x'", "UPDATE console.logins SET handed_at = NULL",
    "INSERT INTO console.handovers (person_id, handed_at) VALUES (1, now())", "DELETE FROM console.handovers",
    "UPDATE console.handovers SET state = 'confirmed'"])
def test_the_administrator_writes_nothing_of_a_password_in_psql(office, statement):
    with pytest.raises(psycopg.Error) as caught, office.program("administrator") as raw:
        raw.execute(statement)
    assert caught.value.sqlstate == "42501"


def test_the_trail_tells_each_password_that_was_handed(office, clients):
    who, _ = hired(office, "staff")
    hand(office, clients, who)
    assert office.scalar("SELECT count(*) FROM audit.log WHERE table_name = 'console.handovers' AND operation = 'I'"
                         " AND actor_id = %s AND (new ->> 'person_id')::int = %s", office.actor("administrator").id, who) == 1
