"""The one supervisor behind `make run`: the database, the web server and the sealer, in order."""

import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from deploy.address import HOST, comes_free, healthy
from deploy.children import Child
from deploy.commands import DEMO, PREPARE, SEAL, WORK, web
from deploy.postgres.embedded import Embedded, EmbeddedError
from deploy.signals import Asked, listen, stop_listening

ROOT = Path(__file__).resolve().parents[1]
GRACE = 25.0  # a little over gunicorn's own: a request in hand is finished, not cut
STARTING = 60.0


class CannotRun(RuntimeError):
    """The console cannot be served; the sentence says why, in Spanish."""


class Console:
    """What must be running for people to work, and the order in which it starts and ends."""

    def __init__(self, root: Path, port: int):
        self.root, self.port, self.env = root, port, dict(os.environ)
        named = self.env.get("DATABASE_URL")
        self.embedded = None if named else Embedded(root / "instance" / "postgres")
        self.children: list[Child] = []

    def open(self) -> None:
        """Start the database, prepare it, and begin the processes of the console."""
        if self.embedded:
            self.env["DATABASE_URL"] = self.embedded.start().ensure_owner()
        self._wait_for_port()
        self._prepare("La preparación", PREPARE)
        if self.embedded:
            # Data of our own making: said on every page, and never on a named database.
            self.env |= {"CONSOLE_RIBBON": "DEMOSTRACIÓN", "CONSOLE_DEMO": "true"}
            self._prepare("La oficina de demostración", DEMO)
        # From here on nobody needs the owner: each process knows only its own logins.
        self.env["DATABASE_URL"] = without_login(self.env["DATABASE_URL"])
        self._wait_until_healthy(self._child("El servidor web", web(HOST, self.port)))
        self._child("El sellador de la bitácora", SEAL)
        self._child("El trabajador de los lotes", WORK)
        say(f"Consola lista en http://{HOST}:{self.port} — Ctrl+C para detener")

    def watch(self) -> None:
        """Look around for ever; whatever fell is begun again."""
        while True:
            for child in self.children:
                if news := child.tend():
                    say(news)
            if self.embedded and not self.embedded.postmaster():
                self._recover()
            time.sleep(1)

    def close(self) -> None:
        """The web first, so that nobody is half way when the database ends."""
        for child in self.children:
            child.end(GRACE)
        if self.embedded:
            self.embedded.stop()

    def _child(self, name: str, command: list[str]) -> Child:
        child = Child(name, command, self.root, self.env)
        self.children.append(child)
        child.begin()
        return child

    def _wait_for_port(self) -> None:
        # A web server whose supervisor was killed may still be finishing its last request.
        if comes_free(self.port, 0):
            return
        say(f"El puerto {self.port} está ocupado; se espera a que lo dejen.")
        if not comes_free(self.port, GRACE):
            raise CannotRun(f"El puerto {self.port} lo ocupa otro programa: ciérrelo, o use otro "
                            f"con «PORT={self.port + 1} make run».")

    def _prepare(self, name: str, command: list[str]) -> None:
        preparation = Child(name, command, self.root, self.env)
        preparation.begin()
        try:
            if preparation.wait():
                raise CannotRun(f"{name} no terminó; el motivo está arriba.")
        finally:
            preparation.end(GRACE)

    def _recover(self) -> None:
        say("PostgreSQL se detuvo; se recupera.")
        try:
            self.embedded.start()
        except EmbeddedError as error:  # a full disk may be freed: keep trying
            say(str(error))

    def _wait_until_healthy(self, server: Child) -> None:
        deadline = time.monotonic() + STARTING
        while not healthy(self.port):
            if not server.lives():
                raise CannotRun("El servidor web no arrancó; el motivo está arriba.")
            if time.monotonic() > deadline:
                raise CannotRun(f"El servidor web no contesta en /salud tras {STARTING:.0f} s.")
            time.sleep(0.1)


def without_login(url: str) -> str:
    """The same database, without its owner's name and password."""
    named = make_url(url)
    bare = URL.create(named.drivername, host=named.host, port=named.port,
                      database=named.database, query=named.query)
    return bare.render_as_string(hide_password=False)


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """One supervisor per clone; the lock falls with its process, however that ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun("La consola ya está en marcha desde esta carpeta.") from None
        yield


def say(sentence: str) -> None:
    """Print a sentence at once."""
    print(sentence, flush=True)


def main(root: Path = ROOT) -> int:
    """Serve the console with its database until somebody ends it; the exit status."""
    try:
        with only_one(root / "instance"):
            return serve(Console(root, int(os.environ.get("PORT", "8000"))))
    except (CannotRun, EmbeddedError) as error:
        say(str(error))
        return 1


def serve(console: Console) -> int:
    """Serve until somebody ends it; the exit status."""
    listen()
    try:
        console.open()
        console.watch()
    except Asked:
        say("Deteniendo la consola…")
    finally:
        stop_listening()
        console.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
