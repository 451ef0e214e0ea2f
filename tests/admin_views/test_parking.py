"""A half-typed form outlives its session and its tab: kept on the server, given back to its author alone."""

import re

import psycopg
import pytest

from admin_views.forms import parking
from deploy.demo.people import DEMO_PASSWORD
from models.corrections import CorrectionState as S
from tests.admin_views.pages import once_of, send, version_of

NEW = "/personas/nuevo/"
TYPED = "Persona A Medio Escribir"
ENDED = "UPDATE console.web_sessions SET seen_at = now() - interval '4 hours' WHERE ended_at IS NULL"
COUNT = "SELECT count(*) FROM console.parked_forms"
RECOVERED = re.compile(r"Recuperamos lo que había escrito el \d\d/\w{3}/\d{4} a las \d\d:\d\d\.")
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


def test_it_comes_back_until_it_is_sent(office):
    """A second look does not lose it: the tab may close again before anything is sent."""
    client = office.client("administrator")
    come_back(office, client, office.email("administrator"), type_and_expire(office, client))
    assert TYPED in client.get(NEW).text
    page = client.get(NEW)
    assert TYPED in page.text and RECOVERED.search(page.text)
    data = {"csrf_token": office.token(page), "active": "y"}
    assert client.post(NEW, data=data | {"name": " "}).status_code == 422
    assert office.scalar(COUNT) == 1                       # nothing was done: it still waits
    assert client.post(NEW, data=data | {"name": "Enviada Al Fin"}).status_code == 302
    assert office.scalar(COUNT) == 0 and not RECOVERED.search(client.get(NEW).text)


# ---- typed after the session ended, in a page that stood open

FORMS = {   # name → (office, address, what is typed)
    "a new record": ("administrator", lambda office, key: NEW, {"name": TYPED}),
    "a record edited": ("administrator", lambda office, key: "/personas/1/editar/", {"name": TYPED}),
    "an act": ("staff", lambda office, key: f"/correcciones/{key}/acto/calculate/", {"reason": TYPED}),
    "an act with a file": ("staff", lambda office, key: f"/correcciones/{key}/acto/attach/",
                           {"kind": TYPED}),
    "the reason of who decides": ("commercial_director",
                                  lambda office, key: f"/correcciones/{submitted(office)}/acto/send_back/",
                                  {"reason": TYPED}),
    "a batch": ("staff", lambda office, key: "/procedimientos/1/acto/prepare_batch/", {"reason": TYPED}),
    "a procedure from the library": ("staff", lambda office, key: "/procedimientos/biblioteca/", {"reason": TYPED}),
    "a procedure from a file": ("staff", lambda office, key: "/procedimientos/cargar/", {"reason": TYPED}),
}


def submitted(office):
    found = office.scalar("SELECT max(id) FROM console.corrections WHERE state = 'submitted'")
    return found or office.correction(S.SUBMITTED)


def page_of(client, path):
    """The form as the page has it: every hidden word, as a browser would send it."""
    page = client.get(path)
    assert page.status_code == 200, (path, page.status_code)
    form = page.text[page.text.index("data-guard"):]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.split("</form>")[0]))


MEANWHILE = {   # what the browser did between the end of the session and the button
    "nothing": lambda office, client, path, fields: None,
    "the page tried to keep a draft": lambda office, client, path, fields: client.post(
        "/borrador/", query_string={"de": path}, data=fields, headers={"X-CSRFToken": fields["csrf_token"]}),
    "another tab opened the login": lambda office, client, path, fields: client.get("/entrar"),
    "the button was pressed before": lambda office, client, path, fields: client.post(
        path, data=fields | {"name": "Antes", "reason": "Antes"}),
}


@pytest.mark.parametrize("meanwhile", MEANWHILE)
@pytest.mark.parametrize("kind", FORMS)
def test_what_is_typed_after_the_session_ended_comes_back(office, draft_key, kind, meanwhile):
    role, address, typed = FORMS[kind]
    client, path = office.client(role), address(office, draft_key)
    fields = page_of(client, path)
    owner(office, ENDED)
    MEANWHILE[meanwhile](office, client, path, fields)
    sent = client.post(path, data=fields | typed)
    assert sent.status_code == 302, sent.status_code
    assert TYPED in office.scalar(PARKED)
    office.log_in(client, office.email(role), DEMO_PASSWORD)
    page = client.get(path)
    if kind != "an act with a file":        # a choice shows only what it offers
        assert TYPED in page.text
    assert RECOVERED.search(page.text)


