"""Who may import whom, who may commit, who may move a state: read from the source itself."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("models", "policies", "admin_views", "migrations", "deploy", "tests")
FILES = sorted([ROOT / "app.py", *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))])
WEB = {"flask", "flask_admin", "flask_babel", "flask_login", "flask_migrate", "flask_principal",
       "flask_security", "flask_sqlalchemy", "flask_wtf", "jinja2", "markupsafe", "werkzeug", "wtforms"}
UP = {"models": {"policies", "admin_views", "deploy", "tests", "app"},
      "policies": {"admin_views", "deploy", "tests", "app"},
      "admin_views": {"deploy", "tests", "app", "migrations"},
      "deploy": {"tests"}, "migrations": {"models", "policies", "admin_views", "deploy", "tests", "app"},
      "app.py": {"deploy", "tests", "migrations"}}
# The console finds the bundled database that somebody started, and starts as a process that keeps all it makes.
ALLOWED = {"app.py": ("deploy.postgres", "deploy.starting")}
# Heavy to load and used by few requests: imported where they are used, so that a process starts without them.
LATE = {"alembic", "filetype", "flask_migrate", "holidays", "openpyxl", "segno", "typst", "xlsxwriter",
        "admin_views.imports.xlsx_reader"}
# The two mixins: a base class for tables and the columns that logging in needs.
MIXINS = {("models/base/columns.py", "flask_sqlalchemy"), ("models/base/columns.py", "flask_sqlalchemy.session"),
          ("models/base/people.py", "flask_security")}
PAPER = {"typst", "segno", "xlsxwriter", "csv", "openpyxl"}   # what leaves the house, made in output/ alone
# And what comes in, in one place.
READS = {("admin_views/imports/readers.py", "csv"), ("admin_views/imports/readers.py", "openpyxl"),
         ("admin_views/imports/xlsx_reader.py", "openpyxl"), ("admin_views/imports/xlsx_formats.py", "openpyxl")}
COMMITTERS = {
    "admin_views/acts/attempts.py": "the door to records and acts",
    "admin_views/imports/imports.py": "the door to lists brought from a file",
    "admin_views/core/worker.py": "the door to jobs, each chunk in its own transaction",
    "admin_views/acts/one_by_one.py": "the door to acts on many records, each in its own transaction",
    "admin_views/door/gate.py": "the gate's own transactions",
    "admin_views/door/guesses.py": "a password tried is counted before it is looked at, whatever the request does",
    "admin_views/door/door.py": "ends the gate's reading before the request begins",
    "admin_views/door/sessions.py": "server-side sessions live on the gate",
    "admin_views/forms/parking.py": "half-typed forms live on the gate",
    "admin_views/lists/preferences.py": "columns and saved views live on the gate",
    "admin_views/door/passwords.py": "a password is handed over on the gate, which alone writes them",
    "policies/core/speaker.py": "what only read ends so that PostgreSQL keeps its statements prepared",
    "migrations/env.py": "a migration is its own transaction"}
# Where an office is compared outside policies/, and why that decides no permission.
COMPARED = {}


def named(path):
    return str(path.relative_to(ROOT))


@cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree):
    """The full dotted names that a module imports, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module if not node.level else "." * node.level + (node.module or "")


def wrong_imports(name, tree):
    room = name.split("/")[0]
    for full in imports(tree):
        top = full.split(".")[0]
        if full.startswith("."):
            yield f"{name} imports {full} by a relative name"
        if (top in UP.get(room, ()) and not full.startswith(ALLOWED.get(room, " "))) or (room in ("models", "policies") and top in WEB and (
                name, full) not in MIXINS):
            yield f"{name} imports {full}"
        if name.startswith("migrations/versions/") and top not in ("alembic", "sqlalchemy"):
            yield f"{name} imports {full}"
        if room in ("models", "policies", "admin_views") and top in PAPER and (
                not name.startswith("admin_views/output/") and (name, top) not in READS):
            yield f"{name} imports {full}, which belongs to admin_views/output/"


def local_imports(name, tree):
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from (f"{name}:{node.lineno} imports inside a function"
                        for node in ast.walk(function)
                        if isinstance(node, ast.Import | ast.ImportFrom) and not late(node))


def late(node):
    """Whether the statement imports nothing but what is heavy to load."""
    names = [f"{getattr(node, 'module', '')}.{alias.name}".strip(".") for alias in node.names]
    return all(name in LATE or name.split(".")[0] in LATE for name in names)


