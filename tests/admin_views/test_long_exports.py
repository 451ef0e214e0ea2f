"""A list too long for a request: ordered, written by the worker, taken by who ordered it, and gone after a day."""

import gzip
import hashlib
import io
import re
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import openpyxl
import psycopg
import pytest
from sqlalchemy import func, literal_column, select

from admin_views.core import worker
from admin_views.output import copying, exports, listed, ordered
from admin_views.output.kept import GONE, UNKEPT, path_of
from models.base.exports import ExportOrder
from policies.core.exports import EXPORTERS, stop_export
from policies.core.rules import RULES
from tests.admin_views.pages import fresh_token, key_in
from tests.admin_views.test_exports import rows_of, sheet

LOG = "SELECT coalesce(json_agg(e ORDER BY id), '[]') FROM console.export_entries e WHERE request_id = %s OR id > %s"
LAST = "SELECT coalesce(max(id), 0) FROM console.export_entries"
ORDER = "SELECT to_jsonb(o) FROM console.export_orders o WHERE id = %s"
BILLS = "/recibos/exportar/csv/?orden=folio"


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Whatever has more than ten rows is long."""
    monkeypatch.setattr(exports, "LONG", {"csv": 10, "xlsx": 10})
    monkeypatch.setattr(exports, "SPOKEN", 10)
    worker.resting.clear()
    worker.tidied.clear()


@pytest.fixture(scope="module")
def staff(office):
    return office.client("staff")


def asked(office, client, path=BILLS):
    """The number of the order that the button of the export's page makes."""
    answer = client.post(path, data={"csrf_token": fresh_token(office, client)})
    assert answer.status_code == 302, answer.text
    return key_in(answer.location)


def work(office):
    with office.app.app_context():
        while worker.take_one():
            pass


def order(office, key):
    return office.scalar(ORDER, key)


def download(client, key, packed=True):
    return client.get(f"/mis-exportaciones/{key}/descargar/", headers={"Accept-Encoding": "gzip"} if packed else {})


def received(client, key):
    with download(client, key) as answer:
        return gzip.decompress(answer.data)


def outcomes(office, since):
    entries = office.scalar(LOG, "", since)
    return [(entry["outcome"], entry["rows"]) for entry in entries]


