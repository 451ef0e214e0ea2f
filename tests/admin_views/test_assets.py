"""Static files are named by their content and kept for a year; what is not named is not."""

import re


def test_a_page_names_its_files_by_their_content_and_they_are_kept(office):
    page = office.stranger().get("/entrar").text
    named = re.findall(r'"(/static/[^"]+)"', page)
    assert any("console.css?v=" in address for address in named) and len(named) >= 3
    for address in named:
        with office.stranger().get(address) as answer:
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address


def test_an_address_without_its_content_is_asked_again(office):
    with office.stranger().get("/static/console.css") as answer:
        assert "immutable" not in answer.headers["Cache-Control"]