@pytest.fixture(scope="module")
def draft_key(office):
    return office.draft()


def test_what_is_typed_is_its_authors_though_another_person_logged_in_meanwhile(office, draft_key):
    first, path = office.client("staff"), f"/correcciones/{draft_key}/acto/calculate/"
    fields = page_of(first, path)
    owner(office, ENDED)
    office.log_in(first, office.email("staff", 1), DEMO_PASSWORD)
    assert first.post(path, data=fields | {"reason": TYPED}).status_code == 302
    page = first.get(path)
    assert TYPED not in page.text and "lo escrito se guardó para ella" in page.text
    assert TYPED in office.client("staff").get(path).text


@pytest.mark.parametrize("mark", ["", "1", "MQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"])
def test_a_mark_that_was_not_signed_here_is_nobodys(office, mark):
    client = office.stranger()
    client.get("/entrar")
    client.post(NEW, data={"author": mark, "name": TYPED})
    assert office.scalar(COUNT) == 0


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
    assert office.scalar(COUNT) == 0


def test_a_password_is_never_parked(office):
    key = office.correction(S.SUBMITTED)
    client = office.client("commercial_director")
    type_and_expire(office, client, f"/correcciones/{key}/acto/sign/", {
        "password": DEMO_PASSWORD, "seen_hash": "x"})
    kept = office.scalar(PARKED)
    assert "seen_hash" in kept and DEMO_PASSWORD not in kept and "csrf_token" not in kept


def test_a_form_given_back_over_a_newer_record_says_so(office):
    """Otherwise the hours between would let it overwrite what others saved (D1)."""
    client = office.client("administrator")
    made = send(office, client, NEW, {"name": "Con Versiones", "active": "y"})
    path = re.sub(r"(\d+)/$", r"\1/editar/", made.location)
    location = type_and_expire(office, client, path, {"name": TYPED, "active": "y"})
    owner(office, "UPDATE console.people SET name = 'Guardado Entretanto' WHERE name = 'Con Versiones'")
    come_back(office, client, office.email("administrator"), location)
    page = client.get(path)
    assert page.status_code == 409 and 'class="compare' in page.text
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


# ---- the page keeps it while it is being typed

def draft(office, client, fields, path=NEW, token=None):
    """What static/modules/autosave.js sends every 20 seconds."""
    token = token or office.token(client.get(path))
    return client.post("/borrador/", query_string={"de": path}, data=fields,
                       headers={"X-CSRFToken": token})


def test_a_closed_tab_loses_nothing(office):
    client = office.client("administrator")
    said = draft(office, client, {"name": "Primeras"})
    assert re.fullmatch(r"Borrador guardado \d\d:\d\d", said.text) and said.mimetype == "text/plain"
    draft(office, client, {"name": TYPED})
    assert office.scalar(COUNT) == 1                       # the last words, once
    fresh = office.client("administrator").get(NEW)        # another browser of the same person
    assert f'value="{TYPED}"' in fresh.text and RECOVERED.search(fresh.text)
    assert "data-restored" in fresh.text


def test_a_draft_is_its_authors_alone(office):
    key = office.draft()
    path = f"/correcciones/{key}/acto/calculate/"
    client = office.client("staff")
    draft(office, client, {"reason": TYPED, "version": version_of(client.get(path))}, path)
    assert TYPED in office.client("staff").get(path).text
    assert TYPED not in office.client("staff", 1).get(path).text


def test_a_draft_that_tells_no_version_is_shown_as_old(office):
    """It must not shut the act's page until it expires."""
    client, path = office.client("staff"), f"/correcciones/{office.draft()}/acto/calculate/"
    draft(office, client, {"reason": TYPED}, path)
    page = client.get(path)
    assert page.status_code == 409 and TYPED in page.text and "Descartar" in page.text


def test_a_draft_keeps_no_secret(office):
    client = office.client("administrator")
    token = office.token(client.get(NEW))
    draft(office, client, {"name": TYPED, "password": "clave-uno", "new_password_confirm": "clave-dos",
                           "csrf_token": token})
    kept = office.scalar(PARKED)
    assert TYPED in kept and "clave" not in kept and token not in kept


def test_a_discarded_draft_is_gone_and_leads_back_to_the_form(office):
    client = office.client("administrator")
    draft(office, client, {"name": TYPED})
    page = client.get(NEW)
    (action,) = re.findall(r'action="(/borrador/descartar/[^"]+)"', page.text)
    answer = client.post(action, data={"csrf_token": office.token(page)})
    assert answer.status_code == 302 and answer.location == NEW
    assert office.scalar(COUNT) == 0 and TYPED not in client.get(NEW).text


