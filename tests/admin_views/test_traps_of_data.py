"""Where stock Flask-Admin loses or spoils data, each closed."""

import re
from pathlib import Path

import pytest
from sqlalchemy import DateTime

import policies
from admin_views.core.base import PolicyView
from admin_views.forms import pickers
from models.corrections import CorrectionState as S
from tests.admin_views.pages import send
from tests.house.addresses import checksum, screens

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def administrator(office):
    return office.client("administrator")


def test_d2_every_write_of_a_screen_leaves_its_row_in_the_trail(office, administrator):
    """Old and new, who, in which office, by which request: nobody writes it by hand."""
    key = office.scalar("SELECT max(id) FROM console.anomaly_types")
    was = office.scalar("SELECT description FROM console.anomaly_types WHERE id = %s", key)
    form = office.scalar("SELECT row_to_json(t) FROM console.anomaly_types t WHERE id = %s", key)
    answer = send(office, administrator, f"/anomalias/{key}/editar/", {
        "code": form["code"], "name": form["name"], "description": "Otra descripción.", "active": "y"})
    assert answer.status_code == 302, answer.text
    entry = office.scalar("SELECT row_to_json(l) FROM audit.log l WHERE table_name = 'console.anomaly_types'"
                          " ORDER BY seq DESC LIMIT 1")
    assert entry["old"] == {"description": was} and entry["new"] == {"description": "Otra descripción."}
    assert entry["role"] == "console_administrator" and entry["db_user"] == "console_tier_systems"
    assert entry["actor_id"] == office.actor("administrator").id and len(entry["request_id"]) == 16


def test_d2_an_act_leaves_its_name_in_the_trail(office):
    key = office.correction(S.SUBMITTED)
    assert office.scalar("SELECT act FROM audit.log WHERE table_name = 'console.corrections' AND row_id = %s"
                         " AND new ->> 'state' = 'submitted'", str(key)) == "submit"


def test_d3_the_letter_is_a_row_of_the_same_transaction(office):
    """Nothing leaves the house while the act may still roll back: mail is the worker's alone."""
    key = office.correction(S.SIGNED)
    letters = "SELECT count(*) FROM console.notices WHERE correction_id = %s"
    with office.speaks("staff") as session:
        subject = session.get(policies.corrections.acts.Correction, key)
        policies.perform(session, policies.corrections.acts.apply, subject, office.actor("staff"))
        session.rollback()
    assert office.scalar(letters, key) == 0
    office.perform("staff", policies.corrections.acts.apply, key)
    assert office.scalar(letters, key) == 1
    code = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
            for room in ("admin_views", "policies", "models") for path in (ROOT / room).rglob("*.py")}
    assert [path for path in code if re.search(r"smtplib|sendmail", code[path])] == ["admin_views/mails/sending.py"]
    assert [path for path in code if "send_due" in code[path] and "mails/" not in path] == ["admin_views/core/worker.py"]


def test_d4_outer_spaces_and_control_characters_are_not_what_a_person_meant(office, administrator):
    answer = send(office, administrator, "/municipios/nuevo/", {
        "name": "  Villa\x07 de Prueba \x00 ", "valid_from": "2020-01-01"})
    assert answer.status_code == 302, answer.text
    assert office.scalar("SELECT name FROM console.municipalities ORDER BY id DESC LIMIT 1") == "Villa de Prueba"
    again = send(office, administrator, "/municipios/nuevo/", {
        "name": " Villa de Prueba", "valid_from": "2020-01-01"})
    assert again.status_code == 409
    blank = send(office, administrator, "/municipios/nuevo/", {"name": "   ", "valid_from": "2020-01-01"})
    assert blank.status_code == 422 and "Falta este dato; escríbalo." in blank.text


def test_d5_no_form_holds_an_instant_and_an_untouched_form_changes_nothing(office, administrator):
    for rule in policies.RULES.values():
        columns = rule.model.__table__.columns
        assert not [name for name in rule.edits if isinstance(columns[name].type, DateTime)]
    before = checksum(office)
    saved = 0
    for endpoint, view in screens(office.app).items():
        rule = policies.RULES[view.model]
        key = office.scalar(f"SELECT min(id) FROM {view.model.__table__.fullname}") if rule.edit else None
        page = administrator.get(f"{view.url}/{key}/editar/") if key else None
        if page is None or page.status_code != 200:
            continue
        typed = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page.text))
        typed |= dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\s*([^<]*)<', page.text))
        typed |= dict(re.findall(r'<select[^>]*name="(\w+)".*?<option selected value="([^"]*)"',
                                 page.text, re.DOTALL))
        unticked = re.findall(r'<input(?![^>]*checked)[^>]*name="(\w+)"[^>]*type="checkbox"', page.text)
        answer = administrator.post(f"{view.url}/{key}/editar/", data={
            name: value for name, value in typed.items() if name not in unticked and name != "q"})
        if "Nadie se nombra a sí mismo" not in answer.text:   # the first appointment is one's own
            assert answer.status_code == 302, (endpoint, answer.text)
        saved += 1
    after = checksum(office)
    assert after.pop("console.sent_forms") != before.pop("console.sent_forms")   # each was sent, once
    assert saved >= 6 and after == before


