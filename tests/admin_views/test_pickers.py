"""Choosing a related record: who is told what, and what a form accepts in its place."""

import re
from dataclasses import replace

import pytest
from flask import g
from werkzeug.datastructures import MultiDict

import policies
from admin_views.core.base import PolicyView
from admin_views.forms import fields, pickers
from models import db
from models.billing import Bill
from models.customers import Account
from policies.core.rules import Ask
from tests.admin_views.pages import send
from tests.house.addresses import screens

ACCOUNTS = "/cuentas/elegir/id/"


@pytest.fixture(scope="module")
def staff(office):
    return office.client("staff")


@pytest.fixture(scope="module")
def administrator(office):
    return office.client("administrator")


@pytest.fixture
def many(monkeypatch):
    """Every table is too long to be sent whole."""
    monkeypatch.setattr(pickers, "MOST_CHOICES", 3)


def texts(client, path, words):
    answer = client.get(path, query_string={"q": words})
    assert answer.status_code == 200, answer.text
    return [row["text"] for row in answer.json]


@pytest.mark.parametrize("typed", ["pena", "PEÑA", "ana pen", "pe an so", "  loredo ", "ana-sofía"])
def test_each_word_typed_begins_a_word_of_the_name(administrator, typed):
    assert texts(administrator, "/personas/elegir/id/", typed) == ["Ana Sofía Peña Loredo"]


@pytest.mark.parametrize("typed", ["", "  ", "eña", "ana zz", "%", "_", "'; --", "\x00", "!&|", "a" * 5000, "xq:*"])
def test_what_begins_no_word_finds_nobody(administrator, typed):
    assert texts(administrator, "/personas/elegir/id/", typed) == []


def test_a_bill_is_found_by_its_folio_and_by_its_account_s_whole_number(staff, office):
    folios = office.scalar("SELECT array_agg(folio ORDER BY period_end DESC) FROM commercial.bills b"
                           " JOIN commercial.accounts a ON a.id = b.account_id WHERE a.number = '10000001'")
    assert texts(staff, "/recibos/elegir/id/", " 10000001 ") == folios[:20]
    assert texts(staff, "/recibos/elegir/id/", folios[0].lower()) == [folios[0]]
    assert texts(staff, "/recibos/elegir/id/", "1000000") == texts(staff, "/recibos/elegir/id/", "zzz") == []


def test_a_picker_is_told_at_most_twenty(staff, office):
    assert office.scalar("SELECT count(*) FROM commercial.accounts") > 20
    found = staff.get(ACCOUNTS, query_string={"q": "1000"}).json
    assert len(found) == 20 and all(set(row) == {"value", "text"} for row in found)
    key = office.scalar("SELECT id FROM commercial.accounts WHERE number = %s", found[0]["text"][:8])
    assert found[0]["value"] == str(key)


def test_the_relation_of_a_screen_asks_through_the_screen_of_its_target(staff):
    assert texts(staff, "/recibos/elegir/account_id/", "10000001") == texts(staff, ACCOUNTS, "10000001") != []
    for name in ("folio", "nothing", "tariff_class", "__class__"):
        assert staff.get(f"/recibos/elegir/{name}/").status_code == 404, name


def test_a_name_is_told_only_to_who_may_read_it(office, staff):
    (seen,) = texts(staff, ACCOUNTS, "10000001")
    assert seen == "10000001 · María Guadalupe Núñez Ávila"
    assert any("Núñez" in text for text in texts(staff, ACCOUNTS, "nunez"))
    auditor = office.client("auditor")
    (masked,) = texts(auditor, ACCOUNTS, "10000001")
    assert masked.startswith("10000001 · ") and "Núñez" not in masked and "María" not in masked
    assert texts(auditor, ACCOUNTS, "nunez") == []


@pytest.mark.parametrize("path", [ACCOUNTS, "/recibos/elegir/account_id/"])
def test_an_office_that_does_not_see_the_table_picks_nothing_from_it(office, administrator, path):
    answer = administrator.get(path, query_string={"q": "1000"})
    assert answer.status_code == 403 and "10000001" not in answer.text


def test_seeing_a_screen_is_not_seeing_what_it_points_to(staff, monkeypatch):
    monkeypatch.setitem(policies.RULES, Account, replace(policies.RULES[Account], view=frozenset()))
    assert staff.get("/recibos/").status_code == 200
    answer = staff.get("/recibos/elegir/account_id/", query_string={"q": "1000"})
    assert answer.status_code == 403 and "10000001" not in answer.text


def appoint(office, administrator, letter, **sent):
    return send(office, administrator, "/nombramientos/nuevo/", {
        "role": "works_director", "acting": "y", "valid_from": "2031-01-01", "valid_to": "2031-06-30",
        "letter": letter, **sent})


def appointed(office, letter):
    return office.scalar("SELECT max(p.name) FROM console.appointments a JOIN console.people p"
                         " ON p.id = a.person_id WHERE a.letter = %s", letter)


def test_the_key_that_the_widget_chose_and_the_name_that_a_person_typed_both_serve(
        office, administrator, many):
    key = office.actor("unit_head").id
    assert appoint(office, administrator, "P/1", **{"person_id-key": key}).status_code == 302
    assert appointed(office, "P/1") == "Beatriz Muñoz Castañón"
    sent = {"person_id": "BEATRIZ munoz castanon", "person_id-key": ""}
    assert appoint(office, administrator, "P/2", **sent).status_code == 302
    assert appointed(office, "P/2") == "Beatriz Muñoz Castañón"


