"""Nothing that people read is a name of the code: every record page, paper, formula and procedure is in Spanish."""

import re
import subprocess

import psycopg
import pytest

from admin_views.procedures.versions import sections
from models import db
from models.base.people import Role
from models.corrections import CorrectionState as S
from policies import RULES
from policies.core.exports import EXPORTERS
from policies.procedures.engine import compute
from policies.procedures.facts import Facts
from policies.procedures.library_entries import library
from policies.procedures.memoria import paragraphs
from policies.procedures.parsing import load
from policies.procedures.vocabulary import in_words
from tests.house.addresses import screens
from tests.policies.batches import Batches
from tests.policies.procedures.cases import ADOPTED, leak_facts, make_bill, rate_at

# English, Python, and codes that the tables keep; what is quoted («leak adjustment policy») is somebody's title.
ENGLISH = re.compile(
    r"\b(the|of|and|or|not|with|when|bill|bills|user|users|leak|policy|county|page|is|are|true|false|none|if|else|USD|"
    r"average|reading|month|months|year|day|days|commercial_director|unit_head|general_director|domestic|"
    r"credit_note|credit_notes|corrections|signed|applied|draft|submitted|computed|console_\w+)\b|==|!=|>=|<=|\*")
QUOTED = re.compile(r"«[^»]*»")
CLASSES = "|".join(sorted((mapper.class_.__name__ for mapper in db.Model.registry.mappers), key=len, reverse=True))
RAW = re.compile(rf"(&lt;|<)({CLASSES})\b|\b({CLASSES}) \d+\b|object at 0x")
TABLES = re.compile(r"<(?:dd|td)[^>]*>\s*((?:console|commercial|audit)\.\w+|[IUDL])\s*</")


def english(text):
    return [found[0] for found in ENGLISH.finditer(QUOTED.sub("", text))]


def models():
    return sorted((mapper.class_ for mapper in db.Model.registry.mappers), key=lambda model: model.__name__)


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_a_row_has_a_name_of_its_own_or_is_called_by_what_it_is(model):
    assert model.has_own_name() or str(model()) == model.__title__.one


@pytest.fixture(scope="module")
def whole(office):
    """One row at least of every table that a screen shows."""
    for state in (S.APPLIED, S.DRAFT):
        office.correction(state)
    office.imported()
    office.tried()
    office.handed()
    office.mailed()
    office.ordered(next(role for role in Role if role in EXPORTERS))
    Batches(office).applied()
    office.client("staff").get("/bitacora/")
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("INSERT INTO console.read_entries (person_id, role, request_id, table_name, row_id)"
                      " SELECT id, 'staff', 'x', 'accounts', 1 FROM console.people LIMIT 1")
        owner.execute("INSERT INTO console.export_entries (person_id, role, request_id, table_name, filters, rows, sha256)"
                      " SELECT id, 'auditor', 'x', 'corrections', '', 1, repeat('a', 64) FROM console.people LIMIT 1")
        owner.execute("ALTER TABLE console.delegations DISABLE TRIGGER USER")
        owner.execute("INSERT INTO console.delegations (holder_id, delegate_id, role, valid_from, valid_to, letter)"
                      " SELECT min(id), max(id), 'unit_head', current_date, current_date, 'DG/1' FROM console.people")
        owner.execute("ALTER TABLE console.delegations ENABLE TRIGGER USER")
    return office


def test_no_record_page_of_any_screen_shows_a_class_or_a_table_of_the_code(whole):
    clients, walked = {}, set()
    for endpoint, view in screens(whole.app).items():
        table = view.model.__table__
        (key,) = table.primary_key.columns
        found = whole.scalar(f"SELECT max({key.name}) FROM {table.fullname}")
        role = next(role for role in Role if role in RULES[view.model].view)
        client = clients.setdefault(role, whole.client(role))
        page = client.get(f"{view.url}/{found}/")
        assert page.status_code == 200, (endpoint, found, page.status_code)
        assert not RAW.findall(page.text), (endpoint, RAW.findall(page.text))
        assert not TABLES.findall(page.text), (endpoint, TABLES.findall(page.text))
        walked.add(endpoint)
    assert len(walked) > 25


def test_an_entry_of_the_trail_says_tables_states_and_acts_in_words(whole):
    key = whole.scalar("SELECT max(seq) FROM audit.log WHERE table_name = 'console.corrections' AND act = 'submit'")
    page = whole.client("auditor").get(f"/bitacora/{key}/").text
    assert "Enviar a firma" in page and "<dd>Correcciones</dd>" in page and "<dd>Cambio</dd>" in page
    assert "En firma" in page and not re.search(r"<(dd|td)[^>]*>\s*(submitted|submit|U|console\.corrections)\s*<", page)


@pytest.mark.parametrize("expression", [
    "base if x and not y else 2 * base", "base >= 3 or x == 'domestic'", "base in [1, 2] or base not in [3]",
    "max(0, min(base, 5))", "round_to(avg(history.volume), 0.5)", "True if x else False", "base != 4 and base <= 5"])
def test_a_formula_is_said_without_python(expression):
    definition = load(ADOPTED[0])
    said = in_words(definition, expression)
    assert not english(said) and "_" not in said, said


def sentences(definition):
    return [sentence for _, listed in sections(definition) for sentence in listed]


@pytest.mark.parametrize("entry", [*library().values(), *(load(path) for path in ADOPTED)], ids=lambda entry: entry.code)
def test_a_procedure_is_told_in_spanish(entry):
    told = {sentence: english(sentence) for sentence in sentences(entry)}
    assert not {sentence: words for sentence, words in told.items() if words}


@pytest.mark.parametrize("path", ADOPTED, ids=lambda path: path.stem)
def test_a_memoria_is_in_spanish_whether_it_proceeds_or_not(path):
    facts = leak_facts()
    for inputs in ({}, facts.inputs):
        rows = paragraphs(compute(load(path), Facts(make_bill(), facts.history, inputs, facts.extra), rate_at))
        assert not [row for row in rows if english(" ".join(row.values()))]


def printed(answer):
    assert answer.status_code == 200
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.data, capture_output=True,
                          check=True).stdout.decode()


def test_the_papers_are_in_spanish(whole):
    unit = whole.client("unit_head")
    correction = whole.scalar("SELECT min(id) FROM console.corrections WHERE state = 'applied' AND batch_row_id IS NULL")
    batch = whole.scalar("SELECT max(id) FROM console.correction_batches")
    note = whole.scalar("SELECT min(id) FROM commercial.credit_notes WHERE form = 'corrected_bill'")
    for address in (f"/correcciones/{correction}/cedula.pdf", f"/lotes/{batch}/anexo.pdf",
                    f"/notas/{note}/recibo-corregido.pdf"):
        text = printed(unit.get(address))
        words = re.sub(r"\|\|1\.0.*\|\|", "", text, flags=re.DOTALL)     # the text that is signed is no prose
        assert not english(words), (address, english(words))
