"""Passwords tried: every place that takes one counts, at once or in turn, and strangers hold nobody back."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from admin_views.door import guesses, login
from deploy.demo.people import DEMO_PASSWORD
from models.corrections import CorrectionState as S
from tests.admin_views.test_login import enter

WRONG_NOW = "La contraseña actual no es correcta."


def test_thirty_guesses_at_once_pass_the_limit_no_more_often_than_one_by_one(office):
    email = office.email("works_director")
    with ThreadPoolExecutor(30) as pool:
        pages = list(pool.map(lambda n: enter(office.app.test_client(), email, "mala", f"10.20.{n}.1").text, range(30)))
    looked_at = [page for page in pages if login.WRONG in page]
    assert len(looked_at) == guesses.PER_PERSON
    assert len([page for page in pages if guesses.TOO_MANY in page]) == 30 - guesses.PER_PERSON


def test_one_name_is_one_however_it_is_written():
    assert guesses.fingerprint(" Ana@Demo.MX ") == guesses.fingerprint("ana@demo.mx") != guesses.fingerprint("ana@demo.com")


def test_a_right_password_uses_nothing_up(office):
    for _ in range(guesses.PER_PERSON + 2):
        assert enter(office.stranger(), office.email("auditor"), DEMO_PASSWORD, "10.21.0.1").status_code == 302


def test_invented_names_hold_back_nobody_who_was_right_from_there(office):
    """Forty-two names from one address, as many people behind one proxy share it."""
    place = "10.22.0.1"
    assert enter(office.stranger(), office.email("staff"), DEMO_PASSWORD, place).status_code == 302
    for number in range(42):
        enter(office.stranger(), f"inventado{number}@ejemplo.mx", "mala", place)
    assert enter(office.stranger(), office.email("staff"), DEMO_PASSWORD, place).status_code == 302
    assert guesses.TOO_MANY in enter(office.stranger(), office.email("unit_head"), DEMO_PASSWORD, place).text


def test_strangers_who_guess_elsewhere_hold_back_nobody_at_the_usual_place(office):
    assert enter(office.stranger(), office.email("staff"), DEMO_PASSWORD, "10.23.0.1").status_code == 302
    for number in range(guesses.PER_PERSON + 1):
        enter(office.stranger(), office.email("staff"), "mala", f"10.23.1.{number}")
    assert guesses.TOO_MANY in enter(office.stranger(), office.email("staff"), DEMO_PASSWORD, "10.23.2.1").text
    assert enter(office.stranger(), office.email("staff"), DEMO_PASSWORD, "10.23.0.1").status_code == 302


def test_a_stranger_stops_no_signature(office):
    """Nine wrong passwords at the door: who is inside signs."""
    key, director = office.correction(S.SUBMITTED), office.client("commercial_director")
    for number in range(9):
        enter(office.stranger(), office.email("commercial_director"), "mala", f"10.24.{number}.1")
    path = f"/correcciones/{key}/acto/sign/"
    page = director.get(path)
    sent = {name: page.text.split(f'name="{name}"')[1].split('value="')[1].split('"')[0]
            for name in ("csrf_token", "version", "seen_hash")}
    assert director.post(path, data=sent | {"password": DEMO_PASSWORD}).status_code == 302
    assert office.scalar("SELECT count(*) FROM console.signatures WHERE subject = 'corrections' AND subject_id = %s", key) == 1


def test_wrong_passwords_at_a_signature_are_counted_for_their_session(office):
    path = f"/correcciones/{office.correction(S.SUBMITTED)}/acto/sign/"
    client = office.client("commercial_director", 1)
    page = client.get(path)
    sent = {name: page.text.split(f'name="{name}"')[1].split('value="')[1].split('"')[0]
            for name in ("csrf_token", "version", "seen_hash")}
    for _ in range(guesses.PER_PERSON):
        assert guesses.TOO_MANY not in client.post(path, data=sent | {"password": "mala"}).text
    held = client.post(path, data=sent | {"password": DEMO_PASSWORD})
    assert held.status_code == 422 and guesses.TOO_MANY in held.text


def change(office, client, now, new="otra frase bien larga", again=None):
    return office.post(client, "/contrasena", {"password": now, "new_password": new,
                                               "new_password_confirm": new if again is None else again})


def test_the_page_that_changes_the_password_counts_its_guesses(office):
    here, there = office.client("general_director"), office.client("general_director")
    for _ in range(guesses.PER_PERSON):
        assert WRONG_NOW in change(office, here, "mala").text
    held = change(office, here, DEMO_PASSWORD)
    assert held.status_code == 200 and guesses.TOO_MANY in held.text
    assert WRONG_NOW in change(office, there, "mala").text     # another session of hers goes on


def test_a_new_password_typed_badly_is_no_guess(office):
    client = office.client("operations_director")
    for _ in range(guesses.PER_PERSON + 1):
        assert guesses.TOO_MANY not in change(office, client, DEMO_PASSWORD, again="distinta").text


@pytest.mark.parametrize("proxies, seen", [(0, "127.0.0.1"), (1, "10.25.0.2"), (2, "10.25.0.1")])
def test_the_address_comes_from_as_many_proxies_as_there_are(office, proxies, seen):
    """A header that anybody can send says nothing by itself."""
    with office.another(PROXIES=proxies) as app:
        client = app.test_client()
        client.post("/entrar", data={"email": "nadie@ejemplo.mx", "password": "mala",
                                     "csrf_token": office.token(client.get("/entrar"))},
                    headers={"X-Forwarded-For": "6.6.6.6, 10.25.0.1, 10.25.0.2"})
    assert office.scalar("SELECT address FROM console.login_attempts ORDER BY id DESC LIMIT 1") == seen
