"""`make bench-data`: a year of a whole city, in a database of its own, for `make bench SIZE=full`.

SEED, ACCOUNTS and BENCH (the folder) may be said in the environment; DATABASE_URL names another, empty database.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import psycopg

from app import create_app
from deploy.bench_past import EVERY, PAST
from deploy.bench_rows import TOGETHER, City, Year
from deploy.demo.ground import places
from deploy.demo.load import load as load_demonstration
from deploy.demo.owner import owner_session
from deploy.demo.plots import LAST_KNOWN
from deploy.postgres.embedded import Embedded

FOLDER = Path(__file__).resolve().parents[1] / "instance" / "bench"
ACCOUNTS = 400_000
TABLES = ("accounts", "meters", "readings", "bills", "bill_lines")
SETTINGS = {"shared_buffers": "1GB", "effective_cache_size": "4GB", "maintenance_work_mem": "768MB",
            "max_wal_size": "8GB", "wal_level": "minimal", "max_wal_senders": "0"}
LOADING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
# What makes a load slow and can be made again after it; primary keys stay, other tables name them.
CONSTRAINTS = """
SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
 WHERE conrelid = ANY (%s::regclass[]) AND contype IN ('f', 'u') ORDER BY contype DESC"""
INDEXES = """
SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index
 WHERE indrelid = ANY (%s::regclass[]) AND NOT indisprimary"""


@contextmanager
def city(**settings) -> Iterator[tuple]:
    """(app, address for psycopg) of the database of the benches, with this version's schema."""
    folder, url = Path(os.environ.get("BENCH", FOLDER)), os.environ.get("DATABASE_URL")
    cluster = None if url else Embedded(folder / "postgres", SETTINGS | settings, system=folder / "system")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        url = url or cluster.start().ensure_owner()
        app = create_app(DATABASE_URL=url, INSTANCE=str(folder / "instance"), DEMO=True)
        app.test_cli_runner().invoke(args=["prepare"], catch_exceptions=False)
        yield app, app.config["DATABASE_URL"].replace("+psycopg", "")
    finally:
        if cluster:
            cluster.stop()


@contextmanager
def without_indexes(raw: psycopg.Connection) -> Iterator[None]:
    """The five big tables without triggers, foreign keys and indexes; all of it is made again."""
    tables = [f"commercial.{table}" for table in TABLES]
    kept = raw.execute(CONSTRAINTS, (tables,)).fetchall()
    for table, name, _ in kept:
        raw.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    indexes = raw.execute(INDEXES, (tables,)).fetchall()
    for name, _ in indexes:
        raw.execute(f"DROP INDEX {name}")
    with without_triggers(raw, tables):
        yield
    for _, definition in indexes:
        raw.execute(definition)
    for table, name, definition in kept:
        raw.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


@contextmanager
def without_triggers(raw: psycopg.Connection, tables, audited: bool = False) -> Iterator[None]:
    """The tables without their guards; `audited` leaves the trail's."""
    for table in tables:
        raw.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        if audited:
            raw.execute(f"ALTER TABLE {table} ENABLE TRIGGER y_audit")
    yield
    for table in tables:
        raw.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def copied(raw: psycopg.Connection, table: str, columns, rows) -> None:
    """COPY lines into a table of the commercial system, and set its sequence after the last key."""
    name, rows = f"commercial.{table}", iter(rows)
    with raw.cursor().copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
        while some := "".join(islice(rows, TOGETHER)):
            copy.write(some)
    raw.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")


def fill(raw: psycopg.Connection, seed: int, accounts: int, colonias) -> None:
    """Copy the accounts, meters, readings and bills of a city."""
    keys = {table: raw.execute(f"SELECT coalesce(max(id), 0) FROM commercial.{table}").fetchone()[0]
            for table in TABLES}
    with without_indexes(raw):
        for table, columns, rows in Year(City(seed, LAST_KNOWN + 1, accounts, colonias), keys).tables():
            copied(raw, table, columns, rows)
        report_time("filas copiadas")
    report_time("índices y llaves")


def write_past_corrections(raw: psycopg.Connection) -> None:
    """Corrections of the past, with their notes, letters and records, and the trail of all of it."""
    with without_triggers(raw, PAST, audited=True):
        for statement in PAST.values():
            raw.execute(statement, {"every": EVERY})
    report_time("correcciones del pasado y su bitácora")


def report_time(what: str, begun: float = time.perf_counter()) -> None:
    """Print how long something took, in seconds since `begun`."""
    print(f"{what:<58} {time.perf_counter() - begun:>10.1f} s", flush=True)


def main() -> int:
    """Load the city once; a message where the database is not empty."""
    seed, accounts = int(os.environ.get("SEED", "1")), int(os.environ.get("ACCOUNTS", ACCOUNTS))
    with city(**LOADING) as (app, dsn):
        if not load_demonstration(app, accounts=LAST_KNOWN):
            print("La base de las mediciones ya tiene datos: borre su carpeta para hacerla de nuevo.")
            return 1
        report_time("oficina de demostración")
        with owner_session(app) as session:
            colonias = places(session)
        with psycopg.connect(dsn) as raw:
            raw.execute("SET idle_in_transaction_session_timeout = 0")
            fill(raw, seed, accounts, colonias)
            write_past_corrections(raw)
        with psycopg.connect(dsn, autocommit=True) as raw:
            raw.execute("VACUUM (ANALYZE)")
            report_time("VACUUM (ANALYZE)")
            for table in TABLES:
                (rows,) = raw.execute(f"SELECT count(*) FROM commercial.{table}").fetchone()
                print(f"  {table}: {rows:,}")
            (size,) = raw.execute("SELECT pg_size_pretty(pg_database_size(current_database()))").fetchone()
            print(f"  {size}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
