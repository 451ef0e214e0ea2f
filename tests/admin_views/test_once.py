"""A form sent twice is done once, and the second sending shows the first result."""

import re
import threading

import pytest

from admin_views.acts import attempts, once
from admin_views.people.desk import PersonView
from models.corrections import CorrectionState as S
from tests.admin_views.pages import key_in, once_of, send, version_of
from tests.office import PDF, upload
from tests.served import until, waiting

NEW = "/personas/nuevo/"
NAMED = "SELECT count(*) FROM console.people WHERE name = %s"


@pytest.fixture(scope="module")
def desk(office):
    return office.client("administrator")


def filled(office, client, path, **typed):
    """What a browser sends of the form at that path."""
    page = client.get(path)
    hidden = {"csrf_token": office.token(page), "once": once_of(page)}
    if 'name="version"' in page.text:
        hidden["version"] = version_of(page)
    return hidden | typed


def first_and_again(client, path, data):
    first, again = (client.post(path, data=data) for _ in range(2))
    assert first.status_code == again.status_code == 302
    assert again.location == first.location
    assert once.AGAIN in client.get(again.location).text
    return first


def test_a_record_captured_twice_is_one(office, desk):
    first_and_again(desk, NEW, filled(office, desk, NEW, name="Una Sola Vez", active="y"))
    assert office.scalar(NAMED, "Una Sola Vez") == 1


def test_two_browsers_that_send_one_form_at_once_make_one_row(office, monkeypatch):
    """The second waits inside PostgreSQL for the first, and learns where it led."""
    clients = [office.client("administrator") for _ in range(2)]
    token = once_of(clients[0].get(NEW))
    data = [filled(office, client, NEW, name="A La Vez", active="y") | {"once": token} for client in clients]
    entered, leave, answers = threading.Barrier(2), threading.Event(), []
    saved = PersonView.save

    def slowly(view, record):
        entered.wait(10)
        assert leave.wait(10)
        return saved(view, record)
    monkeypatch.setattr(PersonView, "save", slowly)
    threads = [threading.Thread(target=lambda c=client, d=typed: answers.append(c.post(NEW, data=d)))
               for client, typed in zip(clients, data, strict=True)]
    for thread in threads:
        thread.start()
    entered.wait(10)                    # one is inside, before its commit
    until(lambda: waiting(office))      # the other stands at the door
    leave.set()
    for thread in threads:
        thread.join(20)
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location == answers[1].location
    assert office.scalar(NAMED, "A La Vez") == 1