@pytest.mark.parametrize("path", ["", "//evil.test/", "/\\evil.test", "https://evil.test/", "//personas/nuevo/",
                                  "/personas/", "/nada/", "personas/nuevo/", "/personas/nuevo", "/" + "x" * 3000])
def test_only_a_form_of_the_console_keeps_a_draft(office, path):
    client = office.client("administrator")
    token = office.token(client.get(NEW))
    assert draft(office, client, {"name": TYPED}, path, token).status_code == 400
    away = client.post("/borrador/descartar/", query_string={"de": path}, data={"csrf_token": token})
    assert away.status_code == 400 and "evil" not in (away.location or "")
    assert office.scalar(COUNT) == 0


def test_a_draft_from_elsewhere_is_refused(office):
    client = office.client("administrator")
    assert draft(office, client, {"name": TYPED}, token="no-es").status_code == 400
    assert office.scalar(COUNT) == 0


def test_a_draft_has_its_size_and_a_person_their_number(office):
    client = office.client("administrator")
    token = office.token(client.get(NEW))
    big = draft(office, client, {"name": "x" * (1024 * 1024 + 1)}, token=token)
    assert big.status_code == 413 and "y el texto 1 MB" in big.text
    assert office.scalar(COUNT) == 0
    for number in range(parking.MOST + 3):
        draft(office, client, {"name": f"Borrador {number}"}, f"{NEW}?n={number}", token)
    assert office.scalar(COUNT) == parking.MOST
    assert '"Borrador 2"' not in office.scalar(PARKED) and '"Borrador 3"' in office.scalar(PARKED)
    draft(office, client, {"name": "y" * 700_000}, token=token)
    draft(office, client, {"name": "z" * 700_000}, f"{NEW}?n=1", token)
    kept = office.scalar(PARKED)
    assert "zzz" in kept and "yyy" not in kept and len(kept) < 1024 * 1024


def test_a_session_that_ended_over_too_long_a_text_says_so_and_shows_it(office):
    client = office.client("administrator")
    token = office.token(client.get(NEW))
    owner(office, ENDED)
    told = client.post(NEW, data={"csrf_token": token, "name": "Mucho texto " + "x" * 1024 * 1024})
    assert told.status_code == 413 and "y el texto 1 MB" in told.text and "Mucho texto" in told.text
    assert office.scalar(COUNT) == 0


def test_a_draft_grows_old(office):
    client = office.client("administrator")
    draft(office, client, {"name": TYPED})
    owner(office, "UPDATE console.parked_forms SET at = now() - interval '3 days'")
    assert TYPED not in client.get(NEW).text
    draft(office, client, {"name": "Otro"}, f"{NEW}?otra")
    assert TYPED not in office.scalar(PARKED)


def test_what_was_sent_is_no_draft_any_more(office):
    """A draft that travels while its form is being sent, or from a page gone back to, stays away."""
    client = office.client("administrator")
    page = client.get(NEW)
    token, once = office.token(page), once_of(page)
    sent = {"name": "Enviada Y Guardada", "active": "y", "once": once}
    assert client.post(NEW, data=sent | {"csrf_token": token}).status_code == 302
    assert draft(office, client, sent, token=token).text == ""
    assert office.scalar(COUNT) == 0


def test_keeping_a_draft_is_no_activity(office):
    """An empty chair's session ends although the page goes on saving by itself."""
    client = office.client("administrator")
    token = office.token(client.get(NEW))
    seen = "SELECT max(seen_at)::text FROM console.web_sessions WHERE ended_at IS NULL"
    owner(office, "UPDATE console.web_sessions SET seen_at = now() - interval '2 hours' WHERE ended_at IS NULL")
    before = office.scalar(seen)
    assert draft(office, client, {"name": TYPED}, token=token).status_code == 200
    assert office.scalar(seen) == before
    assert client.get(NEW).status_code == 200 and office.scalar(seen) != before


def test_a_draft_after_the_session_says_that_it_ended(office):
    client = office.client("administrator")
    token = office.token(client.get(NEW))
    owner(office, ENDED)
    answer = draft(office, client, {"name": TYPED}, token=token)
    assert answer.status_code == 302 and answer.location.startswith("/entrar")
    assert office.scalar(COUNT) == 0
