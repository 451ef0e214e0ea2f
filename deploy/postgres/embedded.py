"""The bundled PostgreSQL, started when no database URL is given."""

import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TextIO

import psycopg
from sqlalchemy import URL

from deploy.postgres.account import EmbeddedError
from deploy.postgres.binaries import Binaries, choose, copy_to
from deploy.postgres.cluster import PORT, SUPERUSER, make_cluster, make_owner, write_settings
from deploy.postgres.place import SYSTEM, Place, settle
from deploy.postgres.processes import end_orphans, forget_strangers, postmaster_of

FOLDER = Path(__file__).resolve().parents[2] / "instance" / "postgres"
OWNER = "console_owner"
PATIENCE = 600  # seconds: recovery after a crash may take minutes, and is no failure


def database_url() -> str:
    """The database that the environment names, or the embedded one, started if need be."""
    return os.environ.get("DATABASE_URL") or Embedded().start().ensure_owner()


class Embedded:
    """One private cluster in one folder; any process may start it, and finds it running."""

    def __init__(self, folder: Path = FOLDER, settings: Mapping[str, str] | None = None,
                 system: Path = SYSTEM):
        self.folder, self.settings, self.system = folder.resolve(), dict(settings or {}), system

    def start(self) -> "Embedded":
        """Make it if there is none, adopt it if it runs, recover it if it fell."""
        with self._alone():
            if not self.place.exists():
                make_cluster(self.place, self.binaries, self.settings)
            if not self.answers() and not self._comes_up():
                end_orphans(self.place.data, self.place.account)
                forget_strangers(self.place.data, self.place.socket)
                self._launch()
        return self

    def stop(self) -> None:
        """End it in order: sessions are rolled back, everything committed stays."""
        with self._alone():
            if self.postmaster():  # a stale pid file would have pg_ctl signal a stranger
                self._control("stop", "-m", "fast")

    def postmaster(self) -> int | None:
        """The number of the server's process, if it lives."""
        return postmaster_of(self.place.data, self.place.account)

    def answers(self) -> bool:
        """Whether it is ours that answers: asked by connecting, never of a pid file."""
        if not self.place.socket.is_dir():
            return False
        try:
            with self._connect() as connection:
                said = connection.execute("SHOW data_directory").fetchone()[0]
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise EmbeddedError(f"La contraseña guardada en {self.place.home} no es la de la "
                                    "base: recupere ese archivo del respaldo.") from error
            return False
        return os.path.samefile(said, self.place.data)

    def url(self, user: str, password: str, database: str) -> str:
        """How SQLAlchemy and libpq reach it as this login."""
        where = {"host": str(self.place.socket), "port": str(PORT)}
        url = URL.create("postgresql+psycopg", user, password, database=database, query=where)
        return url.render_as_string(hide_password=False)

    def ensure_owner(self, database: str = "consola") -> str:
        """The URL of the database's owner, who makes tables and roles and is no superuser."""
        with self._alone(), self._connect() as connection:
            password = self.place.secret("owner", new=True)
            make_owner(connection, OWNER, password, database)
        return self.url(OWNER, password, database)

    @cached_property
    def place(self) -> Place:
        """Where its files are."""
        return settle(self.folder, self.system)

    @cached_property
    def binaries(self) -> Binaries:
        """The programs that it runs."""
        found, account = choose(self.place.major()), self.place.account
        return found if found.serve(account) else copy_to(self.place.home, found, account)

    def _launch(self) -> None:
        self.place.make_private(self.place.socket)
        self.place.make_private(self.place.log)
        write_settings(self.place, self.settings)
        self._control("start", "-l", self.place.log / "start.log")
        if not self.answers():
            raise EmbeddedError(f"PostgreSQL arrancó pero no contesta; vea {self.place.log}.")

    def _comes_up(self) -> bool:
        """Wait for a server of ours that is still recovering; False once there is none."""
        deadline = time.monotonic() + PATIENCE
        while self.postmaster():
            if self.answers():
                return True
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL lleva {PATIENCE} s sin contestar; "
                                    f"vea {self.place.log}.")
            time.sleep(0.1)
        return False

    def _control(self, order: str, *options) -> None:
        done = self.place.account.run(self.binaries.folder / "pg_ctl", order, "-w", "-t", PATIENCE,
                                      "-D", self.place.data, *options)
        if done.returncode:
            said = done.stderr.strip() or done.stdout.strip()
            raise EmbeddedError(f"PostgreSQL no obedeció «{order}»; vea {self.place.log}. {said}")

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.place.socket), port=PORT, user=SUPERUSER,
                               password=self.place.secret("superuser", new=False),
                               dbname="postgres", connect_timeout=10, autocommit=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two processes that start at once take turns: the second finds the first one's server."""
        with self._lock() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _lock(self) -> TextIO:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.place.exists()
            return (self.folder / "lock").open("a")
        except PermissionError as error:
            raise EmbeddedError(f"Sin permiso sobre {error.filename}: la base se creó con otra "
                                "cuenta; ejecute la consola con esa o como root.") from error
