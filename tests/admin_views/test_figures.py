"""Estadísticas: its figures are those of the notes and of the trays, on the page, in the sheet and in the drawing."""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import psycopg
import pytest

from admin_views.billing import charts as bill_charts
from admin_views.corrections.figures import later
from admin_views.output import axes, charts
from models.billing import Bill
from models.queries import billing as ask
from tests import psql

SHUT = ("operations_director", "works_director", "administrator")
PAGE = "/correcciones/cuadros/"
NOTES = """SELECT count(*), sum(amount) FILTER (WHERE kind = 'credit'), coalesce(sum(amount) FILTER (
             WHERE kind = 'debit'), 0) FROM commercial.credit_notes"""


@pytest.fixture(scope="module")
def applied(office):
    """Two credits by the acts, and one debit by another program."""
    office.correction("applied")
    office.correction("applied")
    key = psql.sent(office, 25)
    psql.sign(office, key)
    psql.post(office, key)
    office.correction("draft")
    with psycopg.connect(office.dsn()) as owner:
        return owner.execute(NOTES).fetchone()


def table(text, name):
    """The rows of a table of the page: its cells, without their marks."""
    body = text.split(f'aria-label="{name}">')[-1].split("</table>")[0].split("<tbody")[1]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
            for row in body.split("<tr")[1:]]


def amount(words):
    return Decimal(words.replace("$", "").replace(",", ""))


@pytest.mark.parametrize("by", ["note", "bill"])
def test_the_table_adds_up_to_the_notes(office, applied, by):
    page = office.client("general_director").get(f"{PAGE}?por={by}&desde=2024-01&hasta=2026-12").text
    rows = table(office.client("auditor").get(f"{PAGE}?por={by}").text, "Correcciones por causa y mes")
    assert sum(int(row[2]) for row in rows) == applied[0] == 3
    assert sum(amount(row[3]) for row in rows) == applied[1] > 0
    assert sum(amount(row[4]) for row in rows) == applied[2] == 25
    assert "36 meses como máximo" not in page


def test_the_sheet_is_the_table_and_is_logged(office, applied):
    client = office.client("staff")
    rows = table(client.get(PAGE).text, "Correcciones por causa y mes")
    with client.get(f"{PAGE}exportar/csv/") as answer:
        sheet = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert sheet[0] == ["Mes", "Causa", "Correcciones", "A favor del usuario (MXN)", "A cargo del usuario (MXN)"]
    assert [[row[1], row[2], Decimal(row[3]), Decimal(row[4])] for row in sheet[1:]] == [
        [row[1], row[2], amount(row[3]), amount(row[4])] for row in rows]
    assert office.scalar("SELECT rows FROM console.export_entries ORDER BY id DESC LIMIT 1") == len(rows)
    with client.get(f"{PAGE}exportar/xlsx/?por=bill") as answer:
        assert answer.status_code == 200 and answer.data[:2] == b"PK"
    assert client.get(f"{PAGE}exportar/pdf/").status_code == 404


def test_the_ageing_counts_every_open_correction_once(office, applied):
    rows = table(office.client("unit_head").get(PAGE).text, "Antigüedad por bandeja")
    assert [row[0] for row in rows] == ["Borradores", "Devueltas para corregir", "En firma", "Firmadas, por aplicar"]
    open_ones = office.scalar("SELECT count(*) FROM console.corrections WHERE state IN ('draft', 'submitted', 'signed')")
    assert sum(int(row[5]) for row in rows) == open_ones == 1
    assert rows[0][1:6] == ["1", "0", "0", "0", "1"]


@pytest.mark.parametrize("asked, said", [
    ("desde=2026-08&hasta=2026-02", "posterior al mes"), ("desde=2001-01&hasta=2026-02", "36 meses como máximo"),
    ("desde=2026-13&hasta=x", ""), ("desde=%00&hasta=2026-02-30&por=%27", ""), ("por=nada", "")])
def test_a_period_that_says_anything_is_a_page_all_the_same(office, applied, asked, said):
    answer = office.client("staff").get(f"{PAGE}?{asked}")
    assert answer.status_code == 200 and said in answer.text
    assert ('class="notice warning"' in answer.text) == bool(said)


