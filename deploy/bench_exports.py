"""Exports of a whole register, beside a floor of the same rows and columns: PostgreSQL's COPY and nothing else."""

import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from admin_views.core import worker

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
ACCOUNTS, MONTHS = 400_000, 12
FILL_ACCOUNTS = """
    INSERT INTO commercial.accounts (number, holder_name, street, tariff_class, route, status, opened_on,
                                     neighborhood_id, supply_zone_id)
    SELECT (50000000 + n)::text, 'García Hernández María ' || n, 'Calle Insurgentes ' || n %% 900,
           (ARRAY['domestic', 'domestic', 'commercial', 'industrial'])[1 + n %% 4], 'R-' || n %% 300, 'active',
           date '2010-01-01' + n %% 4000, near.id, zone.id
      FROM generate_series(1, %s) AS n
      JOIN (SELECT id, row_number() OVER () - 1 AS place, count(*) OVER () AS many FROM console.neighborhoods) AS near
        ON near.place = n %% near.many
      JOIN (SELECT id, row_number() OVER () - 1 AS place, count(*) OVER () AS many FROM console.supply_zones) AS zone
        ON zone.place = n %% zone.many"""
FILL_BILLS = """
    INSERT INTO commercial.bills (folio, account_id, period_start, period_end, issued_on, due_on, tariff_class, volume,
                                  total, balance)
    SELECT 'RX-' || turn || '-' || a.id, a.id, since, since + 27, since + 28, since + 45, a.tariff_class,
           5 + a.id %% 40, 100 + a.id %% 900 + 0.55, a.id %% 3 * 10
      FROM generate_series(1, %s) AS turn
      CROSS JOIN LATERAL (SELECT (date '2030-01-01' + turn * interval '1 month')::date AS since) AS month
      CROSS JOIN commercial.accounts a WHERE a.number ^@ '5'"""
FLOORS = {
    "/cuentas/": """SELECT a.number, a.holder_name, a.tariff_class, n.name, z.code || ' ' || z.name, a.status
                      FROM commercial.accounts a JOIN console.neighborhoods n ON n.id = a.neighborhood_id
                      JOIN console.supply_zones z ON z.id = a.supply_zone_id ORDER BY a.number""",
    "/recibos/": """SELECT b.folio, a.number, b.period_end, b.tariff_class, b.volume, b.total, b.balance
                      FROM commercial.bills b JOIN commercial.accounts a ON a.id = b.account_id
                     ORDER BY b.period_end DESC, b.id DESC"""}


def fill(dsn: str, accounts: int = ACCOUNTS, months: int = MONTHS) -> None:
    """A register of that size, without its lines: nobody corrects these bills."""
    with psycopg.connect(dsn) as owner:
        owner.execute("SET LOCAL synchronous_commit = off")
        owner.execute(FILL_ACCOUNTS, (accounts,))
        owner.execute(FILL_BILLS, (months,))
    with psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE) commercial.accounts")
        owner.execute("VACUUM (ANALYZE) commercial.bills")


def floor(dsn: str, statement: str) -> tuple[float, int]:
    """(seconds, rows) of those rows by COPY, written to a file."""
    begin = time.perf_counter()
    with psycopg.connect(dsn) as raw, tempfile.TemporaryFile() as file:
        cursor = raw.cursor()
        with cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv)") as copy:
            for row in copy:
                file.write(row)
        return time.perf_counter() - begin, cursor.rowcount


def measure_export(app, client, path: str) -> tuple[float, float, int, float]:
    """(seconds of the worker, of the download, bytes, MB that the process grew at most) of one ordered export."""
    page = client.get(path)
    ordered = client.post(path, data={"csrf_token": TOKEN.search(page.text)[1]})
    assert ordered.status_code == 302, ordered.text
    Path("/proc/self/clear_refs").write_text("5")       # the highest memory is counted from here
    before, begin = memory("VmRSS"), time.perf_counter()
    with app.app_context():
        while worker.take_one():
            pass
    worked, begin, size = time.perf_counter() - begin, time.perf_counter(), 0
    answer = client.get(f"{ordered.location}descargar/", headers={"Accept-Encoding": "gzip"}, buffered=False)
    assert answer.status_code == 200, answer.status_code
    for block in answer.response:
        size += len(block)
    answer.close()
    return worked, time.perf_counter() - begin, size, memory("VmHWM") - before


def memory(what: str) -> float:
    """MB of this process, as Linux counts them."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1024


def exporting(app, client, dsn: str, say: Callable) -> None:
    """The whole register, ordered as a person would: the worker's time beside the floor's."""
    for path, kinds in (("/cuentas/", ("csv", "xlsx")), ("/recibos/", ("csv",))):
        least, rows = floor(dsn, FLOORS[path])
        what = f"{rows:,} {path.strip('/')}"
        say(f"exportar {what}, solo COPY (psycopg)", least, "s")
        for kind in kinds:
            worked, left, size, grown = measure_export(app, client, f"{path}exportar/{kind}/?vista=ninguna")
            say(f"exportar {what} en {kind.upper()}", worked, "s",
                f"{worked / least:,.1f}× solo COPY, más {left:,.2f} s de descarga; {size / 1e6:,.1f} MB, "
                f"memoria +{grown:,.0f} MB; meta: 3× y 200 MB")
