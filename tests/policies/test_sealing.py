"""Sealing: nobody stops it unseen, nothing waits in silence, and what is kept outside tells what was cut."""

import random
import threading
import time
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from admin_views.core.schema import know_migrations
from admin_views.trail import seals
from tests import psql
from tests.policies.test_seals import faults, seal, settle, verify
from tests.served import until


def sealed_by_the_command(office):
    said = office.app.test_cli_runner().invoke(args=["audit", "seal"])
    assert said.exit_code == 0, said.output
    return said


def cut(raw, number):
    for statement in ("DELETE FROM audit.log WHERE seq IN (SELECT seq FROM audit.sealed WHERE number >= %s)",
                      "DELETE FROM audit.sealed WHERE number >= %s", "DELETE FROM audit.seal WHERE number >= %s"):
        raw.execute(statement, (number,))


@pytest.fixture
def kept(office):
    """A trail whose last seal is in the file outside; (number, hash) of it."""
    psql.new_draft(office)
    settle(office)
    sealed_by_the_command(office)
    with office.program() as raw:
        return raw.execute("SELECT number, encode(hash, 'hex') FROM audit.seal ORDER BY number DESC LIMIT 1").fetchone()


def test_each_seal_is_one_line_outside_the_database_and_none_is_left_out(office, kept):
    path = Path(office.app.config["SEAL_HEADS"])
    for _ in range(2):      # the second is kept by the next run, as after a crash
        psql.new_draft(office)
        settle(office)
    sealed_by_the_command(office)
    lines = [line.split() for line in path.read_text().splitlines()]
    with office.program() as raw:
        chain = dict(raw.execute("SELECT number::text, encode(hash, 'hex') FROM audit.seal").fetchall())
    numbers = [int(number) for number, _, _ in lines]
    assert numbers == list(range(numbers[0], max(map(int, chain)) + 1))
    assert all(chain[number] == digest for number, digest, _ in lines)


def test_a_line_cut_by_a_full_disk_is_written_again(office, kept):
    path = Path(office.app.config["SEAL_HEADS"])
    path.write_text(path.read_text() + "99 abcdef")
    psql.new_draft(office)
    number = settle(office)
    sealed_by_the_command(office)
    assert path.read_text().splitlines()[-1].startswith(f"{number} ")
    assert verify(office).exit_code == 0


def test_a_file_that_cannot_be_written_is_told_and_the_seal_stands(office, kept, monkeypatch, tmp_path):
    psql.new_draft(office)
    settle(office)
    monkeypatch.setitem(office.app.config, "SEAL_HEADS", str(tmp_path))     # a folder is no file
    said = office.app.test_cli_runner().invoke(args=["audit", "seal"])
    assert said.exit_code == 0 and f"No se pudo escribir {tmp_path}" in said.stderr
    assert faults(office) == []


@pytest.mark.parametrize("again", [False, True], ids=["cut", "cut and sealed again"])
def test_the_last_seal_cut_with_its_rows_is_found_by_the_file_outside(cluster, office, kept, again):
    number, digest = kept
    with psql.superuser(cluster, office) as raw:
        for table in ("log", "sealed", "seal"):
            raw.execute(f"CREATE TABLE spare_{table} AS TABLE audit.{table}")
        cut(raw, number)
    try:
        assert faults(office) == []          # the chain alone cannot tell
        if again:
            psql.new_draft(office)
            settle(office)
            assert "ya no tiene el último sello" in sealed_by_the_command(office).stderr
            psql.new_draft(office)
            settle(office)
            sealed_by_the_command(office)
        said = verify(office)
        assert said.exit_code == 1 and f"se guardó fuera de la base: asiento —, sello {number}" in said.output
        page = office.client("auditor")
        assert "se guardó fuera" in office.post(page, "/bitacora/verificar/").text
    finally:
        with psql.superuser(cluster, office) as raw:
            for table in ("sealed", "seal", "log"):
                raw.execute(f"DELETE FROM audit.{table}")
            for table in ("log", "seal", "sealed"):
                raw.execute(f"INSERT INTO audit.{table} TABLE spare_{table}")
                raw.execute(f"DROP TABLE spare_{table}")
    assert verify(office).exit_code == 0


def test_the_chain_written_whole_again_is_found_by_a_seal_kept_elsewhere(cluster, office, kept):
    number, digest = kept
    runner = office.app.test_cli_runner()
    assert runner.invoke(args=["audit", "verify", "--since", f"{number}:{digest}"]).exit_code == 0
    other = runner.invoke(args=["audit", "verify", "--since", f"{number}:{'0' * 64}"])
    assert other.exit_code == 1 and f"sello {number}" in other.output
    assert "NÚMERO:HUELLA" in runner.invoke(args=["audit", "verify", "--since", "12"]).output


LOCKS = ("SELECT pg_advisory_lock(7020001)", "SELECT pg_advisory_lock(7020002)", "SELECT pg_advisory_lock(58011)")