def test_many_at_once_without_arranging_anything_make_one_row(office):
    clients = [office.client("administrator") for _ in range(4)]
    token = once_of(clients[0].get(NEW))
    data = [filled(office, client, NEW, name="Cuatro A La Vez", active="y") | {"once": token}
            for client in clients]
    together, places = threading.Barrier(4), []

    def go(client, typed):
        together.wait(10)
        places.append(client.post(NEW, data=typed).location)
    threads = [threading.Thread(target=go, args=pair) for pair in zip(clients, data, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(places) == 4 and len(set(places)) == 1 and None not in places
    assert office.scalar(NAMED, "Cuatro A La Vez") == 1


def test_an_edit_sent_twice_is_no_conflict_with_oneself(office, desk):
    made = send(office, desk, NEW, {"name": "Por Editar", "active": "y"})
    path = f"/personas/{key_in(made.location)}/editar/"
    first_and_again(desk, path, filled(office, desk, path, name="Ya Editada", active="y"))
    assert office.scalar("SELECT version FROM console.people WHERE name = 'Ya Editada'") == 2


def test_an_act_pressed_twice_shows_what_the_first_did(office):
    key, staff = office.correction(S.SIGNED), office.client("staff")
    path = f"/correcciones/{key}/acto/apply/"
    first_and_again(staff, path, filled(office, staff, path))
    assert office.scalar("SELECT count(*) FROM commercial.credit_notes WHERE correction_id = %s", key) == 1


def test_a_correction_started_twice_is_one(office):
    bill, staff = office.leak_bill(), office.client("staff")
    path = f"/recibos/{bill}/acto/start_correction/"
    page = staff.get(path)
    way = page.text.split("uga oculta")[0].rsplit('value="', 1)[1].split('"')[0]
    data = {"csrf_token": office.token(page), "once": once_of(page), "way": way, "reason": "Fuga vista."}
    first_and_again(staff, path, data)
    assert office.scalar("SELECT count(*) FROM console.corrections WHERE bill_id = %s", bill) == 1


def test_a_signature_sent_twice_is_one_and_asks_for_no_second_password(office):
    key, director = office.correction(S.SUBMITTED), office.client("commercial_director")
    path = f"/correcciones/{key}/acto/sign/"
    seen = re.search(r'name="seen_hash" value="(\w+)"', director.get(path).text).group(1)
    data = filled(office, director, path, seen_hash=seen, password="agua-clara-2026")
    first = director.post(path, data=data)
    assert first.status_code == 302, first.text
    again = director.post(path, data={**data, "password": ""})
    assert again.status_code == 302 and again.location == first.location
    assert office.scalar("SELECT count(*) FROM console.signatures WHERE subject = 'corrections' AND subject_id = %s", key) == 1


def test_a_file_attached_twice_is_one_and_another_file_is_another(office):
    key, staff = office.draft(), office.client("staff")
    path = f"/correcciones/{key}/acto/attach/"
    data = filled(office, staff, path, kind="repair_invoice")
    answers = [staff.post(path, data=data | {"file": upload(PDF + b"una")}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    other = staff.post(path, data=data | {"file": upload(PDF + b"otra distinta")})
    assert other.status_code == 409    # no double send: the page is old, and says so
    assert office.scalar("SELECT count(*) FROM console.attachments WHERE subject = 'corrections' AND subject_id = %s", key) == 1


def test_a_deletion_sent_twice_is_no_page_that_does_not_exist(office, desk):
    made = send(office, desk, "/niveles/nuevo/", {"name": "De prueba", "from_amount": "900000",
                                                   "valid_from": "2031-01-01"})
    slot = send(office, desk, "/firmas-por-nivel/nuevo/", {
        "band_id": str(key_in(made.location)), "position": "1", "role": "commercial_director"})
    assert slot.status_code == 302, slot.text
    record = slot.location
    first_and_again(desk, f"{record}borrar/", filled(office, desk, record))
    assert desk.get(record).status_code == 404


def test_a_form_that_was_refused_may_be_sent_again_with_its_token(office, desk):
    data = filled(office, desk, NEW, name=" ", active="y")
    wrong = desk.post(NEW, data=data)
    assert wrong.status_code == 422 and once_of(wrong) == data["once"]
    assert desk.post(NEW, data=data | {"name": "Corregida Después"}).status_code == 302
    assert office.scalar(NAMED, "Corregida Después") == 1


def broken(*given):
    raise ArithmeticError


def test_a_form_whose_write_was_rolled_back_may_be_sent_again(office, desk, monkeypatch):
    data = filled(office, desk, NEW, name="Rollo Atrás Ana", active="y")
    with monkeypatch.context() as patch:
        patch.setattr(attempts.once, "keep", broken)     # it breaks before the commit
        told = desk.post(NEW, data=data)
    assert told.status_code == 500 and "lo espera en el formulario" in told.text
    assert 'value="Rollo Atrás Ana"' in desk.get(NEW).text
    assert office.scalar(NAMED, "Rollo Atrás Ana") == 0
    assert desk.post(NEW, data=data).status_code == 302
    assert office.scalar(NAMED, "Rollo Atrás Ana") == 1


def test_an_answer_that_was_lost_after_the_commit_is_found_by_sending_again(office, desk, monkeypatch):
    data = filled(office, desk, NEW, name="Respuesta Perdida", active="y")
    with monkeypatch.context() as patch:
        patch.setattr(attempts.parking, "forget", broken)
        assert desk.post(NEW, data=data).status_code == 500
    again = desk.post(NEW, data=data)
    assert again.status_code == 302 and once.AGAIN in desk.get(again.location).text
    assert office.scalar(NAMED, "Respuesta Perdida") == 1
    assert "Respuesta Perdida" not in desk.get(NEW).text      # it waits for nobody any more


def test_going_back_and_writing_something_else_loses_neither(office, desk):
    """It is no double send, nor surely a second record: the person decides, with the words in sight."""
    data = filled(office, desk, NEW, name="La De Antes", active="y")
    assert desk.post(NEW, data=data).status_code == 302
    told = desk.post(NEW, data=data | {"name": "La De Después"})
    assert told.status_code == 409 and once.CHANGED in told.text and 'value="La De Después"' in told.text
    assert office.scalar(NAMED, "La De Después") == 0
    assert once_of(told) != data["once"]
    again = desk.post(NEW, data=data | {"name": "La De Después", "once": once_of(told)})
    assert again.status_code == 302 and office.scalar(NAMED, "La De Después") == 1


def test_a_token_serves_one_person_and_one_form(office, desk):
    """Somebody else's token, or one of another form, hides no result and stops nobody."""
    data = filled(office, desk, NEW, name="Con Ficha Ajena", active="y")
    assert desk.post(NEW, data=data).status_code == 302
    town = filled(office, desk, "/municipios/nuevo/", name="Pueblo Con Ficha", valid_from="2020-01-01")
    answer = desk.post("/municipios/nuevo/", data=town | {"once": data["once"]})
    assert answer.status_code == 302 and answer.location.startswith("/municipios/")


def test_a_token_of_somebody_else_at_the_same_form_is_another(office):
    key = office.draft()
    path, first, second = f"/correcciones/{key}/acto/calculate/", office.client("staff"), office.client("staff", 1)
    data = filled(office, first, path, reason="La fuga se reparó.", leak__repaired="True")
    assert first.post(path, data=data).status_code == 302
    mine = filled(office, second, path, reason="La fuga se reparó.", leak__repaired="True")
    answer = second.post(path, data=mine | {"once": data["once"]})
    assert answer.status_code == 302 and once.AGAIN not in second.get(answer.location).text


@pytest.mark.parametrize("token", [{}, {"once": ""}, {"once": "x"}, {"once": "a" * 65}, {"once": "é" * 30},
                                   {"once": "'; DROP TABLE console.sent_forms; --"}])
def test_a_form_without_a_token_is_taken_as_it_comes(office, desk, token):
    name = f"Sin Ficha {len(str(token))} {len(token.get('once', ''))}"
    data = filled(office, desk, NEW, name=name, active="y")
    del data["once"]
    assert desk.post(NEW, data=data | token).status_code == 302
    assert office.scalar(NAMED, name) == 1


def test_every_page_shows_another_token(office, desk):
    tokens = [once_of(desk.get(NEW)) for _ in range(3)]
    assert len(set(tokens)) == 3 and min(map(len, tokens)) >= 32


def test_the_database_keeps_no_token(office, desk):
    data = filled(office, desk, NEW, name="Sin Dejar Rastro", active="y")
    desk.post(NEW, data=data)
    kept = office.scalar("SELECT string_agg(s::text, ' ') FROM console.sent_forms s")
    assert data["once"] not in kept and "Sin Dejar Rastro" not in kept
