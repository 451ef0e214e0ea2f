"""What leaves as a sheet: the list's own rows and columns, no formula, and a row in the log."""

import csv
import gzip
import hashlib
import io
import re
import zipfile
from datetime import datetime, time
from decimal import Decimal

import openpyxl
import psycopg
import pytest
from flask import g
from werkzeug.datastructures import MultiDict

from admin_views.lists.columns import offered
from admin_views.output import copying, exports, in_sql, listed
from admin_views.output.sheets import FORMULA, is_figure, plain, safe
from models import db
from models.base.access import ExportEntry
from models.base.people import Role
from models.base.trail import AuditEntry
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
    """An auditor's sheet has initials where a clerk's has the name."""
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


# ---- of any size: by PostgreSQL's own COPY, streamed, and logged however it ends

ENTRIES = "SELECT coalesce(json_agg(e ORDER BY id), '[]') FROM console.export_entries e WHERE id > %s"
LAST = "SELECT coalesce(max(id), 0) FROM console.export_entries"


@pytest.mark.parametrize("role", ["staff", "auditor", "administrator"])
def test_postgresql_writes_the_cells_that_python_would(office, planted, role):
    """Every screen with every column that the office may choose: labels, days, names, marks of formulas."""
    client, by_copy = office.client(role), set()
    office.correction()
    for view in screens(office.app).values():
        with office.app.test_request_context(f"{view.url}/?vista=ninguna"), office.speaks(role, read_only=True):
            g.actor = office.actor(role)
            if not view.may("export"):
                continue
            names = offered(view)
            query = listed.listed_of(view, MultiDict(), "csv").query
            fast = [name for name in names if in_sql.sheet_query(view, query, [name]) is not None]
            records = db.session.scalars(query.options(*view.loading(fast)).limit(2000)).all()
            said = [[safe(plain(view.exported(row, name))) for name in fast] for row in records]
        if fast and view.model not in (AuditEntry, ExportEntry):    # these grow while they are read
            by_copy.add(view.endpoint)
            rows = rows_of(sheet(client, f"{view.url}/exportar/csv/?columnas={','.join(fast)}"))
            assert rows[1:2001] == said, view.endpoint
    assert by_copy >= ({"people", "appointments"} if role == "administrator" else {"accounts", "bills", "corrections"})


def test_lists_of_a_whole_register_leave_by_copy(office):
    """The ones that grow to millions have no column that only Python says, as they open."""
    for endpoint in ("accounts", "bills", "credit_notes", "notices"):
        view = screens(office.app)[endpoint]
        with office.app.test_request_context(f"{view.url}/"), office.speaks("staff", read_only=True):
            g.actor = office.actor("staff")
            assert listed.listed_of(view, MultiDict(), "csv").cells is not None, endpoint


@pytest.mark.parametrize("packed", [False, True])
def test_a_long_export_is_sent_as_it_is_made_and_logged_when_it_ends(office, monkeypatch, packed):
    staff, before = office.client("staff"), office.scalar(LAST)
    whole = sheet(staff, "/recibos/exportar/csv/?orden=folio")
    monkeypatch.setattr(exports, "SMALL", 10_000)
    monkeypatch.setattr(copying, "BLOCK", 4_000)
    headers = {"Accept-Encoding": "gzip"} if packed else {}
    with staff.get("/recibos/exportar/csv/?orden=folio", headers=headers) as answer:
        data = gzip.decompress(answer.data) if packed else answer.data
        assert answer.headers.get("Content-Encoding") == ("gzip" if packed else None)
        assert answer.headers.getlist("Content-Type") == ["text/csv; charset=utf-8"]
        assert packed is False or len(answer.data) < len(data) / 3
    assert data == whole
    rows = office.scalar("SELECT count(*) FROM commercial.bills")
    entries = office.scalar(ENTRIES, before)
    assert [(entry["outcome"], entry["rows"]) for entry in entries] == [
        ("complete", rows), ("begun", 0), ("complete", rows)]
    assert entries[2]["sha256"] == hashlib.sha256(data).hexdigest() == entries[0]["sha256"]
    assert {entry["person_id"] for entry in entries} == {office.actor("staff").id}


