"""`make run` keeps the console up whatever is killed, and leaves nothing behind when it ends."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from deploy import run
from deploy.address import comes_free, healthy
from deploy.postgres.embedded import Embedded

ROOT = Path(__file__).resolve().parents[2]
APP = '''
import os, time, click, psycopg
from flask import Flask

def ask(question):
    url = os.environ["DATABASE_URL"].replace("+psycopg", "")
    if "@" in url:                      # only the preparation is told the owner's password
        open("owner", "w").write(url)
    url = open("owner").read()
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(question)

def create_app():
    app = Flask("stand_in")
    app.add_url_rule("/salud", view_func=lambda: ask("SELECT 1") and "bien")

    @app.cli.command()
    def prepare():
        ask("CREATE TABLE IF NOT EXISTS made (at timestamptz DEFAULT now())")
        ask("INSERT INTO made DEFAULT VALUES")

    @app.cli.group()
    def audit():
        pass

    @audit.command()
    @click.option("--every", type=int)
    def seal(every):
        print("sellador", os.getpid(), flush=True)
        time.sleep(1000)

    @app.cli.command()
    def work():
        time.sleep(1000)
    return app
'''


def said_by(pid):
    """A process's command, or nothing once it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except FileNotFoundError:
        return ""


class Running:
    """A supervisor over a stand-in for the console, with what it printed."""

    def __init__(self, folder, port, grace=20):
        self.folder, self.port, self.grace = folder, port, grace
        self.embedded = Embedded(folder / "instance" / "postgres")
        self.said = folder / "said.txt"
        self.begin()

    def begin(self):
        program = ("import sys; from pathlib import Path; from deploy import run; "
                   f"run.GRACE = {self.grace}; sys.exit(run.main(Path({str(self.folder)!r})))")
        env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        with self.said.open("w") as output:
            self.process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT,
                                            env=env | {"PORT": str(self.port)},
                                            stdout=output, stderr=output)

    def ready(self):
        until(lambda: "Consola lista en http://127.0.0.1" in self.said.read_text(), self)
        return self

    def children(self, word):
        """The numbers of the supervisor's own children whose command says this word."""
        own = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in own.split() if word in said_by(pid)]

    def end(self):
        self.process.terminate()
        return self.process.wait(40)


def until(happens, running=None, patience=30):
    deadline = time.monotonic() + patience
    while not happens():
        assert time.monotonic() < deadline, running and running.said.read_text()
        time.sleep(0.05)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def folder():
    made = Path(tempfile.mkdtemp(prefix="consola-"))
    made.chmod(0o755)
    (made / "app.py").write_text(APP)
    (made / "deploy").mkdir()
    (made / "deploy" / "demo.py").write_text("print('oficina de demostración')")
    shutil.copy(ROOT / "deploy" / "worker.py", made / "deploy")  # the web server is told to use this one
    yield made
    shutil.rmtree(made)


@pytest.fixture
def running(folder):
    started = Running(folder, free_port())
    try:
        yield started.ready()
    finally:
        if started.process.poll() is None:
            started.end()
        started.embedded.stop()


def test_asked_to_end_it_ends_everything_in_order(running):
    web, = running.children("gunicorn")
    sealer, = running.children("seal")
    worker, = running.children("work\0")
    assert running.end() == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in (web, sealer, worker))
    assert running.embedded.postmaster() is None
    assert comes_free(running.port, 0)


def test_whatever_is_killed_comes_back(running):
    web, = running.children("gunicorn")
    sealer, = running.children("seal")
    worker, = running.children("work\0")
    postmaster = running.embedded.postmaster()
    for pid in (web, sealer, worker, postmaster):
        os.kill(pid, signal.SIGKILL)
    until(lambda: running.embedded.postmaster() not in (None, postmaster), running)
    until(lambda: running.children("gunicorn") not in ([], [web]), running)
    until(lambda: running.children("seal") not in ([], [sealer]), running)
    until(lambda: running.children("work\0") not in ([], [worker]), running)
    until(lambda: healthy(running.port), running)


def test_a_killed_supervisor_is_followed_by_a_clean_start(running):
    postmaster = running.embedded.postmaster()
    running.process.kill()
    running.process.wait()
    running.begin()
    running.ready()
    assert running.embedded.postmaster() == postmaster
    assert healthy(running.port)
    for pid in (running.process.pid, *running.children("gunicorn"), postmaster):
        os.kill(pid, signal.SIGKILL)
    running.process.wait()
    running.begin()
    running.ready()
    assert healthy(running.port)


def test_a_second_supervisor_says_that_one_runs_already(running):
    second = Running(running.folder, running.port)
    assert second.process.wait(30) == 1
    assert "ya está en marcha" in second.said.read_text()
    assert healthy(running.port)


def test_a_port_taken_by_another_program_is_said_in_words(folder):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = Running(folder, other.getsockname()[1], grace=1)
        assert refused.process.wait(60) == 1
    assert "lo ocupa otro programa" in refused.said.read_text()


def test_a_preparation_that_fails_ends_the_start_and_the_database(folder):
    (folder / "app.py").write_text("raise RuntimeError('rota')")
    refused = Running(folder, free_port())
    assert refused.process.wait(60) == 1
    assert "La preparación no terminó" in refused.said.read_text()
    assert refused.embedded.postmaster() is None


@pytest.mark.parametrize(("url", "bare"), [
    ("postgresql+psycopg://ada:clave@/consola?host=%2Ftmp%2Fx&port=5432",
     "postgresql+psycopg:///consola?host=%2Ftmp%2Fx&port=5432"),
    ("postgresql+psycopg://ada:clave@base:5433/consola", "postgresql+psycopg://base:5433/consola")])
def test_the_web_server_is_not_told_the_owner_of_the_database(url, bare):
    assert run.without_login(url) == bare
