"""A proposed office at the door: who is asked to confirm it, what they read, and what is printed of it."""

import html
from datetime import timedelta

import pytest

from admin_views.door.offices import today
from deploy.demo.people import DEMO_PASSWORD
from policies.people.appointments import (
    confirm_appointment,
    confirm_delegation,
    decline_appointment,
    decline_delegation,
    revoke_appointment,
    revoke_delegation,
)
from tests.admin_views.pages import key_in, send

STATE = "SELECT state FROM console.{} WHERE id = %s"
PASSWORD = {"password": DEMO_PASSWORD}


@pytest.fixture(scope="module")
def clients(office):
    return {role: office.client(role) for role in ("administrator", "unit_head", "auditor")}


def person(office):
    with office.program("administrator") as raw:
        return raw.execute("INSERT INTO console.people (name) VALUES ('Rita Proposición') RETURNING id").fetchone()[0]


@pytest.fixture
def appointment(office, clients):
    """The record of an acting director whom the administrator proposed."""
    made = send(office, clients["administrator"], "/nombramientos/nuevo/", {
        "person_id": str(person(office)), "role": "works_director", "valid_from": str(today()), "acting": "y",
        "valid_to": str(today() + timedelta(days=60)), "letter": "DG/2026/080"})
    assert made.status_code == 302, made.text
    return made.location


@pytest.fixture
def delegation(office, clients):
    made = send(office, clients["administrator"], "/delegaciones/nuevo/", {
        "role": "general_director", "holder_id": str(office.actor("general_director").id),
        "delegate_id": str(person(office)), "valid_from": str(today()), "valid_to": str(today() + timedelta(days=9)),
        "letter": "DG/2026/081"})
    assert made.status_code == 302, made.text
    return made.location


def act(office, client, record, step, data):
    return send(office, client, f"{record}acto/{step.name}/", data)


def read(client, path):
    return html.unescape(client.get(path).text)


def state(office, record):
    return office.scalar(STATE.format("appointments" if "nombramientos" in record else "delegations"), key_in(record))


def steps_for(record):
    if "nombramientos" in record:
        return confirm_appointment, decline_appointment, revoke_appointment
    return confirm_delegation, decline_delegation, revoke_delegation


@pytest.fixture(params=["appointment", "delegation"])
def proposal(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("role", ["unit_head", "auditor"])
def test_it_waits_on_the_first_page_of_who_confirms_and_its_record_says_who_did(office, clients, proposal, role):
    client, (confirm, _, _) = clients[role], steps_for(proposal)
    assert "No cuenta todavía: lo confirma otra persona" in read(clients["administrator"], proposal)
    assert f'href="{proposal}"' in client.get("/").text and "por confirmar" in client.get("/").text
    wrong = act(office, client, proposal, confirm, {"password": "no es"})
    assert wrong.status_code == 422 and state(office, proposal) == "proposed"
    assert act(office, client, proposal, confirm, PASSWORD).status_code == 302
    told = read(clients["administrator"], proposal)
    assert f"Lo confirmó {office.actor(role).name}, {office.actor(role).role.label}, el " in told
    assert f"Lo registró {office.actor('administrator').name}." in told
    assert f'href="{proposal}"' not in client.get("/").text


def test_what_is_not_confirmed_says_why_and_the_administrator_confirms_nothing(office, clients, proposal):
    confirm, decline, _ = steps_for(proposal)
    assert clients["administrator"].get(f"{proposal}acto/{confirm.name}/").status_code == 403
    act(office, clients["auditor"], proposal, decline, {"reason": "El oficio DG/2026/080 no existe."})
    assert state(office, proposal) == "declined"
    told = read(clients["administrator"], proposal)
    assert "No lo confirmó" in told and "«El oficio DG/2026/080 no existe.»" in told
    assert clients["administrator"].get(f"{proposal}editar/").status_code == 409


def test_the_administrator_alone_takes_it_away(office, clients, proposal):
    confirm, _, revoke = steps_for(proposal)
    act(office, clients["auditor"], proposal, confirm, PASSWORD)
    assert act(office, clients["administrator"], proposal, revoke, {}).status_code == 302
    assert state(office, proposal) == "revoked"
    assert "Informática lo dejó sin efecto" in read(clients["administrator"], proposal)


def test_more_days_are_a_new_proposal_and_the_form_says_so(office, clients, appointment):
    act(office, clients["auditor"], appointment, confirm_appointment, PASSWORD)
    person_id = office.scalar("SELECT person_id FROM console.appointments WHERE id = %s", key_in(appointment))
    given = {"person_id": str(person_id), "role": "works_director", "valid_from": str(today()), "acting": "y",
             "letter": "DG/2026/080"}
    longer = send(office, clients["administrator"], f"{appointment}editar/",
                  given | {"valid_to": str(today() + timedelta(days=61))})
    assert longer.status_code == 409 and "Lo confirmado solo se acorta" in longer.text
    shorter = send(office, clients["administrator"], f"{appointment}editar/",
                   given | {"valid_to": str(today() + timedelta(days=59))})
    assert shorter.status_code == 302


def test_who_is_concerned_reads_that_another_person_confirms_it(office, clients):
    head = office.actor("unit_head").id
    with office.program("administrator") as raw:
        (key,) = raw.execute("INSERT INTO console.appointments (person_id, role, valid_from, valid_to, acting, letter)"
                             " VALUES (%s, 'works_director', %s, %s, true, 'DG/2026/082') RETURNING id",
                             (head, today(), today())).fetchone()
    answer = clients["unit_head"].get(f"/nombramientos/{key}/acto/confirm_appointment/")
    assert answer.status_code == 409 and "Trata de usted; lo confirma otra persona" in answer.text


@pytest.mark.parametrize(("role", "words"), [
    ("general_director", "Lo registró la instalación de la consola"), ("staff", "este cargo no firma ni audita")])
def test_the_record_of_one_that_nobody_confirmed_says_why(office, clients, role, words):
    key = office.scalar("SELECT min(id) FROM console.appointments WHERE role = %s", role)
    assert words in read(clients["auditor"], f"/nombramientos/{key}/")


def test_one_older_than_the_rule_says_that_the_upgrade_kept_it(office, clients):
    with office.program() as raw:
        (key,) = raw.execute("UPDATE console.appointments SET decided_at = now() WHERE role = 'operations_director'"
                             " RETURNING id").fetchone()
    assert "En vigor desde antes de que la consola pidiera confirmación" in read(
        clients["auditor"], f"/nombramientos/{key}/")
