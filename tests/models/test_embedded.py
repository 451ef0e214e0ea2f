"""The embedded PostgreSQL survives what happens to servers: kills, stale files, closed homes."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from deploy.postgres import binaries as embedded_binaries
from deploy.postgres.embedded import Embedded, EmbeddedError

ROOT = Path(__file__).resolve().parents[2]
QUICK = {"fsync": "off", "shared_buffers": "16MB"}


@pytest.fixture
def ground():
    """A folder that every account may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="consola-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def cluster(ground):
    made = Embedded(ground / "pg", QUICK, system=ground / "system").start()
    yield made
    made.stop()


def ask(url, question):
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        answer = connection.exec_driver_sql(question)
        rows = [tuple(row) for row in answer] if answer.returns_rows else []
    engine.dispose()
    return rows


def kill_and_wait(pid):
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}/exe").exists():  # a zombie nobody reaps has no exe any more
        time.sleep(0.01)


def start_elsewhere(folder, system):
    program = (f"from pathlib import Path; from deploy.postgres.embedded import Embedded; print(Embedded("
               f"Path({str(folder)!r}), {QUICK!r}, Path({str(system)!r})).start().postmaster())")
    return subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_new_cluster_speaks_utf8_and_knows_spanish_letters(cluster):
    url = cluster.ensure_owner()
    assert ask(url, "SHOW server_encoding") == [("UTF8",)]
    assert ask(url, "SELECT lower('NÚÑEZ'), upper('ñandú')") == [("núñez", "ÑANDÚ")]
    assert ask(url, "SHOW listen_addresses") == [("",)]


def test_the_owner_makes_roles_and_tables_and_is_no_superuser(cluster):
    url = cluster.ensure_owner()
    assert ask(url, "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
               ) == [(False, False)]
    for step in ("CREATE ROLE console_staff NOLOGIN",
                 "CREATE ROLE console_login_staff LOGIN NOINHERIT",
                 "GRANT console_staff TO console_login_staff",
                 "CREATE TABLE bill (id int)", "GRANT SELECT ON bill TO console_staff"):
        ask(url, step)
    assert ask(url, "SELECT pg_has_role('console_login_staff', 'console_staff', 'MEMBER')"
               ) == [(True,)]
    assert cluster.ensure_owner() == url


def test_nobody_enters_without_a_password_and_secrets_are_private(cluster):
    cluster.ensure_owner()
    for user in ("postgres", "console_owner"):
        with pytest.raises(Exception, match="password authentication failed"):
            ask(cluster.url(user, "adivinada", "consola"), "SELECT 1")
    for secret in cluster.place.home.glob("*.password"):
        assert secret.stat().st_mode & 0o777 == 0o600
    assert cluster.place.socket.stat().st_mode & 0o777 == 0o700


def test_a_second_start_adopts_the_running_server(cluster):
    again = Embedded(cluster.folder, QUICK, cluster.system).start()
    assert again.postmaster() == cluster.postmaster() is not None


def test_a_killed_postmaster_is_recovered_with_every_committed_row(cluster):
    url = cluster.ensure_owner()
    ask(url, "CREATE TABLE kept AS SELECT generate_series(1, 20000) AS n")
    os.kill(killed := cluster.postmaster(), signal.SIGKILL)
    cluster.start()
    assert cluster.postmaster() != killed
    assert ask(url, "SELECT count(*), sum(n) FROM kept") == [(20000, 200010000)]


def test_orphans_of_a_killed_postmaster_do_not_stop_the_next_start(cluster):
    busy = create_engine(cluster.ensure_owner()).raw_connection()
    pid = busy.driver_connection.info.backend_pid
    busy.cursor().execute("BEGIN; SELECT 1")
    os.kill(pid, signal.SIGSTOP)  # a backend that cannot notice that its postmaster died
    try:
        kill_and_wait(cluster.postmaster())
        cluster.start()
    finally:
        if Path(f"/proc/{pid}").exists():
            os.kill(pid, signal.SIGCONT)
    assert cluster.answers()


def test_a_stale_pid_file_naming_a_living_stranger_is_no_obstacle(cluster):
    account = cluster.place.account
    files = [cluster.place.data / "postmaster.pid", cluster.place.socket / ".s.PGSQL.5432.lock"]
    written = [file.read_text().split("\n", 1)[1] for file in files]
    cluster.stop()
    # The stranger is of the same account: PostgreSQL alone would take it for the server.
    switch = {"user": account.uid, "group": account.gid} if os.geteuid() == 0 else {}
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", **switch)
    try:
        for stale, rest in zip(files, written, strict=True):
            stale.write_text(f"{stranger.pid}\n{rest}")
            account.own(stale, 0o600)
        assert cluster.postmaster() is None
        cluster.stop()
        assert stranger.poll() is None, "stop must not signal a stranger"
        assert cluster.start().answers()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_two_starts_at_once_end_with_one_server(ground):
    folder, system = ground / "pg", ground / "system"
    both = [start_elsewhere(folder, system) for _ in range(2)]
    said = [process.communicate(timeout=60) for process in both]
    try:
        assert [error for _, error in said] == ["", ""]
        assert said[0] == said[1] and int(said[0][0]) > 0
    finally:
        Embedded(folder, QUICK, system).stop()


