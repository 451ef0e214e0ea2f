"""The console as it is really served: gunicorn in processes of its own, which a test may kill."""

import contextlib
import ctypes
import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import psycopg

from deploy.address import healthy
from deploy.demo.people import DEMO_PASSWORD
from tests.conftest import end

ROOT = Path(__file__).resolve().parents[1]
FORM = re.compile(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


class Served:
    """One gunicorn over the office's database, in its own process group."""

    def __init__(self, office, workers=1):
        self.office, self.workers, self.port = office, workers, free_port()
        self.process = None

    def start(self):
        app = f"app:create_app(INSTANCE='{self.office.app.instance_path}', FILES='{self.office.app.config['FILES']}', DEMO=True)"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", app, "--workers", str(self.workers), "--worker-class", "deploy.worker.SpanishWorker",
             "--threads", "4", "--bind", f"127.0.0.1:{self.port}", "--log-level", "critical", "--no-control-socket"],
            cwd=ROOT, env=os.environ | {"DATABASE_URL": self.office.url}, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_the_tests)
        until(lambda: healthy(self.port), 60)
        return self

    def kill(self):
        """kill -9 of the master and of every worker, in the middle of whatever they do."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_workers(self):
        """kill -9 of the workers alone; the master begins others."""
        for pid in self.worker_pids():
            os.kill(pid, signal.SIGKILL)

    def worker_pids(self):
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return [int(pid) for pid in Path(path).read_text().split()]

    def end(self):
        if self.process and self.process.poll() is None:
            self.kill()

    def gone(self):
        """Ended, and its database processes with it: else nobody may drop the database."""
        self.end()
        until(lambda: len(strangers(self.office)) == 0, 40)


class Browser:
    """A person's browser without the drawing: cookies, forms, and no following of redirects."""

    def __init__(self, served, role, which=0):
        self.root = f"http://127.0.0.1:{served.port}"
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), Stay())
        status, page = self.get("/entrar")
        status, page = self.send("/entrar", hidden(page) | {
            "email": served.office.email(role, which), "password": DEMO_PASSWORD})
        assert status == 302, page

    def get(self, path):
        return self.ask(urllib.request.Request(self.root + path))

    def send(self, path, fields):
        data = urllib.parse.urlencode(fields).encode()
        return self.ask(urllib.request.Request(self.root + path, data, {"Origin": self.root}))

    def press(self, path, **typed):
        """Open the act's page and send it with what it carried."""
        status, page = self.get(path)
        return self.send(path, hidden(page) | typed) if status == 200 else (status, page)

    def ask(self, request):
        """(status, page); (0, "") when the server went away."""
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return 0, ""


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def hidden(page):
    return {name: value for name, value in FORM.findall(page) if name in ("csrf_token", "version", "seen_hash")}


def die_with_the_tests():
    """A test run that is killed leaves no server behind (Linux; elsewhere it must be ended by hand)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)   # PR_SET_PDEATHSIG


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(true, seconds=15):
    """Wait for something that will happen; its last answer."""
    deadline = time.monotonic() + seconds
    while not (answer := true()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return answer


@contextlib.contextmanager
def held(office, statement, *values):
    """Somebody else holds a row: a request that needs it stands still inside its transaction."""
    with contextlib.closing(psycopg.connect(office.dsn())) as raw:
        raw.execute(statement, values)
        yield
        raw.rollback()


def strangers(office):
    """The database processes of logins that this test does not use itself."""
    end(office.app)
    office.programs.leave()
    with contextlib.closing(psycopg.connect(office.dsn(), autocommit=True)) as raw:
        return raw.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                           " AND usename ^@ 'console_' AND pid <> pg_backend_pid()").fetchall()


def waiting(office):
    """The database processes of the console that stand still at a lock."""
    with contextlib.closing(psycopg.connect(office.dsn(), autocommit=True)) as raw:
        # By the lock they ask for: what another login runs, the owner does not see.
        return [row[0] for row in raw.execute(
            "SELECT DISTINCT l.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            " WHERE NOT l.granted AND a.datname = current_database()")]
