"""What leaves as a sheet: the list's own rows and columns, no formula, and a row in the log (S14)."""

import csv
import hashlib
import io
import re
import zipfile

import psycopg
import pytest

from admin_views.outputs.sheets import FORMULA, is_figure, safe
from models.people import Role
from tests.house.addresses import screens

HOSTILE = ("=HYPERLINK(\"http://evil.test\";\"x\")", "+1+1", "-1+1|cmd", "@SUM(A1)", "\t=1", "\r=1",
           "＝1+1", "＋1", "－1", "＠x", "=1", "-", "--1", "+.")
LOGGED = """SELECT row_to_json(e) FROM console.export_entries e ORDER BY id DESC LIMIT 1"""
CELL = re.compile(r"<c [^>]*?(?:/>|>.*?</c>)", re.DOTALL)


@pytest.fixture(scope="module")
def planted(office):
    """People whose names a spreadsheet would run."""
    with psycopg.connect(office.dsn()) as owner:
        for name in HOSTILE:
            owner.execute("INSERT INTO console.people (name) VALUES (%s)", (name,))
    return office.client("administrator")


def sheet(client, path):
    with client.get(path) as answer:
        assert answer.status_code == 200, path
        return answer.data


def rows_of(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_a_csv_opens_with_its_accents(planted):
    data = sheet(planted, "/personas/exportar/csv/")
    assert data.startswith(b"\xef\xbb\xbf") and "Gerardo Ordóñez Faz" in data.decode("utf-8-sig")


def test_no_cell_of_a_csv_is_a_formula(planted):
    cells = [cell for row in rows_of(sheet(planted, "/personas/exportar/csv/")) for cell in row]
    assert [cell for cell in cells if cell.startswith(FORMULA) and not is_figure(cell)] == []
    assert {f"'{name}" for name in HOSTILE} <= set(cells)


def test_no_cell_of_a_spreadsheet_is_a_formula(planted):
    data = sheet(planted, "/personas/exportar/xlsx/")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        pages = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/")]
        whole = "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    cells = [cell for page in pages for cell in CELL.findall(page)]
    assert len(cells) > 2 * len(HOSTILE)
    assert not [cell for cell in cells if "<f" in cell or 't="str"' in cell]
    assert "HYPERLINK" in whole and "externalLink" not in whole and "<hyperlink" not in whole


@pytest.mark.parametrize("text", [*HOSTILE, "=A1\nB1"])
def test_a_dangerous_text_is_marked_as_text(text):
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ana", "-1", "-1.50", "12", "a=1", "10%"])
def test_a_figure_and_a_word_leave_as_they_are(text):
    assert safe(text) == text


def test_an_export_is_logged_with_its_filter_count_and_hash(office, planted):
    """The log says what left the house, so that a leaked file can be traced to who asked."""
    for kind in ("csv", "xlsx"):
        data = sheet(planted, f"/personas/exportar/{kind}/?active=true&q=gerardo")
        entry = office.scalar(LOGGED)
        assert entry["person_id"] == office.actor("administrator").id and entry["role"] == "administrator"
        assert entry["table_name"] == "people" and entry["filters"] == "active=true&q=gerardo"
        assert entry["rows"] == 1 and entry["sha256"] == hashlib.sha256(data).hexdigest()


def test_a_refused_export_is_no_export(office):
    before = office.scalar("SELECT count(*) FROM console.export_entries")
    assert office.client("staff").get("/personas/exportar/csv/").status_code == 403
    assert office.client("auditor").get("/accesos/exportar/csv/").status_code == 403
    assert office.client("auditor").get("/personas/exportar/pdf/").status_code == 404
    assert office.scalar("SELECT count(*) FROM console.export_entries") == before


def test_an_export_is_the_list_it_was_asked_from(office):
    """Its filter, its search and its order; every page of it and no other row."""
    staff = office.client("staff")
    rows = rows_of(sheet(staff, "/cuentas/exportar/csv/?tariff_class=commercial&orden=-number"))
    numbers = [row[0] for row in rows[1:]]
    assert numbers == sorted(numbers, reverse=True) and numbers
    assert len(numbers) == office.scalar(
        "SELECT count(*) FROM commercial.accounts WHERE tariff_class = 'commercial'")
    assert {row[rows[0].index("Uso")] for row in rows[1:]} == {"Comercial"}
    everything = rows_of(sheet(staff, "/cuentas/exportar/csv/"))
    assert len(everything) - 1 == office.scalar("SELECT count(*) FROM commercial.accounts")


def test_the_columns_are_those_that_the_office_reads(office):
    """Threat A5: an auditor's sheet has initials where a clerk's has the name."""
    clerk = rows_of(sheet(office.client("staff"), "/cuentas/exportar/csv/"))
    auditor = rows_of(sheet(office.client("auditor"), "/cuentas/exportar/csv/"))
    assert "Titular" in clerk[0] and "Titular" not in auditor[0]
    assert "Titular (iniciales)" in auditor[0] and "Titular (iniciales)" not in clerk[0]
    names = {row[clerk[0].index("Titular")] for row in clerk[1:]}
    assert not names & {cell for row in auditor for cell in row}


def test_every_screen_exports_its_columns_in_spanish(office):
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        client = office.client(role)
        for endpoint, view in screens(office.app).items():
            with client.get(f"{view.url}/exportar/csv/") as answer:
                if answer.status_code == 200:
                    head = rows_of(answer.data)[0]
                    assert head and not [word for word in head if "_" in word], (endpoint, head)


def test_a_spreadsheet_keeps_money_and_days_as_such(office):
    data = sheet(office.client("staff"), "/recibos/exportar/xlsx/")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
    first = re.search(r'<row r="2".*?</row>', page, re.DOTALL).group(0)
    numbers = [cell for cell in CELL.findall(first) if 't="' not in cell]
    assert len(numbers) >= 4   # the period's end, the volume, the total, the balance
    total = office.scalar("SELECT total FROM commercial.bills ORDER BY period_end DESC, id DESC LIMIT 1")
    assert f"<v>{float(total):.16g}</v>" in first