def test_a_name_typed_after_choosing_another_is_the_one_that_counts(office, administrator, many):
    sent = {"person_id": "Luis Fernando Ibáñez Rangel", "person_id-key": office.actor("unit_head").id}
    assert appoint(office, administrator, "P/3", **sent).status_code == 302
    assert appointed(office, "P/3") == "Luis Fernando Ibáñez Rangel"
    sent = {"person_id": "", "person_id-key": office.actor("unit_head").id}
    assert "Escriba el nombre y elíjalo." in appoint(office, administrator, "P/4", **sent).text


def test_two_of_the_same_name_are_told_apart_by_the_key_alone(office, administrator, many):
    for _ in range(2):
        assert send(office, administrator, "/personas/nuevo/", {"name": "Juan Pérez"}).status_code == 302
    found = administrator.get("/personas/elegir/id/", query_string={"q": "per jua"}).json
    assert [row["text"] for row in found] == ["Juan Pérez", "Juan Pérez"]
    wrong = appoint(office, administrator, "P/5", person_id="juan perez")
    assert wrong.status_code == 422 and "Más de un registro se llama así" in wrong.text
    assert 'value="juan perez"' in wrong.text
    sent = {"person_id": "Juan Pérez", "person_id-key": found[1]["value"]}
    assert appoint(office, administrator, "P/6", **sent).status_code == 302
    assert office.scalar("SELECT person_id FROM console.appointments WHERE letter = 'P/6'") == int(found[1]["value"])


def test_a_name_made_of_digits_is_never_a_key(office, administrator, many):
    key = str(office.actor("unit_head").id)
    assert appoint(office, administrator, "P/7", person_id=key).status_code == 422
    assert send(office, administrator, "/personas/nuevo/", {"name": key}).status_code == 302
    assert appoint(office, administrator, "P/7", person_id=key).status_code == 302
    assert appointed(office, "P/7") == key


@pytest.mark.parametrize("key", ["999999", "-1", "0", "abc", "1" * 40, "١", "\x00", "1.0", "true"])
def test_a_key_that_names_nobody_is_refused(office, administrator, many, key):
    answer = appoint(office, administrator, "P/8", **{"person_id-key": key})
    assert answer.status_code == 422 and "Elija una opción de la lista." in answer.text
    assert appointed(office, "P/8") is None


def test_a_row_outside_the_scope_is_neither_told_nor_accepted(office, administrator, many, monkeypatch):
    view, hidden = screens(office.app)["people"], office.actor("unit_head").id
    monkeypatch.setattr(view, "scope", lambda query: query.where(view.model.id != hidden), raising=False)
    assert texts(administrator, "/personas/elegir/id/", "beatriz") == []
    assert texts(administrator, "/nombramientos/elegir/person_id/", "beatriz") == []
    for sent in ({"person_id-key": hidden}, {"person_id": "Beatriz Muñoz Castañón"}):
        assert appoint(office, administrator, "P/9", **sent).status_code == 422
    monkeypatch.setattr(pickers, "MOST_CHOICES", 200)
    assert "Beatriz" not in administrator.get("/nombramientos/nuevo/").text
    assert appoint(office, administrator, "P/9", person_id=hidden).status_code == 422


def test_a_record_being_edited_keeps_its_relation(office, administrator, many):
    key = office.scalar("SELECT min(id) FROM console.appointments WHERE role = 'unit_head'")
    page = administrator.get(f"/nombramientos/{key}/editar/")
    kept = str(office.actor("unit_head").id)
    assert 'value="Beatriz Muñoz Castañón"' in page.text
    assert re.search(rf'name="person_id-key"[^>]*value="{kept}"|value="{kept}"[^>]*data-key-of="person_id"', page.text)


# ---- forms over all accounts, and acts that ask for a record

@pytest.fixture
def at_the_desk(office):
    """Inside a request of the staff, as a form is built there."""
    with office.app.test_request_context("/"):
        g.actor = office.actor("staff")
        with policies.speaks(db.session, g.actor, "test"):
            yield screens(office.app)["bills"]
        db.session.remove()


def test_a_form_over_all_accounts_carries_none_of_them(at_the_desk, monkeypatch):
    monkeypatch.setattr(pickers, "MOST_CHOICES", 20)
    form = fields.form_for(Bill, ("account_id", "period_start"))()
    page = at_the_desk.show("form.html", form=form, record=None)
    assert "1000000" not in page and "<option" not in page and len(page.encode()) < 150_000
    assert f'data-picker="{ACCOUNTS}"' in page


@pytest.mark.parametrize(("sent", "number"), [
    ({"account-key": "3"}, "3"), ({"account": "10000005"}, "10000005"), ({"account": "5"}, None), ({}, None)])
def test_an_act_may_ask_for_a_record(office, at_the_desk, monkeypatch, sent, number):
    monkeypatch.setattr(pickers, "MOST_CHOICES", 20)
    form = fields.form_of((Ask("account", "Cuenta", "record", target=Account),))(MultiDict(sent))
    assert form.validate() is (number is not None)
    if number:
        where = "id" if "account-key" in sent else "number"
        assert fields.answers(form) == {"account": office.scalar(
            f"SELECT id FROM commercial.accounts WHERE {where}::text = %s", number)}
    else:
        assert form.account.errors


def test_every_relation_of_every_form_has_its_picker(office, administrator, monkeypatch):
    seen = 0
    for limit in (3, 200):
        monkeypatch.setattr(pickers, "MOST_CHOICES", limit)
        for endpoint, view in screens(office.app).items():
            rule = policies.RULES[view.model]
            relations = [name for name in rule.edits if view.model.__table__.columns[name].foreign_keys]
            if relations and rule.create and PolicyView.creates_here and view.creates_here:
                page = administrator.get(f"{view.url}/nuevo/").text
                assert page.count("data-picker=") == len(relations), endpoint
                seen += 1
    assert seen >= 10