def elsewhere(ask):
    """What a request gets meanwhile, in another thread, as in another process."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(ask).result()


# ---- ordered, written, taken

def test_a_long_list_offers_to_be_written_apart_and_its_page_shows_how_far_it_is(office, staff, monkeypatch):
    page = staff.get(BILLS)
    assert page.status_code == 200 and "Preparar el archivo" in page.text and page.mimetype == "text/html"
    whole = office.scalar("SELECT count(*) FROM commercial.bills")
    answer = office.post(staff, BILLS)
    shown = staff.get(answer.location)
    assert "Renglones escritos: 0 de" in shown.text and "data-progress" in shown.text
    seen, passing = [], ordered.progress_follower
    monkeypatch.setattr(ordered, "EVERY", 0)
    monkeypatch.setattr(ordered, "STEP", 100)

    def watched(advance):
        def follow(rows):
            for number, row in enumerate(passing(advance)(rows)):
                if number % 500 == 150:
                    seen.append(elsewhere(lambda: staff.get(f"{answer.location}avance/").text))
                yield row
        return follow
    monkeypatch.setattr(ordered, "progress_follower", watched)
    work(office)
    assert [re.search(r"Renglones escritos: ([\d,]+) de ([\d,]+)", page).groups() for page in seen] == [
        (done, f"{whole:,}") for done in ("100", "600", "1,100")]
    ready = staff.get(answer.location)
    assert "El archivo está listo" in ready.text and ">Descargar</a>" in ready.text and "<progress" not in ready.text


@pytest.mark.parametrize("packed", [True, False])
def test_the_file_is_the_one_that_a_request_would_send(office, staff, monkeypatch, packed):
    key = asked(office, staff)
    since = office.scalar(LAST)
    work(office)
    with download(staff, key, packed) as answer:
        assert answer.status_code == 200 and answer.headers["Content-Disposition"] == "attachment; filename=recibos.csv" \
            or not packed
        assert answer.headers.getlist("Content-Type") == ["text/csv; charset=utf-8"]
        assert answer.headers.get("Content-Encoding") == ("gzip" if packed else None)
        data = gzip.decompress(answer.data) if packed else answer.data
    monkeypatch.setattr(exports, "LONG", {"csv": 10**6})
    assert data == sheet(staff, BILLS)
    kept, rows = order(office, key), len(rows_of(data)) - 1
    assert kept["sha256"] == hashlib.sha256(data).hexdigest() and kept["written"] == kept["expected"] == rows
    assert outcomes(office, since)[:2] == [("ready", rows), ("complete", rows)]


def test_a_spreadsheet_is_written_whole(office, staff):
    key = asked(office, staff, "/recibos/exportar/xlsx/?tariff_class=commercial")
    work(office)
    with download(staff, key) as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        assert hashlib.sha256(answer.data).hexdigest() == order(office, key)["sha256"]
    assert book.active.max_row - 1 == order(office, key)["written"] == office.scalar(
        "SELECT count(*) FROM commercial.bills WHERE tariff_class = 'commercial'")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_only_python_says_is_written_too(office, kind):
    auditor = office.client("auditor")
    key = asked(office, auditor, f"/negados/exportar/{kind}/") if office.scalar(
        "SELECT count(*) FROM console.refusals") > 10 else refused(office, auditor, kind)
    work(office)
    assert order(office, key)["state"] == "ready" and order(office, key)["written"] > 10


def refused(office, auditor, kind):
    for _ in range(12):
        auditor.get("/recibos/nuevo/")
    return asked(office, auditor, f"/negados/exportar/{kind}/")


def test_the_log_says_who_ordered_what_and_each_time_that_it_left(office, staff):
    since = office.scalar(LAST)
    key = asked(office, staff, "/cuentas/exportar/csv/?tariff_class=domestic&q=a")
    work(office)
    for _ in range(2):
        download(staff, key).close()
    entries = office.scalar(LOG, "", since)
    rows = order(office, key)["written"]
    assert [(e["outcome"], e["rows"]) for e in entries] == [
        ("ordered", 0), ("ready", rows), ("complete", rows), ("complete", rows)]
    assert {(e["person_id"], e["role"], e["table_name"]) for e in entries} == {
        (office.actor("staff").id, "staff", "accounts")}
    assert all("tariff_class=domestic" in e["filters"] for e in entries)
    read = office.scalar("SELECT to_jsonb(r) FROM console.read_entries r ORDER BY id DESC LIMIT 1")
    assert read["table_name"] == "accounts" and read["rows"] == rows and "q=***" in read["filters"]


def test_the_columns_are_those_of_when_it_was_ordered_and_of_the_office_that_ordered(office, staff):
    """An auditor's file has initials where a clerk's has the name, written by the same worker."""
    auditor = office.client("auditor")
    keys = {client: asked(office, client, "/cuentas/exportar/csv/") for client in (staff, auditor)}
    work(office)
    (clerks, theirs) = (rows_of(received(client, key)) for client, key in keys.items())
    assert "Titular" in clerks[0] and "Titular" not in theirs[0] and "Titular (iniciales)" in theirs[0]
    names = {row[clerks[0].index("Titular")] for row in clerks[1:]}
    assert len(clerks) == len(theirs) > 11 and not names & {cell for row in theirs for cell in row}


def test_an_auditor_cannot_order_what_the_office_does_not_read(office):
    auditor = office.client("auditor")
    key = asked(office, auditor, "/cuentas/exportar/csv/?columnas=number,holder_name,street")
    work(office)
    (head, *_) = rows_of(received(auditor, key))
    assert head == ["Cuenta"]


# ---- nobody else's

def test_nobody_else_sees_it_nor_takes_it(office, staff):
    key = asked(office, staff)
    work(office)
    for role, which in (("staff", 1), ("unit_head", 0), ("auditor", 0), ("administrator", 0)):
        client = office.client(role, which)
        for path in ("", "descargar/", "avance/", "historia/", "acto/stop_export/"):
            assert client.get(f"/mis-exportaciones/{key}/{path}").status_code == 404, (role, path)
        assert f"/mis-exportaciones/{key}/" not in client.get("/mis-exportaciones/").text
    assert office.stranger().get(f"/mis-exportaciones/{key}/descargar/").status_code == 302
    assert office.client("works_director").get("/mis-exportaciones/").status_code == 403
    assert f"/mis-exportaciones/{key}/" in staff.get("/mis-exportaciones/").text


def test_whoever_exports_some_list_orders_one_and_nobody_else():
    assert frozenset().union(*(rule.export for rule in RULES.values())) == EXPORTERS


# ---- ended

def test_after_a_day_its_link_says_so_and_the_file_is_gone(office, staff):
    key, since = asked(office, staff), office.scalar(LAST)
    work(office)
    path = ordered_path(office, key)
    assert path.exists()
    aged(office, key, "expires_at = now() - interval '1 second'")
    for told in range(2):       # before and after the worker looks
        answer = download(staff, key)
        assert answer.status_code == 410 and "El archivo ya venció: se guarda 24 horas" in answer.text
        assert "ya venció" in staff.get(f"/mis-exportaciones/{key}/").text
        with office.app.app_context():
            worker.tidy()
        assert not path.exists() and order(office, key)["state"] == "expired", told
    assert [outcome for outcome, _ in outcomes(office, since)] == ["ready", "expired"]


def ordered_path(office, key, ending=".csv.gz"):
    with office.app.app_context():
        return path_of(key, ending)


def aged(office, key, change):
    """As if time had passed: past the trigger that keeps what was said."""
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("ALTER TABLE console.export_orders DISABLE TRIGGER d_declared")
        owner.execute(f"UPDATE console.export_orders SET {change} WHERE id = %s", (key,))
        owner.execute("ALTER TABLE console.export_orders ENABLE TRIGGER d_declared")


def test_its_person_cancels_it_before_or_while_it_is_written(office, staff, monkeypatch):
    before, during = asked(office, staff), asked(office, staff)
    office.perform("staff", stop_export, before, model=ExportOrder)
    passing = ordered.progress_follower

    def cancelled(advance):
        office_cancels(office, during)
        return passing(advance)
    monkeypatch.setattr(ordered, "progress_follower", cancelled)
    work(office)
    for key in (before, during):
        kept = order(office, key)
        assert kept["state"] == "failed" and kept["trouble"].endswith("la canceló."), kept
        assert not ordered_path(office, key).exists() and not ordered_path(office, key, ".part").exists()
        assert "la canceló" in staff.get(f"/mis-exportaciones/{key}/").text
        assert download(staff, key).status_code == 409


def office_cancels(office, key):
    with psycopg.connect(office.dsn()) as owner:    # another program, meanwhile
        owner.execute("UPDATE console.export_orders SET state = 'failed', trouble = 'Ana la canceló.' WHERE id = %s", (key,))


def test_one_whose_person_lost_the_office_ends_with_its_reason(office):
    client, person, since = office.client("staff", 1), office.actor("staff", 1).id, office.scalar(LAST)
    key = asked(office, client)
    ends = "UPDATE console.appointments SET valid_to = {} WHERE person_id = %s AND role = 'staff'"
    with psycopg.connect(office.dsn()) as raw:
        raw.execute(ends.format("valid_from"), (person,))
    work(office)
    kept = order(office, key)
    assert (kept["state"], kept["trouble"]) == ("failed", worker.LOST_OFFICE)
    assert outcomes(office, since) == [("ordered", 0), ("failed", 0)]
    with psycopg.connect(office.dsn()) as raw:
        raw.execute(ends.format("NULL"), (person,))
    assert worker.LOST_OFFICE in office.client("staff", 1).get(f"/mis-exportaciones/{key}/").text


def test_a_query_that_fails_ends_it_with_a_sentence_and_no_file(office, staff, monkeypatch):
    since, key = office.scalar(LAST), asked(office, staff)
    monkeypatch.setattr(copying, "LONGEST", "1ms")
    work(office)
    kept = order(office, key)
    assert kept["state"] == "failed" and re.search(r"Algo falló; avise a Informática con el folio [0-9A-F]{6}\.|tardó", kept["trouble"])
    assert outcomes(office, since) == [("ordered", 0), ("failed", kept["written"])]
    assert not ordered_path(office, key, ".part").exists() and "No se terminó" in staff.get(f"/mis-exportaciones/{key}/").text


@pytest.mark.parametrize(("screen", "query"), [("accounts", "orden=%00&columnas=\x07,,;&=&2:=3"), ("nothing", ""), ("accounts", "%")])
def test_an_order_that_makes_no_sense_is_written_or_refused_and_never_stops_the_worker(office, staff, screen, query):
    key = asked(office, staff)
    aged(office, key, f"screen = '{screen}', query = $${query}$$".replace("%", "%%"))
    work(office)
    kept = order(office, key)
    assert kept["state"] == ("ready" if screen == "accounts" else "failed"), kept
    assert kept["state"] == "ready" or kept["trouble"] == GONE


def test_one_that_another_program_ordered_of_a_list_that_the_office_does_not_export_is_not_written(office, staff):
    key = asked(office, staff)
    aged(office, key, "screen = 'people', query = ''")      # staff see people, and take no list of them away
    work(office)
    assert (order(office, key)["state"], order(office, key)["trouble"]) == ("failed", GONE)


def test_nothing_of_a_longer_half_written_file_is_left_in_the_whole_one(office, staff):
    key = asked(office, staff)
    ordered_path(office, key, ".part").write_bytes(b"x" * 10**6)
    work(office)
    assert ordered_path(office, key).stat().st_size == order(office, key)["size"] < 10**6
    assert len(rows_of(received(staff, key))) - 1 == order(office, key)["written"]


def test_a_disk_without_room_is_told(office, staff, monkeypatch):
    key = asked(office, staff)

    def full(*_):
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(ordered, "write", full)
    work(office)
    assert order(office, key)["trouble"] == ordered.NO_ROOM and not ordered_path(office, key, ".part").exists()


def test_a_file_that_is_no_longer_there_is_told(office, staff):
    key = asked(office, staff)
    work(office)
    ordered_path(office, key).unlink()
    answer = download(staff, key)
    assert answer.status_code == 409 and UNKEPT in answer.text


def test_a_person_has_a_few_at_once(office):
    client = office.client("unit_head")
    for _ in range(3):
        asked(office, client)
    answer = client.post(BILLS, data={"csrf_token": fresh_token(office, client)})
    assert answer.status_code == 409 and "Ya tiene tres exportaciones en preparación" in answer.text
    work(office)
    asked(office, client)
    work(office)


def test_a_spreadsheet_of_too_many_rows_is_refused_before_it_is_ordered(office, staff, monkeypatch):
    monkeypatch.setattr(exports, "SHEET_ROWS", 100)
    monkeypatch.setattr(ordered, "SHEET_ROWS", 100)
    for answer in (staff.get("/recibos/exportar/xlsx/"), staff.post(
            "/recibos/exportar/xlsx/", data={"csrf_token": fresh_token(office, staff)})):
        assert answer.status_code == 409 and "expórtela en CSV" in answer.text


def test_one_that_grew_too_long_for_a_sheet_ends_with_its_reason(office, staff, monkeypatch):
    key = asked(office, staff, "/recibos/exportar/xlsx/")
    monkeypatch.setattr(ordered, "SHEET_ROWS", 100)
    work(office)
    assert order(office, key)["trouble"] == listed.TOO_LONG


def test_a_short_list_leaves_at_once_as_ever(office, staff, monkeypatch):
    monkeypatch.setattr(exports, "LONG", {"csv": 10**6, "xlsx": 10**6})
    with staff.get("/recibos/exportar/csv/") as answer:
        assert answer.mimetype == "text/csv"


def test_who_does_not_export_the_list_orders_nothing(office):
    client = office.client("staff")
    before = office.scalar("SELECT count(*) FROM console.export_orders")
    assert client.post("/personas/exportar/csv/", data={"csrf_token": fresh_token(office, client)}).status_code == 403
    assert client.post("/personas/exportar/csv/").status_code == 400
    assert office.scalar("SELECT count(*) FROM console.export_orders") == before


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_many_times_the_memory_is_written_in_flat_memory(office, kind, tmp_path):
    """Sixty thousand rows, thirty megabytes of words, through the very code of the worker."""
    words = literal_column("'<c t=\"inlineStr\"><is><t>' || repeat('a', 500) || '</t></is></c>'")
    cells = select(words).select_from(func.generate_series(1, 60_000).alias("n"))
    rows_of = SimpleNamespace(kind=kind, cells=cells, labels=["Palabras"], view=SimpleNamespace(name="Palabras"))
    with office.speaks("staff", read_only=True), (tmp_path / "file").open("w+b") as file:
        listed.write(SimpleNamespace(**vars(rows_of) | {"cells": cells.limit(10)}), io.BytesIO())   # what loads once
        tracemalloc.start()
        assert listed.write(rows_of, file, ordered.progress_follower(lambda said: None)) == 60_000
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 3_000_000