def test_an_export_whose_reader_leaves_is_logged_as_cut(office, monkeypatch):
    staff, before = office.client("staff"), office.scalar(LAST)
    monkeypatch.setattr(exports, "SMALL", 10_000)
    monkeypatch.setattr(copying, "BLOCK", 4_000)
    answer = staff.get("/recibos/exportar/csv/", buffered=False)
    next(answer.response)
    answer.close()
    outcomes = [(entry["outcome"], entry["rows"] > 0) for entry in office.scalar(ENTRIES, before)]
    assert outcomes == [("begun", False), ("cut", True)]
    assert office.scalar("SELECT count(*) FROM pg_stat_activity WHERE query ^@ 'COPY' AND state <> 'idle'") == 0


def test_a_fault_in_the_middle_cuts_the_file_and_the_log_says_so(office, monkeypatch):
    """A browser sees a download that failed, not a shorter file; a small one has a page with its folio."""
    staff, before = office.client("staff"), office.scalar(LAST)
    monkeypatch.setattr(copying, "BLOCK", 4_000)
    made = copying.Csv.in_blocks
    monkeypatch.setattr(copying.Csv, "in_blocks", lambda self, copy: (
        block if self.rows < 300 else 1 / 0 for block in made(self, copy)))
    assert staff.get("/recibos/exportar/csv/").status_code == 500
    assert office.scalar(ENTRIES, before) == []
    monkeypatch.setattr(exports, "SMALL", 10_000)
    with pytest.raises(ZeroDivisionError):
        assert staff.get("/recibos/exportar/csv/", buffered=True).data
    assert [entry["outcome"] for entry in office.scalar(ENTRIES, before)] == ["begun", "cut"]


def test_an_export_has_its_own_time_and_not_a_pages(office, monkeypatch):
    """The login's limit is fifteen seconds; a list of millions takes longer than any page may."""
    staff = office.client("staff")
    monkeypatch.setattr(copying, "LONGEST", "1ms")
    for kind in ("csv", "xlsx"):
        answer = staff.get(f"/recibos/exportar/{kind}/")
        assert answer.status_code == 409 and "tardó demasiado" in answer.text
    assert staff.get("/recibos/").status_code == 200


def test_a_sheet_of_too_many_rows_is_told_and_csv_offered(office, monkeypatch):
    staff, before = office.client("staff"), office.scalar(LAST)
    monkeypatch.setattr(exports, "SHEET_ROWS", 100)
    monkeypatch.setattr(exports, "LONG", {"csv": 10**6, "xlsx": 90})
    answer = staff.get("/recibos/exportar/xlsx/")
    assert answer.status_code == 409 and "1,048,575 renglones" in answer.text and "expórtela en CSV" in answer.text
    assert office.scalar(ENTRIES, before) == []
    assert sheet(staff, "/recibos/exportar/csv/") and sheet(staff, "/cuentas/exportar/xlsx/?tariff_class=industrial")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_export_says_its_characters_twice(planted, kind):
    with planted.get(f"/personas/exportar/{kind}/") as answer:
        assert answer.headers["Content-Type"].count("charset") == (kind == "csv")


def test_a_spreadsheet_by_copy_says_what_the_csv_says(office, planted):
    """Read by a program: words with their marks, letters that XML escapes, days, instants and figures as such."""
    words = "A&B <b> «ñ»\t\x07 línea\notra \U0001f4a7"
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("INSERT INTO console.people (name) VALUES (%s)", (words,))
    for client, path in ((planted, "/personas"), (office.client("staff"), "/recibos"), (office.client("staff"), "/notas")):
        head, *rows = rows_of(sheet(client, f"{path}/exportar/csv/"))
        book = openpyxl.load_workbook(io.BytesIO(sheet(client, f"{path}/exportar/xlsx/")))
        read = [[cell.value for cell in row] for row in book.active.iter_rows()]
        assert read[0] == head and len(read) == len(rows) + 1
        for mine, theirs in zip(read[1:], rows, strict=True):
            assert [in_csv(cell) for cell in mine] == [normal(cell) for cell in theirs]


def in_csv(cell):
    if isinstance(cell, datetime):
        day = cell.time() == time.min
        return cell.strftime("%Y-%m-%d" if day else "%Y-%m-%d %H:%M")
    return "" if cell is None else f"{Decimal(str(cell)):f}" if isinstance(cell, int | float) else cell


def normal(text):
    """As a spreadsheet keeps it: figures without idle zeros, instants to the minute, no control letters."""
    if re.fullmatch(r"-?\d+\.\d+", text):
        return f"{Decimal(text).normalize():f}"
    return re.sub(r"^(\d{4}-\d\d-\d\d \d\d:\d\d):\d\d$", r"\1", text.replace("\x07", ""))
