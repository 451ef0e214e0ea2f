"""What one office drafts another puts in force, over HTTP: holidays and signature bands."""

import pytest

from deploy.demo.people import DEMO_PASSWORD
from tests.admin_views.pages import key_in, send

STATE = "SELECT state FROM console.{} WHERE id = %s"


@pytest.fixture(scope="module")
def clients(office):
    return {role: office.client(role) for role in ("administrator", "unit_head", "commercial_director")}


def test_a_holiday_is_drafted_by_one_office_and_decided_by_another(office, clients):
    made = send(office, clients["administrator"], "/dias-inhabiles/nuevo/", {
        "day": "2034-07-16", "reason": "Fiesta de la Virgen del Carmen"})
    desk = made.location.replace("http://localhost", "")
    key = key_in(desk)
    assert office.scalar(STATE.format("holidays"), key) == "draft"
    assert clients["administrator"].get(f"{desk}acto/authorize_holiday/").status_code == 403
    assert send(office, clients["unit_head"], f"{desk}acto/authorize_holiday/", {}).status_code == 302
    assert office.scalar(STATE.format("holidays"), key) == "in_force"
    frozen = clients["administrator"].get(f"{desk}editar/")
    assert frozen.status_code == 409 and "«Autorizada» y ya no se edita" in frozen.text
    assert send(office, clients["unit_head"], f"{desk}acto/retire_holiday/", {}).status_code == 302
    assert office.scalar(STATE.format("holidays"), key) == "retired"


def test_a_band_decides_nothing_until_the_director_authorises_it_with_a_password(office, clients):
    made = send(office, clients["administrator"], "/niveles/nuevo/", {
        "name": "Nivel de prueba", "from_amount": "900,000",
        "valid_from": "2001-01-01", "valid_to": "2001-12-31"})   # a year that no other band rules
    desk = made.location
    key = key_in(desk)
    empty = clients["commercial_director"].get(f"{desk}acto/authorize_band/")
    assert empty.status_code == 409 and "El nivel no tiene firmas" in empty.text
    send(office, clients["administrator"], "/firmas-por-nivel/nuevo/", {
        "band_id": str(key), "position": "1", "role": "auditor"})
    nobody = clients["commercial_director"].get(f"{desk}acto/authorize_band/")
    assert nobody.status_code == 409 and "de un cargo que no firma correcciones" in nobody.text
    slot = office.scalar("SELECT id FROM console.approval_slots WHERE band_id = %s", key)
    send(office, clients["administrator"], f"/firmas-por-nivel/{slot}/editar/", {
        "band_id": str(key), "position": "1", "role": "general_director"})
    wrong = send(office, clients["commercial_director"], f"{desk}acto/authorize_band/", {"password": "no es"})
    assert wrong.status_code == 422 and office.scalar(STATE.format("approval_bands"), key) == "draft"
    for step, state in (("authorize_band", "in_force"), ("retire_band", "retired")):
        done = send(office, clients["commercial_director"], f"{desk}acto/{step}/", {"password": DEMO_PASSWORD})
        assert done.status_code == 302 and office.scalar(STATE.format("approval_bands"), key) == state


@pytest.mark.parametrize("role", ["unit_head", "commercial_director"])
def test_a_pair_of_exclusive_offices_is_decided_by_another_office_with_a_password(office, clients, role):
    made = send(office, clients["administrator"], "/cargos-incompatibles/nuevo/", {
        "first_role": "operations_director", "second_role": "works_director", "reason": "Quien opera no planea.",
        "valid_from": "2035-01-01"})
    key, client = key_in(made.location), clients[role]
    assert clients["administrator"].get(f"{made.location}acto/authorize_exclusion/").status_code == 403
    wrong = send(office, client, f"{made.location}acto/authorize_exclusion/", {"password": "no es"})
    assert wrong.status_code == 422 and office.scalar(STATE.format("exclusive_offices"), key) == "draft"
    for step, state in (("authorize_exclusion", "in_force"), ("retire_exclusion", "retired")):
        done = send(office, client, f"{made.location}acto/{step}/", {"password": DEMO_PASSWORD})
        assert done.status_code == 302 and office.scalar(STATE.format("exclusive_offices"), key) == state


@pytest.mark.parametrize("reason", ["", "   ", "\t\n", "\x00 \x07"])
def test_a_correction_is_not_returned_without_a_reason(office, clients, reason):
    """Spaces are no reason: who drafted it must read what to change."""
    key = office.correction("submitted")
    for step in ("send_back", "reject"):
        answer = send(office, clients["commercial_director"], f"/correcciones/{key}/acto/{step}/", {
            "reason": reason})
        assert answer.status_code == 422 and "Falta este dato; escríbalo." in answer.text
    assert office.scalar(STATE.format("corrections"), key) == "submitted"
