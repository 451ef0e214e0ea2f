"""Static files: named by what they all contain, kept a year, compressed; one style sheet."""

import re
from pathlib import Path

from admin_views.core.assets import fingerprint

STATIC = Path(__file__).resolve().parents[2] / "admin_views/static"


def named_files(office):
    return re.findall(r'"(/static/[^"]+)"', office.stranger().get("/entrar").text)


def test_a_page_names_its_files_by_their_content_and_they_are_kept(office):
    named = named_files(office)
    assert any(address.endswith("/console.css") for address in named) and len(named) >= 3
    for address in named:
        assert re.match(r"/static/v-[0-9a-f]{10}/", address), address
        with office.stranger().get(address) as answer:
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address


def test_an_address_without_its_content_is_asked_again(office):
    for address in ("/static/console.css", "/static/console.js", "/static/icon.svg"):
        with office.stranger().get(address) as answer:
            assert answer.status_code == 200
            assert "immutable" not in answer.headers["Cache-Control"]


def test_the_version_changes_with_any_file():
    files = {"a.js": b"1", "b.js": b"2"}
    others = ({"a.js": b"1", "b.js": b"3"}, {"a.js": b"1", "c.js": b"2"}, {"a.js": b"1"})
    assert len({fingerprint(each) for each in (files, *others)}) == 4


def test_the_style_sheets_travel_as_one(office):
    with office.stranger().get("/static/console.css") as answer:
        sheet = answer.text
    parts = sorted((STATIC / "styles").glob("*.css"))
    assert len(parts) > 4 and [sheet.index(part.read_text()) for part in parts] == sorted(
        sheet.index(part.read_text()) for part in parts)


def test_text_files_travel_compressed_and_pages_do_not(office):
    browser = {"Accept-Encoding": "gzip, br"}
    for address in named_files(office):
        with office.stranger().get(address, headers=browser) as answer:
            small = len(answer.data) < 500   # not worth it
            assert small or address.endswith(".woff2") or answer.headers["Content-Encoding"] == "br", address
    page = office.stranger().get("/entrar", headers=browser)
    assert "Content-Encoding" not in page.headers


def test_nothing_outside_the_folder_is_served(office):
    for address in ("/static/../console.py", "/static/v-0000000000/../../base.py", "/static/nada.js"):
        assert office.stranger().get(address).status_code == 404, address
