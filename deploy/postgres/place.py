"""Where an embedded cluster lives: in the clone, or where root must, in the system's folder."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from deploy.postgres.account import Account, EmbeddedError, ours, owner_of

SYSTEM = Path("/var/lib/consola-atencion-social")
LONGEST_SOCKET_FOLDER = 80  # a socket's whole path must fit in 107 bytes


@dataclass(frozen=True)
class Place:
    """The folder of one cluster and the account that owns its data."""

    home: Path
    account: Account

    @property
    def data(self) -> Path:
        """The folder of its data."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """The folder of its log."""
        return self.home / "log"

    @property
    def socket(self) -> Path:
        """The private folder of the socket: PostgreSQL listens nowhere else."""
        inside = self.home / "socket"
        # libpq reads a comma as a list of hosts.
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER and "," not in str(inside):
            return inside
        return Path("/tmp") / f"consola-{self.account.uid}-{_mark(self.home)}"

    def exists(self) -> bool:
        """Whether the cluster has been made."""
        return (self.data / "PG_VERSION").exists()

    def major(self) -> int | None:
        """The major version of PostgreSQL that made the cluster; None where there is none."""
        return int((self.data / "PG_VERSION").read_text()) if self.exists() else None

    def make_private(self, folder: Path) -> None:
        """A folder that only the account enters; never one that somebody else laid in wait."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or folder.lstat().st_uid not in (self.account.uid, os.geteuid()):
            raise EmbeddedError(f"La carpeta {folder} es de otra cuenta: bórrela y reintente.")
        self.account.own(folder, 0o700)

    def secret(self, name: str, new: bool) -> str:
        """A generated password, kept in a file that only its owner reads."""
        path = self.home / f"{name}.password"
        if not path.exists():
            if not new:
                raise EmbeddedError(f"Falta {path}, la contraseña de la base: "
                                    "recupérela del respaldo.")
            write_secret(path, secrets.token_urlsafe(32))
        return path.read_text()

    def name_data(self, unfinished: Path) -> None:
        """Give the finished cluster its name, on disk before anything is trusted to it."""
        unfinished.rename(self.data)
        handle = os.open(self.home, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def settle(folder: Path, system: Path = SYSTEM) -> Place:
    """Where the cluster is; where there is none yet, the first place that its account can reach."""
    homes = [folder, system / _mark(folder)] if os.geteuid() == 0 else [folder]
    for home in homes:
        if (home / "data" / "PG_VERSION").exists():
            return _existing(home)
    account = ours()
    for home in homes:
        _make_home(home, account)
        if account.can_enter(home):
            return Place(home, account)
    raise EmbeddedError(f"La cuenta que ejecuta PostgreSQL no puede llegar a {homes[-1]}. "
                        "Revise los permisos de esa carpeta, o indique una base en DATABASE_URL.")


def _existing(home: Path) -> Place:
    # Never a second, empty cluster elsewhere because a permission changed: that looks like loss.
    account = owner_of(home / "data")
    if os.geteuid() not in (0, account.uid):
        raise EmbeddedError(f"Los datos en {home} son de otra cuenta (uid {account.uid}): "
                            "ejecute la consola con esa cuenta o como root.")
    if not account.can_enter(home):
        raise EmbeddedError(f"Los datos están en {home} y la cuenta que los posee "
                            f"(uid {account.uid}) ya no puede entrar: devuelva los permisos.")
    return Place(home, account)


def _make_home(home: Path, account: Account) -> None:
    if not home.parent.exists():
        home.parent.mkdir(parents=True)
        home.parent.chmod(0o755)  # made here, so ours to open; what was there is left as it was
    home.mkdir(exist_ok=True)
    if os.geteuid() == 0:
        os.chown(home, 0, account.gid)
    home.chmod(0o750)


def _mark(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]


def write_secret(path: Path, secret: str) -> None:
    """Whole or not at all, and never readable by another account."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