def test_no_login_can_stop_the_sealer(office):
    """Neither by the numbers of locks nor by any lock of the tables that its office can take."""
    psql.new_draft(office)
    with psycopg.connect(office.dsn("staff")) as staff, psycopg.connect(office.dsn("auditor")) as auditor:
        for statement in LOCKS:
            staff.execute(statement)
        auditor.execute("SELECT set_config('role', 'console_auditor', true)")
        auditor.execute("SELECT * FROM audit.seal, audit.sealed LIMIT 1")
        for mode in ("ROW SHARE", "ROW EXCLUSIVE", "SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), auditor.transaction():
                auditor.execute(f"LOCK TABLE audit.seal IN {mode} MODE")
        with psycopg.connect(office.dsn("sealer")) as sealer:
            sealer.execute("SET lock_timeout = '300ms'")
            assert sealer.execute("SELECT number FROM audit.seal_now()").fetchone()


def test_no_login_can_stop_a_migration(office):
    with psycopg.connect(office.dsn("staff")) as staff:
        for statement in LOCKS:
            staff.execute(statement)
        know_migrations(office.app)
        assert office.app.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 0


def test_an_open_transaction_that_holds_the_seals_is_named(office, monkeypatch):
    """By its process, program and login: to the auditor, at the terminal, and that there is one at /salud."""
    key = psql.new_draft(office)
    settle(office)
    assert office.scalar("SELECT count(*) FROM audit.waiting()") == 0
    with psycopg.connect(office.dsn("staff"), application_name="hoja") as slow:
        office.speak(slow, "staff", office.actor("staff").id)
        slow.execute("UPDATE console.corrections SET reason = 'lenta' WHERE id = %s", (key,))
        psql.new_draft(office)
        assert office.stranger().get("/salud").text == "bien"    # nothing is late yet
        monkeypatch.setattr(seals, "LATE", timedelta(0))
        told = f"el proceso {slow.info.backend_pid} de PostgreSQL (hoja, console_tier_staff) no termina"
        # An older transaction in another database of the same server is named first, until it ends.
        assert until(lambda: told in verify(office).output)
        assert told in sealed_by_the_command(office).stderr
        assert told in office.client("auditor").get("/").text
        assert "la bitácora no se sella" in office.stranger().get("/salud").text
        slow.rollback()
    settle(office)
    psql.new_draft(office)
    # Another database of the same server may hold entries back for a moment.
    assert until(lambda: "el sellador no trabaja" in verify(office).output)
    settle(office)
    assert office.stranger().get("/salud").text == "bien" and verify(office).exit_code == 0


def test_numbers_that_no_row_holds_are_counted(office):
    settle(office)
    before = office.scalar("SELECT audit.empty_numbers()")
    key = psql.new_draft(office)
    with psycopg.connect(office.dsn("staff")) as raw:
        office.speak(raw, "staff", office.actor("staff").id)
        raw.execute("UPDATE console.corrections SET reason = 'deshecha' WHERE id = %s", (key,))
        raw.rollback()
    psql.new_draft(office)
    assert office.scalar("SELECT audit.empty_numbers()") == before + 1
    assert f"números sin asiento: {before + 1} " in verify(office).output


def test_no_false_alarm_while_many_write_undo_and_seal(office):
    """Four writers with savepoints, rollbacks and pauses, a sealer and a check at work all the time."""
    keys = [psql.new_draft(office) for _ in range(4)]
    stop, wrong, sealed = threading.Event(), [], []

    def write(key):
        luck = random.Random(key)
        with psycopg.connect(office.dsn("staff")) as raw:
            while not stop.is_set():
                office.speak(raw, "staff", office.actor("staff").id)
                for _ in range(luck.randrange(1, 5)):
                    with raw.transaction():
                        raw.execute("UPDATE console.corrections SET reason = %s WHERE id = %s", (str(luck.random()), key))
                        if luck.random() < 0.3:
                            raise psycopg.Rollback
                    time.sleep(luck.random() * 0.01)
                raw.rollback() if luck.random() < 0.3 else raw.commit()

    def repeat(work, found):
        while not stop.is_set():
            found.append(work())

    threads = [threading.Thread(target=write, args=(key,)) for key in keys]
    threads += [threading.Thread(target=repeat, args=(lambda: seal(office), sealed)),
                threading.Thread(target=repeat, args=(lambda: faults(office), wrong))]
    for thread in threads:
        thread.start()
    time.sleep(3)
    stop.set()
    for thread in threads:
        thread.join()
    settle(office)
    assert len({number for number, _ in sealed}) > 5 and len(wrong) > 2
    assert faults(office) == [] and not [found for found in wrong if found]


def test_seals_of_a_version_without_bounds_go_on_verifying(cluster, office):
    """The trail of an instance made before: its seals have the older form, and the next one continues them."""
    psql.new_draft(office)
    settle(office)
    with psql.superuser(cluster, office) as raw:
        raw.execute("UPDATE audit.seal SET horizon = NULL, txid = NULL, numbered = NULL")
        for (number,) in raw.execute("SELECT number FROM audit.seal WHERE number > 0 ORDER BY number").fetchall():
            raw.execute("UPDATE audit.seal s SET previous = p.hash, hash = sha256(p.hash || convert_to("
                        "s.number || ':' || s.rows || ':', 'UTF8') || s.root) FROM audit.seal p"
                        " WHERE s.number = %s AND p.number = s.number - 1", (number,))
    assert faults(office) == []
    psql.new_draft(office)
    settle(office)
    psql.new_draft(office)
    settle(office)
    assert faults(office) == []
