"""The area that docs/adding-an-area.md writes, built in a copy of the house: what it costs is counted there (`make
house`), and a test walks it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "adding-an-area.md"
NAME = "fountains"
BLOCK = re.compile(rf"```python\n# ((?:models|policies|admin_views|deploy/demo)/{NAME}\.py)\n(.*?)```", re.DOTALL)
COMMANDS = re.compile(r"^\.venv/bin/flask --app app (.+)$", re.MULTILINE)
# Where the page says that the new name goes: its file, and what stands before it.
WIRING, BEFORE = "models/areas.py", "AREAS = ("
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "instance", "artifacts", "__pycache__", ".*_cache", ".hypothesis")


def blocks() -> dict[str, str]:
    """The files that the page writes: name → source."""
    return dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))


def area_files() -> dict[str, str]:
    """Those of the three rooms, without the demonstration."""
    return {name: source for name, source in blocks().items() if not name.startswith("deploy/")}


def copy_house(tree: Path) -> Path:
    """A copy of the whole house in a new folder, as it is."""
    return shutil.copytree(ROOT, tree, ignore=NOT_COPIED)


def write_area(tree: Path) -> None:
    """Write the page's files into a copy of the house, and its name into the list of areas."""
    for name, source in blocks().items():
        (tree / name).write_text(source, encoding="utf-8")
    wiring = (tree / WIRING).read_text(encoding="utf-8")
    (tree / WIRING).write_text(wiring.replace(BEFORE, f'{BEFORE}"{NAME}", ', 1), encoding="utf-8")


def say_to_database(tree: Path, database: str, instance: str) -> None:
    """Run the page's commands in the copy, over a database that the house has prepared; raises RuntimeError where one
    fails."""
    environment = environment_of(tree, database, instance)
    for command in COMMANDS.findall(PAGE.read_text(encoding="utf-8")):
        words, _, target = command.partition(" > ")
        done = subprocess.run([sys.executable, "-m", "flask", "--app", f"app:create_app(INSTANCE='{instance}')",
                               *words.replace('"', "").split()],
                              cwd=tree, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{command}\n{done.stderr[-2000:]}")
        if target:
            (tree / target).write_text(done.stdout, encoding="utf-8")


def environment_of(tree: Path, database: str, instance: str) -> dict[str, str]:
    """The variables with which a process runs inside the copy."""
    return os.environ | {"DATABASE_URL": database, "CONSOLE_DEMO": "true", "PYTHONPATH": str(tree),
                         "CONSOLE_INSTANCE": instance}
