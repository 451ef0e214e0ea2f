"""What every answer carries, where a redirect may lead, and that views share nothing."""

import re
import threading
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from admin_views import login
from admin_views.door import HEADERS
from deploy.demo.people import DEMO_PASSWORD
from models.corrections import CorrectionState as S
from models.people import Role
from tests.admin_views.pages import crawl, fresh_token

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = (
    "https://evil.test", "http://evil.test/", "//evil.test", "///evil.test", "////evil.test/a",
    "\\\\evil.test", "/\\evil.test", "\\/evil.test", "/\\/evil.test", "//\\evil.test",
    "https:evil.test", "https:/evil.test", "http:\\\\evil.test", "javascript:alert(1)",
    "data:text/html,x", "/\tevil.test", "/\t/evil.test", "\t//evil.test", " //evil.test",
    "/%09/evil.test", "/%5cevil.test", "/%2f%2fevil.test", "//localhost@evil.test",
    "https://localhost@evil.test", "https://localhost\\@evil.test", "http://localhost:80@evil.test",
    "//evil.test:80", "/../..//evil.test", "/.//evil.test", "//[::1]@evil.test", "\x00//evil.test",
    "/\n/evil.test", "/\r\n//evil.test", "https://evil。test", "//google%E3%80%82com")


@pytest.fixture(scope="module")
def walked(office):
    """role → every page it reaches by links, with a correction of each state to look at."""
    for state in (S.DRAFT, S.SUBMITTED, S.APPLIED):
        office.correction(state)
    return {role: crawl(office.client(role)) for role in Role}


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
    monkeypatch.setattr(login, "PER_ADDRESS", 10_000)
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


def test_every_answer_carries_its_headers_and_is_kept_nowhere(office, walked):
    """Threats C14 and C15."""
    stranger = office.stranger()
    answers = [(path, page.headers) for pages in walked.values() for path, page in pages.items()]
    for path in ("/entrar", "/verificar/", "/salud", "/nada", "/cuentas/", "/static/console.css"):
        with stranger.get(path) as answer:
            answers.append((path, dict(answer.headers)))
    for path, headers in answers:
        for name, value in HEADERS.items():
            assert headers[name] == value or "/evidencia/" in path, (path, name)
        assert (headers["Cache-Control"] == "no-store") != path.startswith("/static/"), path
    assert len(answers) > 300


def test_the_policy_of_content_allows_nothing_inline():
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy and "*" not in policy and "nonce" not in policy
    rules = dict(part.split(" ", 1) for part in policy.split("; "))
    assert rules["default-src"] == rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["object-src"] == rules["base-uri"] == "'none'"


def test_no_link_of_any_page_is_broken_or_refused(walked):
    """What the console offers, it grants: no page links to a 403, a 404 or a 500."""
    broken = {(role.value, path): page.status for role, pages in walked.items()
              for path, page in pages.items() if page.status not in (200, 302) and path != "/salir"}
    assert {place: status for place, status in broken.items()
            if not (status == 405 and place[1].endswith("/borrar/"))} == {}
    assert all(len(pages) > 15 for pages in walked.values())


def test_views_share_nothing_between_threads(office):
    """Threat 0.11: one view object serves all; an auditor among busy clerks stays an auditor."""
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


def test_no_view_keeps_anything_of_a_request():
    """The same trap by its source: no screen assigns to itself outside its constructor."""
    for path in (ROOT / "admin_views").glob("*.py"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            kept = re.match(r"\s+self\.(\w+)\s*=(?!=)", line)
            assert not kept or path.name in ("sessions.py", "fields.py") or kept[1] == "column_labels", (
                path.name, number)


def test_the_database_says_nothing_of_what_people_typed_when_it_fails(office):
    """Threats 0.8 and C16: no statement and no parameter in a page or a log."""
    for bind in office.app.config["SQLALCHEMY_BINDS"].values():
        assert bind["hide_parameters"] is True