def test_an_initdb_cut_short_is_begun_again(ground):
    half = ground / "pg" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    cluster = Embedded(ground / "pg", QUICK, ground / "system").start()
    assert cluster.answers()
    cluster.stop()


def test_files_that_are_no_cluster_are_never_removed(ground):
    data = ground / "pg" / "data"
    data.mkdir(parents=True)
    (data / "base").write_text("algo")
    with pytest.raises(EmbeddedError, match="no se tocan"):
        Embedded(ground / "pg", QUICK, ground / "system").start()
    assert (data / "base").read_text() == "algo"


def test_a_long_accented_path_still_has_a_socket(ground):
    folder = ground / "Atención Social, San Luis Potosí" / ("x" * 60)
    cluster = Embedded(folder, QUICK, ground / "system").start()
    try:
        assert ask(cluster.ensure_owner(), "SELECT 1") == [(1,)]
        assert not cluster.place.socket.is_relative_to(folder)
    finally:
        cluster.stop()
        shutil.rmtree(cluster.place.socket)


def test_a_private_home_stays_private_and_root_keeps_all_where_its_account_reaches(
        ground, monkeypatch):
    home = ground / "home"
    home.mkdir(mode=0o700)
    wheel = list(bring_the_wheel(home / "venv"))
    monkeypatch.setattr(embedded_binaries, "_wheel_folders", lambda: iter(wheel))
    cluster = Embedded(home / "clone" / "instance" / "pg", QUICK, ground / "system").start()
    root = os.geteuid() == 0
    try:
        assert ask(cluster.ensure_owner(), "SELECT 1") == [(1,)]
        assert home.stat().st_mode & 0o777 == 0o700
        running = Path(os.readlink(f"/proc/{cluster.postmaster()}/exe"))
        for found in (cluster.place.home, running):
            assert not (root and found.is_relative_to(home))
        assert root or cluster.place.home.is_relative_to(home)
    finally:
        cluster.stop()


def bring_the_wheel(environment):
    """The wheel's programs, if there is a wheel, laid out as in a virtual environment."""
    install = embedded_binaries.choose(None).folder.parent
    if install.parent.name == embedded_binaries.WHEEL:
        package = environment / install.parent.name
        libraries = install.parent.name + ".libs"
        shutil.copytree(install, package / install.name, symlinks=True)
        shutil.copytree(install.parents[1] / libraries, environment / libraries)
        yield package / install.name / "bin"


def test_data_that_cannot_be_reached_are_never_replaced_by_an_empty_base(ground):
    home = ground / "home"
    home.mkdir(mode=0o755)
    Embedded(home / "pg", QUICK, ground / "system").start().stop()
    home.chmod(0o700 if os.geteuid() == 0 else 0o000)
    try:
        with pytest.raises(EmbeddedError, match="ya no puede entrar|Sin permiso"):
            Embedded(home / "pg", QUICK, ground / "system").start()
    finally:
        home.chmod(0o755)
    assert not (ground / "system").exists()


def test_without_the_wheel_an_installed_postgresql_serves_or_the_message_says_what_to_do(
        ground, monkeypatch):
    monkeypatch.setattr(embedded_binaries, "_wheel_folders", lambda: iter(()))
    cluster = Embedded(ground / "pg", QUICK, ground / "system")
    if not any(embedded_binaries._installed_folders()):
        with pytest.raises(EmbeddedError, match="apt install postgresql"):
            cluster.start()
        return
    try:
        url = cluster.start().ensure_owner()
        assert int(ask(url, "SHOW server_version_num")[0][0]) >= 150000
        assert ask(url, "SELECT lower('NÚÑEZ')") == [("núñez",)]
    finally:
        cluster.stop()


def test_with_no_postgresql_at_all_the_message_says_what_to_do(ground, monkeypatch):
    monkeypatch.setattr(embedded_binaries, "_wheel_folders", lambda: iter(()))
    monkeypatch.setattr(embedded_binaries, "_installed_folders", lambda: iter(()))
    with pytest.raises(EmbeddedError, match="apt install postgresql.*DATABASE_URL"):
        Embedded(ground / "pg", QUICK, ground / "system").start()


def test_data_of_another_version_are_refused_in_words(ground):
    cluster = Embedded(ground / "pg", QUICK, ground / "system").start()
    cluster.stop()
    (cluster.place.data / "PG_VERSION").write_text("11\n")
    with pytest.raises(EmbeddedError, match="Los datos son de PostgreSQL 11"):
        Embedded(ground / "pg", QUICK, ground / "system").start()
