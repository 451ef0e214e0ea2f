"""The walk sees what it looks for: a page with each fault is told, and a good one is not."""

import pytest

from admin_views.door.door import HEADERS
from tests.browser.skeleton import Skeleton
from tests.browser.walk import LISTEN, faults_as_sent, faults_of, is_new

GOOD = """<!doctype html><html lang="es-MX"><head><title>Prueba</title></head>
<body><main><h1>Una página</h1>{}</main></body></html>"""
FAULTS = {
    "color-contrast": '<p><a href="/" class="x">Texto</a></p><input aria-label="Dato" type="color">'
                      '<p><font color="#eeeeee">Apenas se lee</font></p>',
    "label": '<input type="text" name="x">',
    "English: Save": "<p>Save</p>",
    "English: search": '<input aria-label="Dato" placeholder="search">',
    "scrolls sideways": '<table width="900"><tr><td>ancho</td></tr></table>',
    "CSP: script-src-elem inline": "<script>1</script>",
    "CSP: style-src-attr inline": '<p style="color:red">rojo</p>',
    "CSP: script-src-attr inline": '<p onclick="1">púlseme</p>',
    "not one h1": "<h1>Otra</h1>",
}


@pytest.fixture(scope="module")
def show(chromium):
    """show(html) → the faults of a page that holds it, under the console's own headers."""
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script(LISTEN)

    class Reader:
        def open(self, html):
            page.unroute_all()
            page.route("**/*", lambda route: route.fulfill(body=html, headers=HEADERS | {
                "Content-Type": "text/html; charset=utf-8"}))
            page.goto("http://localhost/prueba")
    reader = Reader()
    reader.page = page
    yield lambda html: faults_of(reader, html, html)
    context.close()


def test_a_good_page_has_no_fault(show):
    assert show(GOOD.format("<p>Todo bien.</p>")) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_seen(show, fault):
    assert any(fault in told for told in show(GOOD.format(FAULTS[fault])))


# ---- a page as it was sent

SENT = """<html lang="es-MX"><body><h1>Una página</h1><p class="note">Todo bien.</p>{}</body></html>"""
NEW = {"an element": "<p>Texto</p>", "a class": '<p class="late">Texto</p>', "an attribute": '<p class="note" hidden>Texto</p>',
       "a place": '<section><p class="note">Texto</p></section>', "a heading": "<h2>Otra</h2>",
       "a role": '<p class="note" role="status">Texto</p>'}
SAME = ["<p class='note'>Otras palabras.</p>" * 3, ""]


@pytest.mark.parametrize("what", NEW)
def test_what_is_made_otherwise_is_new(what):
    known = Skeleton(SENT.format("")).shapes
    assert Skeleton(SENT.format(NEW[what])).shapes - known
    assert all(not Skeleton(SENT.format(same)).shapes - known for same in SAME)


def test_a_kind_of_page_is_new_until_all_its_elements_were_seen(monkeypatch, tmp_path):
    monkeypatch.setenv("CONSOLE_TESTS", str(tmp_path))
    plain, more = (Skeleton(SENT.format(part)) for part in ("", NEW["a class"]))
    assert [is_new("/cuentas/1/", page) for page in (more, plain, more)] == [True, False, False]
    assert is_new("/recibos/1/", plain) and is_new("/cuentas/", plain)


@pytest.mark.parametrize(("part", "told"), [
    ("<p>Save</p>", "English: Save"), ('<input placeholder="search">', "English: search"),
    ('<p id="a"></p><p id="a"></p>', "a names 2 elements"), ('<p translate="no">Save</p>', ""), ("<script>Save</script>", "")])
def test_what_shows_in_what_was_sent_is_told(part, told):
    assert faults_as_sent(Skeleton(SENT.format(part))) == ([told] if told else [])
