"""Whatever a program sends to an address that takes forms gets one Spanish sentence, never a fault."""

import errno
import re
import socket
from itertools import islice
from pathlib import Path

import pytest
from flask_security.core import _default_messages
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import default_exceptions

from admin_views.core.sentences import sentence_for
from admin_views.door import door
from admin_views.forms import uploads
from app import create_app
from deploy.commands import web
from models.base.people import Role
from tests.admin_views.pages import fresh_token, version_of
from tests.house.addresses import address, rules
from tests.office import PDF, upload
from tests.served import Served

BOUNDARY = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="'
BODIES = {
    "an object in JSON": (b'{"email": "a@b.mx", "password": "x", "name": ["y"]}', "application/json"),
    "a list in JSON": (b"[1, 2]", "application/json"),
    "broken JSON": (b"{", "application/json"),
    "nothing": (b"", None),
    "XML": (b"<a/>", "text/xml"),
    "bytes that are no text": (b"name=%ff%fe&email=%00&\xff=\xfe", "application/x-www-form-urlencoded"),
    "a form without its boundary": (b"x", "multipart/form-data"),
    "a form cut short": (PART + b'name"\r\n\r\nx', BOUNDARY),
    "a part without a name": (b"--x\r\nContent-Disposition: nothing\r\n\r\nx\r\n--x--", BOUNDARY),
    "a file with a strange name": (PART + b'file"; filename="\x00.pdf"\r\n\r\n%PDF\r\n--x--', BOUNDARY),
    "another alphabet": (b"name=x", "application/x-www-form-urlencoded; charset=utf-7"),
}
NUL = ("email", "password", "new_password", "new_password_confirm", "name", "reason", "once", "version", "base", "next",
       "office", "frozen", "consulta", "nombre", "seen_hash", "key", "rows", "renglones", "q", "texto", "document")
ENGLISH = re.compile(r"\b(the|not|must|only|invalid|request|bad|you)\b", re.IGNORECASE)


def said(answer):
    """The words of an answer that a person would read."""
    page = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", answer.get_data(as_text=True))
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def judged(answer, why):
    assert answer.status_code < 500, why
    if answer.status_code >= 400:
        assert answer.mimetype == "text/html" and not ENGLISH.search(said(answer)), (why, said(answer)[:300])


WHO = (None, Role.STAFF, Role.COMMERCIAL_DIRECTOR, Role.AUDITOR, Role.ADMINISTRATOR)
PARTS = 4       # of the addresses: each part takes a quarter of the time


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("who", WHO, ids=str)
def test_no_address_falls_over_what_it_is_sent(office, who, part):
    """Every address gets every body, from one office or another; what strangers may send, from all of them."""
    client = office.client(who) if who else office.stranger()
    token = office.token(client.get("/cargo" if who else "/entrar"))
    posts = [rule for rule, method in rules(office.app) if method == "POST" and rule.endpoint != "security.logout"]
    for place, rule in islice(enumerate(posts), part, None, PARTS):
        path = address(office.app, rule)
        for turn, (kind, (body, media)) in enumerate(BODIES.items()):
            if (place + turn) % len(WHO) != WHO.index(who) and rule.endpoint not in door.PUBLIC:
                continue
            with client.post(path, data=body, content_type=media, headers={"X-CSRFToken": token}) as answer:
                judged(answer, (path, kind))
        with client.post(path, data={"csrf_token": token} | dict.fromkeys(NUL, "a\x00b")) as answer:
            judged(answer, (path, "NUL"))
    assert len(posts) > 60


@pytest.mark.parametrize("accept", ["application/json", "*/*", "text/plain"])
def test_the_login_answers_with_a_page_whatever_is_accepted(office, accept):
    staff = office.client("staff")
    for client, path in ((office.stranger(), "/entrar"), (staff, "/entrar"), (staff, "/contrasena")):
        token = office.token(client.get("/cargo" if client is staff else "/entrar"))
        for answer in (client.get(path, headers={"Accept": accept}),
                       client.post(path, data={"csrf_token": token, "email": "a@b.mx", "password": "no-es"},
                                   headers={"Accept": accept})):
            assert answer.status_code < 500 and answer.mimetype == "text/html"
            assert answer.status_code == 302 or not ENGLISH.search(said(answer)), said(answer)


@pytest.mark.parametrize("code", [*sorted(default_exceptions)])
def test_every_http_error_is_said_in_spanish(office, code):
    with office.app.test_request_context("/nada"):
        answer = office.app.make_response(door.http_error(default_exceptions[code]()))
    assert answer.status_code == code and answer.mimetype == "text/html"
    words = said(answer)
    assert "No" in words or "Algo" in words or "Es demasiado" in words
    assert not ENGLISH.search(words), words


