"""The walk sees what it looks for: a page with each fault is told, and a good one is not."""

import pytest

from admin_views.door.door import HEADERS
from tests.browser.walk import LISTEN, faults_of

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
