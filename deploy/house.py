"""What an area costs, counted over the example of docs/adding-an-area.md, and how much SQL each area has by hand.

`make house` builds the example in a copy of the house and counts what was written, what else changed and how many
cases the suite has besides; with TIMED=1 it also runs, in both, the test files that grew.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from deploy.example import ROOT, area_files, copy_house, say_to_database, write_area
from deploy.postgres.embedded import Embedded

GENERATED = re.compile(r"migrations/(versions|generated)/|docs/matrix\.md")
IGNORED = {"__pycache__", ".hypothesis", ".ruff_cache", ".pytest_cache", "instance"}
CASE = re.compile(r"^(\S+\.py)::")


def files(tree: Path) -> dict[str, bytes]:
    """Every file of a tree: name → content."""
    return {str(path.relative_to(tree)): path.read_bytes() for path in tree.rglob("*")
            if path.is_file() and not IGNORED & set(path.parts)}


def with_area(house: Path, folder: Path) -> None:
    """Write the area and all that its page asks for, over a database made for it."""
    write_area(house)
    cluster = Embedded(folder / "pg", system=folder / "system").start()
    try:
        database = cluster.ensure_owner()
        run([sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"], ROOT, DATABASE_URL=database)
        say_to_database(house, database, str(folder / "instance"))
    finally:
        cluster.stop()


def run(command: list[str], place: Path, **variables: str) -> str:
    """The output of a command; raises RuntimeError with its last lines where it fails."""
    done = subprocess.run(command, cwd=place, env=os.environ | variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
    return done.stdout


def cases(tree: Path) -> Counter:
    """How many cases each test file has."""
    told = run([sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests"], tree)
    return Counter(found[1] for line in told.splitlines() if (found := CASE.match(line)))


def seconds(tree: Path, names: list[str]) -> float:
    """How long those test files take, one after another."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *names], cwd=tree,
                   capture_output=True, check=False)
    return time.perf_counter() - begun


def tell(what: str, figure: object, goal: object = "") -> None:
    print(f"{what:<58} {figure:>10} {f'meta {goal}' if goal != '' else ''}".rstrip(), flush=True)


def area_costs() -> None:
    """The table of what the example area costs."""
    written = area_files()
    with tempfile.TemporaryDirectory(prefix="consola-casa-") as name:
        folder = Path(name)
        folder.chmod(0o755)     # the unprivileged account of PostgreSQL must pass
        house = copy_house(folder / "casa")
        before, cases_before = files(house), cases(house)
        with_area(house, folder)
        after, cases_after = files(house), cases(house)
        new = [name for name in after if name not in before]
        changed = [name for name in after if name in before and after[name] != before[name]]
        by_hand = [name for name in (*new, *changed) if not GENERATED.search(name)]
        tell("archivos nuevos (con su migración)", len(new), 12)
        tell("archivos de otros que cambian (con lo generado)", len(changed), 3)
        tell("líneas de SQL a mano", sum(after[name].count(b"\n") for name in by_hand if name.endswith(".sql")), 0)
        tell("líneas de cableado a mano",
             sum(lines_changed(before[name], after[name]) for name in by_hand if name in before), 1)
        for name, source in written.items():
            tell(f"  líneas de {name}", len(source.splitlines()))
        tell("líneas en total", sum(len(source.splitlines()) for source in written.values()), 300)
        tell("archivos que leer para saber cómo", len(written), 3)
        grown = cases_after - cases_before
        tell("casos de prueba que la casa le da", grown.total(), "uno por celda")
        for name, count in grown.most_common():
            tell(f"  {name}", count)
        if os.environ.get("TIMED"):
            names = sorted(grown)
            tell("segundos que agregan esos casos", f"{seconds(house, names) - seconds(ROOT, names):.1f}", 12)


def lines_changed(before: bytes, after: bytes) -> int:
    """How many lines of the new text the old one does not have."""
    return len(set(after.splitlines()) - set(before.splitlines()))


def sql_by_hand() -> None:
    """How many lines of SQL each area has by hand, and the machinery."""
    total, home = Counter(), ROOT / "migrations" / "sql"
    for path in home.rglob("*.sql"):
        area = path.relative_to(home).parts[0].removesuffix(".sql")
        total[area] += len(path.read_text(encoding="utf-8").splitlines())
    tell("líneas de SQL a mano de las áreas", total.total(), 900)
    for area, lines in total.most_common():
        tell(f"  {area}", lines)
    tell("líneas de SQL a mano de la maquinaria", sum(
        len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "migrations" / "core").glob("*.sql")))


if __name__ == "__main__":
    area_costs()
    sql_by_hand()
