"""Each office walks every page that a link leads to: what all of them must carry, offer and hide."""

import re

import psycopg
import pytest

from admin_views.door.door import HEADERS
from models.base.people import Role
from models.corrections import CorrectionState as S
from policies import RULES
from policies.core.exports import EXPORTERS
from policies.core.offices import NAME_READERS
from tests.admin_views.pages import crawl
from tests.house.addresses import screens
from tests.policies.batches import Batches

HOLDER, STREET, FILE = "ZARZAMORA Quetzalli Xilonen", "Callejón Ocelote 777", "identificacion-ocelote"
CANARY = re.compile(r"zarzamora|quetzalli|xilonen|ocelote", re.IGNORECASE)


@pytest.fixture(scope="module")
def corrections(office):
    """A correction of each state, and every account, file and letter with names to look for."""
    made = {state: office.correction(state) for state in S}
    office.prove(office.draft())
    office.imported()
    office.tried()
    office.handed()
    office.mailed()
    for role in EXPORTERS:
        office.ordered(role)
    Batches(office).applied()
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("UPDATE commercial.accounts SET holder_name = %s, street = %s", (HOLDER, STREET))
        owner.execute("ALTER TABLE console.attachments DISABLE TRIGGER USER")
        owner.execute("UPDATE console.attachments SET file_name = %s", (f"{FILE}.pdf",))
        owner.execute("ALTER TABLE console.attachments ENABLE TRIGGER USER")
        owner.execute("ALTER TABLE console.notices DISABLE TRIGGER USER")     # a letter keeps its words
        owner.execute("UPDATE console.notices SET body = body || %s", (HOLDER,))
        owner.execute("ALTER TABLE console.notices ENABLE TRIGGER USER")
    return made


@pytest.fixture(scope="module", params=list(Role), ids=str)
def role(request):
    return request.param


@pytest.fixture(scope="module")
def linked(office, corrections, role):
    """address → page: all that this office reaches by links alone."""
    return crawl(office.client(role), each=2 if role in (Role.STAFF, Role.AUDITOR) else 1)


@pytest.fixture(scope="module")
def pages(office, corrections, role, linked):
    """The same, and the sheets and papers besides, whether or not a link leads there."""
    client, found = office.client(role), dict(linked)
    applied = f"/correcciones/{corrections[S.APPLIED]}/"
    for path in (applied, f"{applied}historia/", f"{applied}cedula.pdf", "/cuentas/1/", "/cartas/1/",
                 *(f"{view.url}/exportar/{kind}/" for view in screens(office.app).values()
                   for kind in ("csv", "xlsx"))):
        if path not in found:
            found |= crawl(client, path, each=1, follow=False)
    return found


def test_no_link_of_a_page_is_broken_or_refused(linked):
    """What the console offers, it grants: no page links to a 403, a 404, a 409 or a 500."""
    broken = {path: page.status for path, page in linked.items() if page.status not in (200, 302)}
    assert broken == {}


def test_every_answer_carries_its_headers_and_is_kept_nowhere(pages):
    """Threats C14 and C15: no frame, no sniffing, no copy in a cache."""
    for path, page in pages.items():
        for name, value in HEADERS.items():
            downloaded = ("/evidencia/" in path or "/documento/" in path) and name == "Content-Security-Policy"
            assert page.headers[name] == ("sandbox; default-src 'none'" if downloaded else value), (path, name)
        assert page.headers["Cache-Control"] == "no-store", path
    assert len(pages) > 40


def test_no_page_needs_an_inline_script_or_style(pages):
    """So that the policy stays strict, and no confirmation needs what it forbids."""
    for path, page in pages.items():
        assert not re.search(r"<[^>]+\s(on\w+|style)\s*=", page.text), path
        assert "javascript:" not in page.text and "<style" not in page.text, path
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page.text)), path


def test_every_form_carries_exactly_one_token(pages):
    """Two fields of one name would answer 200 and write nothing."""
    forms = [(path, form) for path, page in pages.items()
             for form in re.findall(r'<form[^>]*method="post".*?</form>', page.text, re.DOTALL)]
    assert len(forms) > 20
    assert [path for path, form in forms if form.count('name="csrf_token"') != 1] == []


def test_personal_values_reach_only_whom_they_concern(pages, role):
    """An auditor reads every record and act with initials; a clerk, who meets the person, the name."""
    found = {path for path, page in pages.items()
             if CANARY.search(page.text or page.body.decode("utf-8", "replace"))}
    if role in NAME_READERS:
        assert {"/cuentas/1/", "/cartas/1/", "/cuentas/exportar/csv/"} <= found
    else:
        assert found == set()


def test_every_screen_that_may_be_seen_was_walked(office, pages, role):
    """The walk is not vacuous: each list and a record of each are in it."""
    for view in screens(office.app).values():
        if role in RULES[view.model].view:
            assert f"{view.url}/" in pages, view.url
            assert [path for path in pages if re.fullmatch(rf"{view.url}/\d+/", path)], view.url


def test_a_stranger_gets_the_same_headers(office):
    stranger = office.stranger()
    for path in ("/entrar", "/verificar/", "/salud", "/nada", "/cuentas/", "/static/console.css"):
        with stranger.get(path) as answer:
            assert {name: answer.headers[name] for name in HEADERS} == HEADERS, path
            assert (answer.headers["Cache-Control"] == "no-store") != path.startswith("/static/"), path
