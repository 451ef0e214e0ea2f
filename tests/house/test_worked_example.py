"""The README's own example of a new entity, built from its blocks and walked as four offices."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.office import end

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("models", "policies", "admin_views", "migrations", "deploy")
BLOCK = re.compile(r"```python\n# ((?:models|policies|admin_views)/fountains\.py)\n(.*?)```", re.DOTALL)
COMMANDS = re.compile(r"^\.venv/bin/flask --app app (.+)$", re.MULTILINE)
# Where the README says that the new name goes: its file, and what stands before it.
WIRING, BEFORE = "models/areas.py", "AREAS = ("
WALK = Path(__file__).with_name("example_walk.py")


def example():
    """The section of the README, whole."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return readme.split("### Add an entity")[1].split("\n## ")[0]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The house with one more entity, written as the README says."""
    tree = tmp_path_factory.mktemp("casa")
    shutil.copy(ROOT / "app.py", tree)
    for room in ROOMS:
        shutil.copytree(ROOT / room, tree / room, ignore=shutil.ignore_patterns("__pycache__"))
    blocks = BLOCK.findall(example())
    assert [name for name, _ in blocks] == [f"{room}/fountains.py" for room in ROOMS[:3]]
    for name, source in blocks:
        (tree / name).write_text(source, encoding="utf-8")
    source = (tree / WIRING).read_text(encoding="utf-8")
    assert BEFORE in source and f"`AREAS` in `{WIRING}`" in example()
    (tree / WIRING).write_text(source.replace(BEFORE, f'{BEFORE}"fountains", ', 1), encoding="utf-8")
    return tree


@pytest.fixture(scope="module")
def told(copy, office):
    """What the walk of four offices says, over an office's database brought to the new house."""
    end(office.app)
    environment = os.environ | {
        "DATABASE_URL": office.url, "CONSOLE_DEMO": "true", "PYTHONPATH": str(copy),
        "CONSOLE_INSTANCE": office.app.instance_path}
    app = f"app:create_app(INSTANCE='{office.app.instance_path}')"
    for command in COMMANDS.findall(example()):
        words, _, target = command.partition(" > ")
        done = subprocess.run([sys.executable, "-m", "flask", "--app", app, *words.replace('"', "").split()],
                              cwd=copy, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stderr[-2000:])
        if target:
            (copy / target).write_text(done.stdout, encoding="utf-8")
    emails = {role: office.email(role) for role in ("staff", "unit_head", "auditor", "administrator")}
    done = subprocess.run([sys.executable, str(WALK), office.app.instance_path, repr(emails)], cwd=copy,
                          env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(line.split(": ", 1) for line in done.stdout.splitlines())


def test_the_view_is_a_dozen_lines_and_there_is_no_template():
    source = dict(BLOCK.findall(example()))["admin_views/fountains.py"]
    view = source.split("class FountainView")[1].split("\n\n")[0]
    assert len(view.strip().splitlines()) <= 12 and "template" not in source


def test_staff_create_find_and_change_it(told):
    assert told["staff creates"] == "302" and told["staff lists it"] == "200 True"
    assert told["staff edits"] == "302" and told["staff filters it out"] == "True"
    assert told["a short name"] == "409 True"


def test_the_other_offices_do_what_the_rule_says(told):
    assert told["unit_head reads"] == "200 True" and told["unit_head creates"] == "403"
    assert told["auditor exports"] == "200 True" and told["staff exports"] == "403"
    assert told["menu of everyone"] == "True"


def test_postgresql_obeys_the_same_rule_and_keeps_the_trail(told, office):
    """told first: the walk has happened."""
    assert told["staff creates"] == "302"
    with psycopg.connect(office.dsn()) as owner:
        (may,) = owner.execute("SELECT has_table_privilege('console_unit_head', 'console.fountains', 'INSERT')"
                               " OR has_any_column_privilege('console_unit_head', 'console.fountains', 'INSERT')").fetchone()
        operations = [kind for (kind,) in owner.execute(
            "SELECT operation FROM audit.log WHERE table_name = 'console.fountains' ORDER BY seq")]
    assert not may and operations == ["I", "U"]