@pytest.mark.parametrize(("typed", "kept"), [
    ("1,234.50", "1234.50"), ("$1,234.50", "1234.50"), (" 7 ", "7.00"), ("0.01", "0.01")])
def test_d6_money_is_read_as_people_write_it(office, administrator, typed, kept):
    answer = send(office, administrator, "/niveles/nuevo/", {
        "name": f"Nivel {typed}", "from_amount": typed, "valid_from": "2033-01-01"})
    assert answer.status_code == 302, answer.text
    assert office.scalar("SELECT from_amount::text FROM console.approval_bands ORDER BY id DESC LIMIT 1") == kept


@pytest.mark.parametrize(("typed", "told"), [
    ("NaN", "no es una cifra; escríbala con cifras, por ejemplo 1,234.50."), ("Infinity", "no es una cifra"),
    ("1e3", "escriba 1000."), ("١٢", "escriba 12."), ("1.234,50", "se puede leer como 1234.50 o como 1.23450"),
    ("--1", "no es una cifra"), ("12345678901", "escriba una cifra de −999,999,999.99 a 999,999,999.99."),
    ("1.00001", "lleva 5 decimales y aquí se admiten 2 decimales"),
    ("2,5", "se puede leer como 2.5 o como 25; escriba una de las dos")])
def test_d6_what_is_no_amount_is_refused_and_how_to_write_it_is_said(office, administrator, typed, told):
    """NaN would turn a balance into NaN."""
    before = office.scalar("SELECT count(*) FROM console.approval_bands")
    answer = send(office, administrator, "/niveles/nuevo/", {
        "name": "No", "from_amount": typed, "valid_from": "2033-01-01"})
    assert answer.status_code == 422
    assert told in answer.text
    assert office.scalar("SELECT count(*) FROM console.approval_bands") == before


def test_d6_money_and_days_are_shown_as_people_read_them(office, administrator):
    page = administrator.get("/niveles/?orden=from_amount")
    words = re.sub(r"<[^>]+>", " ", page.text)   # what is read; an input's limits are in ISO
    assert "$1,000.00" in words and "1000.00" not in words
    assert re.search(r"\d\d/ene/20\d\d", words) and not re.search(r"\d{4}-\d\d-\d\d", words)


def test_d7_a_view_that_fails_is_not_run_a_second_time(office):
    runs = []

    def endpoint(view, **arguments):
        runs.append(arguments)
        raise TypeError("a bug of ours")
    with pytest.raises(TypeError, match="a bug of ours"):
        PolicyView._run_view(screens(office.app)["people"], endpoint, key=1)
    assert runs == [{"key": 1}]


@pytest.mark.parametrize("order", ["tariff_class", "-tariff_class", "status", ""])
def test_d8_pages_neither_share_nor_lose_a_row(office, order):
    """Sixty accounts share four classes and one status: only the key after it keeps the order."""
    staff, found = office.client("staff"), []
    for number in range(1, 5):
        page = staff.get(f"/cuentas/?orden={order}&pagina={number}")
        found += re.findall(r'row-link" href="/cuentas/(\d+)/"', page.text)
    assert len(found) == len(set(found)) == office.scalar("SELECT count(*) FROM commercial.accounts") == 60


def test_d8_the_pager_offers_no_page_that_is_empty(office):
    staff = office.client("staff")
    assert 'rel="next"' in staff.get("/cuentas/?pagina=2").text
    assert 'rel="next"' not in staff.get("/cuentas/?pagina=3").text


def test_p1_no_form_loads_a_table_of_any_size(office, administrator, monkeypatch):
    for endpoint, view in screens(office.app).items():
        rule = policies.RULES[view.model]
        if rule.create and getattr(view, "creates_here", True):
            page = administrator.get(f"{view.url}/nuevo/")
            assert page.text.count("<option") < 201 and len(page.data) < 60_000, endpoint


@pytest.mark.parametrize(("typed", "status", "sentence"), [
    ("josefina quibrera nino", 302, ""), ("Nadie de Aquí", 422, "Nadie ni nada se llama así"),
    ("", 422, "Escriba el nombre y elíjalo."), ("x\x00\x07", 422, "Nadie ni nada se llama así")])
def test_p1_where_they_are_too_many_a_person_is_named_not_listed(office, administrator, monkeypatch,
                                                                 typed, status, sentence):
    monkeypatch.setattr(pickers, "MOST_CHOICES", 3)
    assert "Escriba el nombre completo" in administrator.get("/nombramientos/nuevo/").text
    answer = send(office, administrator, "/nombramientos/nuevo/", {
        "person_id": typed, "role": "auditor", "valid_from": "2031-01-01", "letter": "CI/2031/001"})
    assert answer.status_code == status and sentence in answer.text
    named = """SELECT count(*) FROM console.appointments a JOIN console.people p ON p.id = a.person_id
                WHERE a.letter = 'CI/2031/001' AND p.name = 'Josefina Quibrera Niño'"""
    assert office.scalar(named) == 1
