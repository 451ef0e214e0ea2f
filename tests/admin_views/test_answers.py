"""Where a redirect may lead, what the policy of content says, and that views share nothing."""

import inspect
import re
import threading
from urllib.parse import quote, urlsplit

import pytest

from admin_views.acts import attempts
from admin_views.door import door, guesses
from admin_views.door.door import HEADERS
from deploy.demo.people import DEMO_PASSWORD
from tests.admin_views.pages import fresh_token, send
from tests.house.addresses import screens

ELSEWHERE = (
    "https://evil.test", "http://evil.test/", "//evil.test", "///evil.test", "////evil.test/a",
    "\\\\evil.test", "/\\evil.test", "\\/evil.test", "/\\/evil.test", "//\\evil.test",
    "https:evil.test", "https:/evil.test", "http:\\\\evil.test", "javascript:alert(1)",
    "data:text/html,x", "/\tevil.test", "/\t/evil.test", "\t//evil.test", " //evil.test",
    "/%09/evil.test", "/%5cevil.test", "/%2f%2fevil.test", "//localhost@evil.test",
    "https://localhost@evil.test", "https://localhost\\@evil.test", "http://localhost:80@evil.test",
    "//evil.test:80", "/../..//evil.test", "/.//evil.test", "//[::1]@evil.test", "\x00//evil.test",
    "/\n/evil.test", "/\r\n//evil.test", "https://evil。test", "//google%E3%80%82com")


def lands_on(location):
    """The host that a browser would go to: it reads «\\» as «/» and drops tabs and line ends."""
    read = re.sub(r"[\t\r\n]", "", location).strip("\x00 ").replace("\\", "/")
    if read.startswith("/") and not read.startswith("//"):
        return "here"
    parts = urlsplit(read)
    return "here" if not parts.scheme and not parts.netloc else parts.hostname or parts.scheme


@pytest.mark.parametrize("target", ELSEWHERE)
def test_logging_in_leads_nowhere_else(office, target, monkeypatch):
    """Threats 0.9 and C2: as the page writes it, and by a form field."""
    monkeypatch.setattr(guesses, "PER_ADDRESS", 10_000)
    for form in ({}, {"next": target}):
        client = office.stranger()
        path = f"/entrar?next={quote(target, safe='')}"
        answer = client.post(path, data=form | {
            "email": office.email("staff"), "password": DEMO_PASSWORD,
            "csrf_token": office.token(client.get(path))})
        assert answer.status_code == 302, answer.text   # a bad address is no wrong password
        assert lands_on(answer.location) == "here", answer.location


def test_logging_in_leads_back_to_where_one_was_going(office):
    client = office.stranger()
    asked = client.get("/cuentas/?q=10000001&pagina=1")
    assert asked.status_code == 302
    answer = client.post(asked.location, data={
        "email": office.email("staff"), "password": DEMO_PASSWORD,
        "csrf_token": office.token(client.get(asked.location))})
    assert answer.location == "/cuentas/?q=10000001&pagina=1"


def test_no_other_address_redirects_where_it_is_told(office):
    staff = office.client("staff")
    for path in ("/", "/cuentas/", "/cargo", "/correcciones/1/", "/contrasena"):
        for name in ("url", "next", "return_to"):
            answer = staff.get(f"{path}?{name}=https%3A%2F%2Fevil.test")
            assert answer.status_code in (200, 404) and "https://evil.test" not in answer.text
    posted = staff.post("/cargo?next=//evil.test", data={"csrf_token": fresh_token(office, staff), "id": "x"})
    assert posted.location == "/"


def test_the_policy_of_content_allows_nothing_inline():
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy and "*" not in policy and "nonce" not in policy
    rules = dict(part.split(" ", 1) for part in policy.split("; "))
    assert rules["default-src"] == rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["object-src"] == rules["base-uri"] == "'none'"


def test_views_share_nothing_between_threads(office):
    """One view object serves all; an auditor among busy clerks stays an auditor."""
    wrong, stop = [], threading.Event()
    clients = [office.client("administrator") for _ in range(2)]

    def busy(client):
        while not stop.is_set():
            if client.get("/municipios/").status_code != 200:
                wrong.append("administrator refused")

    threads = [threading.Thread(target=busy, args=(client,)) for client in clients]
    auditor = office.client("auditor")
    for thread in threads:
        thread.start()
    try:
        for _ in range(40):
            page = auditor.get("/municipios/")
            if page.status_code != 200 or "/municipios/nuevo/" in page.text:
                wrong.append("auditor saw another's page")
            if auditor.get("/municipios/nuevo/").status_code != 403:
                wrong.append("auditor let through")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_no_view_keeps_anything_of_a_request(office):
    """The same trap by its source: no screen assigns to itself outside its constructor."""
    classes = {kind for view in screens(office.app).values() for kind in type(view).__mro__
               if kind.__module__.startswith("admin_views")}
    assert len(classes) > 25
    for kind in classes:
        kept = re.findall(r"\n\s+self\.(\w+)\s*=(?!=)", inspect.getsource(kind))
        assert set(kept) <= {"column_labels"}, kind


def test_an_unforeseen_fault_shows_a_folio_and_nothing_of_the_database(office, monkeypatch, caplog):
    """Threats 0.8 and C16: no statement in the page, and in the log no value that a person typed."""
    monkeypatch.setattr(attempts, "sentence_for", lambda error: None)
    monkeypatch.setattr(door, "sentence_for", lambda error: None)
    client, name = office.client("administrator"), "Municipio Zarzamora"
    for _ in range(2):
        answer = send(office, client, "/municipios/nuevo/", {"name": name, "valid_from": "2020-01-01"})
    assert answer.status_code == 500
    folio = re.search(r"con el folio ([0-9A-F]{6})\.", answer.text).group(1)
    assert f"folio {folio}" in caplog.text and "UniqueViolation" in caplog.text
    assert not re.search(r"INSERT|psycopg|Traceback|Zarzamora", answer.text)
    assert "in create_view" in caplog.text and "Zarzamora" not in caplog.text
