"""Many people at once: the pages as gunicorn serves them, asked by one client and by sixteen."""

import http.client
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, socket
from tempfile import TemporaryDirectory

from deploy.address import HOST
from deploy.commands import GUNICORN

ROOT = Path(__file__).resolve().parents[1]
CLIENTS, SECONDS = 16, 6
STARTING = 60.0
PAGES = (("lista de recibos", "/recibos/", "meta: 100 o más"), ("lista de cuentas", "/cuentas/", "meta: 100 o más"),
         ("página de una cuenta", "/cuentas/1/", ""), ("Mi trabajo", "/", ""))


@contextmanager
def serving(app: str, **environment: str) -> Iterator[int]:
    """The port where the web server of the console serves that application, for a while."""
    with socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    command = [app if word == "app:create_app()" else word for word in GUNICORN]
    server = subprocess.Popen([*command, "--bind", f"{HOST}:{port}"], cwd=ROOT, env=os.environ | environment)
    try:
        wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int) -> None:
    """Until the server takes connections; raises ConnectionRefusedError if it never does."""
    deadline = time.monotonic() + STARTING
    while True:
        try:
            return create_connection((HOST, port)).close()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


class Client:
    """A connection that asks for one page again and again, and reads no more of an answer than it must."""

    def __init__(self, port: int, path: str, cookie: str = ""):
        self.socket = create_connection((HOST, port))
        self.request = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nCookie: {cookie}\r\n\r\n".encode()

    def get(self) -> None:
        """Ask once; raises AssertionError unless the page comes."""
        self.socket.sendall(self.request)
        answer = http.client.HTTPResponse(self.socket)
        answer.begin()
        page = answer.read()
        assert answer.status == 200 and page, (answer.status, self.request)

    def for_a_while(self, until: float) -> int:
        """How many pages came until that moment."""
        count = 0
        while time.perf_counter() < until:
            self.get()
            count += 1
        return count


def alone(port: int, path: str, cookie: str = "") -> float:
    """The median of one client's time, ms."""
    client, times = Client(port, path, cookie), []
    for _ in range(120):
        begin = time.perf_counter()
        client.get()
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times[20:])


def together(port: int, path: str, cookie: str = "") -> float:
    """Pages a second of CLIENTS clients at once."""
    clients = [Client(port, path, cookie) for _ in range(CLIENTS)]
    until = time.perf_counter() + SECONDS
    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(lambda client: client.for_a_while(until), clients)) / SECONDS


def clients(app, dsn: str, cookie: str, say) -> None:
    """Print each page's time and rate, beside those of a bare page of bills."""
    with serving("deploy.bench_floor:create_app()", DATABASE_URL=dsn) as port:
        floor, rate = alone(port, "/"), together(port, "/")
    say("recibos, una consulta y una tabla sin más", floor, "ms", f"{rate:,.0f} por segundo con {CLIENTS} a la vez")
    console = f"app:create_app(INSTANCE='{app.instance_path}', DEMO=True)"
    with serving(console, DATABASE_URL=app.config["DATABASE_URL"]) as port:
        for what, path, goal in PAGES:
            taken = alone(port, path, cookie)
            say(f"{what}, una persona", taken, "ms", f"{taken / floor:,.1f}× la página sin más")
            say(f"{what}, {CLIENTS} a la vez", together(port, path, cookie), "/s", goal)


def starting(say, instance: str, url: str) -> None:
    """Print how long a process takes until it may serve: imports and the application, from modules that an earlier
    process compiled."""
    made, times = f"import app; app.create_app(INSTANCE={instance!r}, DATABASE_URL={url!r})", []
    with TemporaryDirectory() as compiled:
        for _ in range(4):
            begin = time.perf_counter()
            subprocess.run([sys.executable, "-c", made], cwd=ROOT, check=True, env=os.environ | {
                "PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""})
            times.append(time.perf_counter() - begin)
    say("arranque de un proceso", min(times), "s", "meta: 1.5 s o menos")