def test_no_message_of_the_login_library_is_left_in_english(office):
    """Whatever its views may say: every message has other words than the library's own."""
    with office.app.app_context():
        left = {name for name, (words, _) in _default_messages.items()
                if str(office.app.config[f"SECURITY_MSG_{name}"][0]) == str(words)}
    assert left == set() and len(_default_messages) > 50


# ---- what never reaches the console: a disk without room, a missing database, the server's own refusals

def full(*arguments, **options):
    raise OSError(errno.ENOSPC, "No space left on device")


def incoming(office):
    return [path for path in Path(office.app.config["FILES"]).rglob("*") if path.name.startswith(".incoming-")]


def stored(office):
    return {path for path in Path(office.app.config["FILES"]).rglob("*") if path.is_file()}


@pytest.mark.parametrize("where", ["os.fsync", "os.replace", "os.chmod"])
def test_a_full_disk_is_told_beside_the_form_and_leaves_nothing(office, monkeypatch, where):
    staff, before = office.client("staff"), stored(office)
    path = f"/correcciones/{draft_of(office)}/acto/attach/"
    page = staff.get(path)
    monkeypatch.setattr(where, full)
    answer = staff.post(path, content_type="multipart/form-data", data={
        "csrf_token": office.token(page), "version": version_of(page), "kind": "repair_invoice",
        "file": upload(PDF + b"sin lugar")})
    assert answer.status_code == 422 and uploads.NO_ROOM in answer.text
    assert re.search(r'(selected|checked)[^>]* value="repair_invoice"', answer.text)
    assert incoming(office) == [] and stored(office) == before


def draft_of(office):
    found = office.scalar("SELECT min(id) FROM console.corrections WHERE state = 'draft'")
    return found or office.draft()


@pytest.mark.parametrize("where", ["os.fsync", "admin_views.imports.staging.write"])
def test_a_full_disk_leaves_nothing_of_an_import(office, monkeypatch, where):
    client, before = office.client("administrator"), stored(office)
    token = fresh_token(office, client)
    monkeypatch.setattr(where, full)
    answer = client.post("/personas/importar/", content_type="multipart/form-data", data={
        "csrf_token": token, "file": upload(b"Nombre\nAna\n", "personas.csv")})
    assert answer.status_code in (422, 507) and "No hay espacio en el disco" in answer.text
    assert incoming(office) == [] and stored(office) == before


def test_a_form_that_does_not_fit_in_memory_nor_on_disk_says_so(office, monkeypatch):
    """Files above half a megabyte are received on the disk, before anything of ours runs."""
    staff = office.client("staff")
    path = f"/correcciones/{draft_of(office)}/acto/attach/"
    token = office.token(staff.get(path))
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", full)
    with staff.post(path, content_type="multipart/form-data", headers={"X-CSRFToken": token},
                    data={"file": upload(PDF + b"x" * 700_000)}) as answer:
        assert answer.status_code == 507 and "No hay espacio en el disco" in answer.text
        assert not ENGLISH.search(said(answer))
        answer.request.environ["wsgi.input"].close()   # the test client's own copy of the body


def test_a_full_disk_of_the_database_is_one_sentence():
    error = OperationalError("INSERT", {}, type("DiskFull", (Exception,), {"sqlstate": "53100"})())
    assert "No hay espacio en el disco" in sentence_for(error)


@pytest.mark.parametrize("settings", [{}, {"DATABASE_URL": "postgresql://nadie@127.0.0.1:1/nada"}], ids=["none", "away"])
def test_without_a_database_health_says_so_plainly(tmp_path, monkeypatch, settings):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    client = create_app(INSTANCE=str(tmp_path), **settings).test_client()
    client.set_cookie("consola", "x" * 40)
    answer = client.get("/salud")
    assert (answer.status_code, answer.text) == (503, "la base de datos no responde")
    page = client.get("/entrar")
    assert page.status_code == 503 and "La base de datos no responde" in page.text


@pytest.fixture(scope="module")
def served(office):
    server = Served(office).start()
    yield server
    server.gone()


@pytest.mark.parametrize(("request_line", "status"), [
    (b"GET /?q=" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", 414),
    (b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"x" * 9000 + b"\r\n\r\n", 431),
    (b"nada\r\n\r\n", 400), (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 400), (b"G<T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400), (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: nada\r\n\r\n", 501),
    (b"POST /entrar HTTP/1.1\r\nHost: x\r\nExpect: nada\r\n\r\n", 417),
])
def test_what_the_server_itself_refuses_is_said_in_spanish(served, request_line, status):
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as wire:
        wire.sendall(request_line)
        answer = b""
        while block := wire.recv(65536):
            answer += block
    head, _, page = answer.decode().partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ") and "charset=utf-8" in head
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert words.startswith("No se pudo") and not ENGLISH.search(words), words
    assert f"Content-Length: {len(page.encode())}" in head


def test_make_run_serves_with_that_worker():
    assert "deploy.worker.SpanishWorker" in web("127.0.0.1", 1)