def targets(node):
    if isinstance(node, ast.Assign):
        return [leaf for target in node.targets for leaf in ast.walk(target)]
    return [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []


def moved_states(name, tree):
    """Where a state is assigned, by name or through setattr."""
    for node in ast.walk(tree):
        by_name = any(isinstance(target, ast.Attribute) and target.attr == "state"
                      for target in targets(node))
        by_text = (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setattr"
                   and isinstance(node.args[1], ast.Constant) and node.args[1].value == "state")
        if by_name or by_text:
            yield f"{name}:{node.lineno} assigns state"


def commits(name, tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "commit":
            yield f"{name}:{node.lineno} commits"


def compared_roles(name, tree):
    """Where an office decides something: a comparison with somebody's `.role`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(
                isinstance(side, ast.Attribute) and side.attr == "role"
                for side in (node.left, *node.comparators)):
            yield f"{name}:{node.lineno} compares a role"


def swallowed(name, tree):
    for node in ast.walk(tree):
        broad = isinstance(node, ast.ExceptHandler) and (
            node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException"))
        if broad and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node)):
            yield f"{name}:{node.lineno} swallows every error"


def found(check, but=(), rooms=("app.py", "models", "policies", "admin_views", "migrations", "deploy", "tests")):
    return [fault for path in FILES if named(path) not in but and named(path).split("/")[0] in rooms
            for fault in check(named(path), tree_of(path))]


OURS = ("app.py", "models", "policies", "admin_views", "migrations")


def test_each_room_imports_only_what_it_may():
    assert found(wrong_imports) == []


def test_no_import_hides_inside_a_function():
    assert found(local_imports) == []


def test_only_perform_moves_a_state():
    assert found(moved_states, but={"policies/core/guard.py"}, rooms=(*OURS, "deploy")) == []


def test_only_the_doors_commit():
    assert found(commits, but=COMMITTERS, rooms=OURS) == []


def test_every_sanctioned_committer_still_commits():
    """An entry that no longer commits would sanction a future one unseen."""
    assert all(list(commits(name, tree_of(ROOT / name))) for name in COMMITTERS)


def test_offices_are_compared_in_policies_alone():
    assert found(compared_roles, but=COMPARED, rooms=("app.py", "admin_views")) == []
    assert all(list(compared_roles(name, tree_of(ROOT / name))) for name in COMPARED)


def test_templates_decide_nothing_by_office():
    """offices.html marks the appointment worn now; every other page asks the view."""
    pages = [path for path in (ROOT / "admin_views/templates").rglob("*.html")
             if re.search(r"\brole\s*(==|!=|in\b)", path.read_text(encoding="utf-8"))]
    assert [path.name for path in pages] == ["offices.html"]


def test_no_error_is_swallowed_whole():
    assert found(swallowed, rooms=(*OURS, "deploy")) == []


def test_every_module_opens_with_what_it_is_for():
    assert [named(path) for path in FILES if not ast.get_docstring(tree_of(path))] == []


def test_no_drawer_for_whatever():
    vague = re.compile(r"^(utils?|helpers?|misc|common|tools|base_utils)$")
    assert [named(path) for path in FILES if vague.match(path.stem)] == []


@pytest.mark.parametrize(("check", "name", "source"), [
    (wrong_imports, "models/x.py", "from flask import g"),
    (wrong_imports, "models/x.py", "import policies.core.rules"),
    (wrong_imports, "models/base/columns.py", "from flask_login import current_user"),
    (wrong_imports, "policies/x.py", "def f():\n    import flask_admin.base"),
    (wrong_imports, "policies/x.py", "from admin_views.door.gate import gate"),
    (wrong_imports, "policies/x.py", "import wtforms"),
    (wrong_imports, "admin_views/x.py", "import deploy.demo"),
    (wrong_imports, "admin_views/x.py", "import typst"),
    (wrong_imports, "admin_views/x.py", "import csv"),
    (wrong_imports, "admin_views/imports/readers.py", "import xlsxwriter"),
    (wrong_imports, "admin_views/x.py", "from . import base"),
    (wrong_imports, "migrations/versions/9.py", "from models import db"),
    (wrong_imports, "migrations/versions/9.py", "import json"),
    (local_imports, "x.py", "class A:\n    def f(self):\n        if 1:\n            from a import b"),
    (local_imports, "x.py", "def f():\n    from admin_views.imports import readers"),
    (local_imports, "x.py", "def f():\n    import openpyxl, json"),
    (moved_states, "x.py", "record.state = 1"),
    (moved_states, "x.py", "a, record.state = 1, 2"),
    (moved_states, "x.py", "setattr(record, 'state', 1)"),
    (commits, "x.py", "db.session.commit()"),
    (commits, "x.py", "with a:\n    session().commit()"),
    (compared_roles, "x.py", "x = current_user.role == Role.STAFF"),
    (compared_roles, "x.py", "assert SIGNERS > 1 or actor.role not in SIGNERS"),
    (swallowed, "x.py", "try:\n    f()\nexcept Exception:\n    pass"),
    (swallowed, "x.py", "try:\n    f()\nexcept:\n    log()"),
])
def test_the_checks_see_what_they_look_for(check, name, source):
    assert len(set(check(name, ast.parse(source)))) == 1


@pytest.mark.parametrize(("check", "name", "source"), [
    (wrong_imports, "models/base/people.py", "from flask_security import UserMixin"),
    (wrong_imports, "admin_views/output/x.py", "import typst"),
    (wrong_imports, "admin_views/imports/readers.py", "import csv\nimport openpyxl"),
    (wrong_imports, "policies/x.py", "from models.base.people import Role\nimport decimal"),
    (local_imports, "x.py", "def f():\n    from openpyxl.utils import letter\n    import typst"),
    (moved_states, "x.py", "state = 1\nif record.state == 1:\n    pass\nrecord.statement = 2"),
    (compared_roles, "x.py", "x = actor.role.label"),
    (swallowed, "x.py", "try:\n    f()\nexcept Exception:\n    raise"),
])
def test_the_checks_let_right_code_pass(check, name, source):
    assert list(check(name, ast.parse(source))) == []


# ---- machinery and areas

# What serves every area; whatever else stands in these rooms is an area.
MACHINERY = {"models": {"base", "queries"}, "policies": {"core"}, "admin_views": {
    "core", "door", "acts", "forms", "lists", "find", "records", "home", "imports", "mails", "output"}}
# Of models/queries, what is asked of no area's tables.
ASKED_OF_ALL = {f"models.queries.{name}" for name in ("calendar", "contributions", "documents", "exports", "finding",
                                                      "folios", "imports", "jobs", "mails", "offices", "signing")}

def modules(tree):
    """The modules that a file imports from, whichever way it writes it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if (ROOT / full.replace(".", "/")).with_suffix(".py").exists() else node.module


def areas_imported(name, tree):
    """The areas that a module of machinery imports."""
    room, *inside = name.split("/")
    if room not in MACHINERY or len(inside) < 2 or inside[0] not in MACHINERY[room] - {"queries"}:
        return
    for full in modules(tree):
        home, *rest = full.split(".")
        if home not in MACHINERY or not rest or full in ASKED_OF_ALL:
            continue
        if rest[0] == "queries" or rest[0] not in MACHINERY[home]:
            yield full


def test_machinery_imports_no_area():
    found_in = {named(path): sorted(set(areas_imported(named(path), tree_of(path)))) for path in FILES}
    assert {name: areas for name, areas in found_in.items() if areas} == {}


def test_the_check_sees_an_area_in_machinery_and_none_elsewhere():
    tree = ast.parse("from models.corrections import Correction\nfrom policies.core.rules import act\nimport policies.bands")
    assert list(areas_imported("admin_views/lists/x.py", tree)) == ["models.corrections", "policies.bands"]
    assert list(areas_imported("admin_views/corrections/x.py", tree)) == []


# Words of the language that are also an area's: a notice on a page, the readings of a text, a person's account, the step
# of a procedure.
GENERAL = {"account", "notice", "notices", "procedure", "reading", "readings"}
ROOMS_OF_ALL = [*(ROOT / room / folder for room, folders in MACHINERY.items() for folder in folders - {"queries"}),
                ROOT / "migrations/core"]
TEXTS = sorted(path for folder in ROOMS_OF_ALL for path in folder.rglob("*.*") if path.suffix in (".py", ".sql"))


def tables(path):
    """(name of its class, name of its table) of each model of a module."""
    for node in tree_of(path).body:
        for part in getattr(node, "body", ()) if isinstance(node, ast.ClassDef) else ():
            if isinstance(part, ast.Assign) and part.targets[0].id == "__tablename__":
                yield node.name, part.value.value


def names_of_areas():
    """What only an area may say: its name, its models, its tables, and one row of them."""
    for path in (ROOT / "models").rglob("*.py"):
        if path.parent.name not in ("base", "queries") and (found := list(tables(path))):
            yield path.parent.name if path.parent.name != "models" else path.stem
            for model, table in found:
                yield from (model, table, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model).lower())


OF_AREAS = {name.lower() for name in names_of_areas()} - GENERAL
OF_ALL = [table for path in (ROOT / "models/base").glob("*.py") for _, table in tables(path)]


def areas_named(text):
    """The names of areas in a text of machinery, in code, strings or comments; import_batches is machinery's own."""
    own = re.sub("|".join(OF_ALL), "", text)
    return re.findall(rf"(?<![A-Za-z])(?:{'|'.join(OF_AREAS)})(?![A-Za-z])", own, re.IGNORECASE)


def test_machinery_names_no_area():
    assert {"corrections", "correctionline", "correction_batches", "batches", "bill"} <= OF_AREAS
    found_in = {named(path): areas_named(path.read_text(encoding="utf-8")) for path in TEXTS}
    assert {name: areas for name, areas in found_in.items() if areas} == {}


@pytest.mark.parametrize("text", ["# as corrections do", "SELECT FROM console.bills", "CORRECTION = Correction", "unmet_replays(1)"])
def test_the_check_sees_the_name_of_an_area(text):
    assert areas_named(text)
    assert not areas_named("the readings of a text; console.import_batches; a notice of one's account")
