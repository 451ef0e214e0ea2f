"""Papers, declared once: what the start refuses, and the button, address, file name and PDF that follow."""

import re

import pytest

from admin_views.output.papers import PAPERS, Paper, declare_paper
from models.base.people import Role
from models.notices import LetterTemplate, Notice
from policies.core.declarations import Misdeclared


@pytest.mark.parametrize(("template", "name", "names"), [
    ("none.typ", "otra", "has no template none.typ"), ("letters.typ", "carta", "declared twice")])
def test_a_paper_that_could_not_be_printed_stops_the_start(template, name, names):
    with pytest.raises(Misdeclared, match=names):
        declare_paper(Paper(Notice, template, name=name, label="PDF", facts=dict))
    assert (Notice, "otra") not in PAPERS


@pytest.fixture(scope="module")
def letter(office):
    office.correction("applied")
    return office.scalar("SELECT max(id) FROM console.notices")


@pytest.mark.parametrize(("role", "prints"), [(Role.STAFF, True), (Role.UNIT_HEAD, True), (Role.AUDITOR, False)])
def test_the_button_shows_where_the_paper_opens(office, letter, role, prints):
    client, address = office.client(role.value), f"/cartas/{letter}/carta.pdf"
    assert (f'href="{address}"' in client.get(f"/cartas/{letter}/").text) == prints
    answer = client.get(address)
    assert answer.status_code == (200 if prints else 403)
    if prints:
        folio = office.scalar("SELECT folio FROM console.notices WHERE id = %s", letter)
        assert answer.data.startswith(b"%PDF") and f'filename="{folio}.pdf"' in answer.headers["Content-Disposition"]
        assert re.search(rb"pdfuaid", answer.data)
    else:
        assert "Su cargo no lee a quién van las cartas" in answer.text


def test_what_prints_a_letter_is_kept_as_read(office, letter):
    office.client("staff").get(f"/cartas/{letter}/carta.pdf")
    assert office.scalar("SELECT count(*) FROM console.read_entries WHERE table_name = 'notices' AND place = %s",
                         f"/cartas/{letter}/carta.pdf") >= 1


def test_a_record_has_no_paper_that_nobody_declared(office, letter):
    assert office.client("staff").get(f"/cartas/{letter}/cedula.pdf").status_code == 404
    key = office.scalar("SELECT min(id) FROM console.letter_templates")
    assert f"/plantillas-de-carta/{key}/muestra.pdf" in office.client("administrator").get(
        f"/plantillas-de-carta/{key}/").text
    assert (LetterTemplate, "muestra") in PAPERS
