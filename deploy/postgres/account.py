"""Who runs the embedded PostgreSQL: the person at the keyboard; for root, an account of its own."""

import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

NAME = "consola-pg"


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL cannot serve; the sentence says what to do, in Spanish."""


@dataclass(frozen=True)
class Account:
    """The operating system's user that owns the data and runs the binaries."""

    uid: int
    gid: int

    def run(self, *command) -> subprocess.CompletedProcess:
        """Run a command as this account, from a folder that every account can stand in."""
        # PGOPTIONS, PGDATA and the like in somebody's shell must not reach our server.
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        switch = {}
        if self.uid != os.geteuid():
            switch = {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run([str(part) for part in command], cwd="/", text=True, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              env=clean | {"LC_ALL": "C"}, **switch)

    def can_enter(self, folder: Path) -> bool:
        """Asked as the account: permission bits read by root say nothing about a parent of 0700."""
        return self.run("sh", "-c", 'test -x "$0" && test -r "$0"', folder).returncode == 0

    def can_run(self, program: Path) -> bool:
        """Whether the program and its libraries load for this account."""
        try:
            return self.run(program, "--version").returncode == 0
        except OSError:
            return False

    def own(self, path: Path, mode: int) -> None:
        """Give a file or folder to this account alone."""
        os.chown(path, self.uid, self.gid)
        path.chmod(mode)


def owner_of(path: Path) -> Account:
    """The account that already owns a cluster goes on owning it."""
    status = path.stat()
    return Account(status.st_uid, status.st_gid)


def ours() -> Account:
    """The account for a new cluster: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    return _registered() or _register()


def _registered() -> Account | None:
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _register() -> Account:
    program = shutil.which("useradd") or "/usr/sbin/useradd"
    command = [program, "--system", "--user-group", "--no-create-home",
               "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", NAME]
    # useradd gives up at once while another program holds /etc/passwd, perhaps to make this
    # very account: look again before complaining.
    for _ in range(10):
        if shutil.which(program):
            subprocess.run(command, capture_output=True, check=False)
        if account := _registered():
            return account
        time.sleep(0.5)
    raise EmbeddedError(
        f"PostgreSQL no puede ejecutarse como root y no se pudo crear la cuenta «{NAME}». "
        f"Créela con «useradd --system {NAME}», ejecute la consola con una cuenta ordinaria "
        "o indique otra base en DATABASE_URL.")