def test_a_period_without_corrections_says_what_to_do(office, applied):
    answer = office.client("staff").get(f"{PAGE}?desde=2021-01&hasta=2021-03")
    assert "Pida otros meses" in answer.text and "<svg" in answer.text   # the ageing remains


@pytest.mark.parametrize("role", SHUT)
def test_who_reads_no_corrections_sees_no_pictures_of_them(office, role):
    client = office.client(role)
    assert client.get(PAGE).status_code == 403 and client.get(f"{PAGE}exportar/csv/").status_code == 403
    assert PAGE not in client.get("/").text


def drawn(office, drawing):
    return office.app.jinja_env.get_template("parts/chart.html").render(drawing=drawing)


def test_a_drawing_is_one_named_image_without_style_or_script(office, applied):
    """Whatever the pages' policy forbids, or what says another language."""
    pages = [office.client("staff").get(path).text for path in (f"{PAGE}?por=bill", "/cuentas/1/")]
    drawings = [drawing for page in pages for drawing in re.findall(r"<svg class=.*?</svg>", page, re.DOTALL)]
    assert len(drawings) >= 5
    for drawing in drawings:
        assert re.match(r'<svg [^>]*role="img" aria-label="[A-ZÁÉÍÓÚ][^"]{10,}"', drawing), drawing[:200]
        assert not re.search(r"<style|<script|style=|\son\w+=|<!--|No data|href=|NaN|None", drawing), drawing[:300]


def test_a_hostile_name_stays_a_name_in_a_drawing(office):
    drawing = drawn(office, charts.ageing({"x": '<script>"&'}, ("<b>",), {"x": [2]}, '"><script>'))
    assert "<script" not in drawing and "<b>" not in drawing and "&lt;script&gt;" in drawing


def test_the_kind_of_each_bill_is_a_series_of_its_own(office, applied):
    with office.speaks("staff", read_only=True) as session:
        corrected = session.scalar(ask.select(Bill).where(Bill.notes.any()).limit(1))
        bills = session.scalars(ask.latest_bills(corrected.account, 24)).all()
        drawing = drawn(office, bill_charts.consumption(bills))
        kinds = [bill_charts.kind_of(bill) for bill in bills]
    for place, kind in enumerate(bill_charts.KINDS):
        bars = drawing.split(f'class="series serie-{place} {kind}"')[1].split('class="series')[0].count("<rect")
        assert bars == kinds.count(kind), kind
    assert kinds.count("corrected") >= 1
    assert bill_charts.consumption([]) is bill_charts.amounts([]) is None


@pytest.mark.parametrize("figures, ticks", [
    ([], [0, 1]), ([0, 0], [0, 1]), ([34], [0, 10, 20, 30, 40]), ([-150, 20], [-150, -100, -50, 0, 50]), ([-3], [-3, -2, -1, 0]),
    ([Decimal("0.07")], [0, .02, .04, .06, .08]), ([1_234_567], [0, 500_000, 1_000_000, 1_500_000])])
def test_an_axis_has_round_ticks_and_zero_among_them(figures, ticks):
    assert axes.Scale(figures).ticks() == ticks
    assert all(0 <= axes.Scale(figures).share(figure) <= 1 for figure in figures)


def test_what_is_counted_has_no_half_tick():
    assert axes.Scale([1], whole=True).ticks() == [0, 1] and axes.Scale([3], whole=True).ticks() == [0, 1, 2, 3]


@pytest.mark.parametrize("count", [1, 2, 9, 24, 36])
@pytest.mark.parametrize("width", [axes.WIDE, axes.NARROW])
def test_the_names_of_the_months_leave_each_other_alone_and_the_newest_has_one(count, width):
    days = [later(date(2024, 11, 30), place) for place in range(count)]
    found = axes.month_names(days, width)
    places = [place for place, _, _ in found]
    assert places[-1] == count - 1 and all(
        (after - before) * width / count >= axes.MONTH for before, after in zip(places, places[1:]))
    years = [place for place, _, year in found if year]
    assert years and all((after - before) * width / count > axes.MONTH for before, after in zip(years, years[1:]))
