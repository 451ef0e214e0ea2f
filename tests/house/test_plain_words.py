"""Names, docstrings and annotations of the three rooms, in plain technical English."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = [path for room in ("admin_views", "models", "policies") for path in sorted((ROOT / room).rglob("*.py"))]
BARE = {"told", "said", "named", "found", "seen", "kept", "asked", "given", "taken", "made", "shown", "known", "written",
        "called", "chosen", "counted", "drawn", "born", "held", "lent", "spoken", "broken", "sent", "brought", "corrected"}
ROOMS = ("models", "policies", "admin_views", "migrations", "deploy", "docs", "tests")
TEXTS = [ROOT / "README.md", *(path for room in ROOMS for ending in ("py", "sql", "md", "html", "js", "css")
                               for path in sorted((ROOT / room).rglob(f"*.{ending}"))
                               if "vendor" not in path.parts and path != Path(__file__))]
UNSEEN = re.compile(r"\bdecisions? \d+|\bthreat [A-Z]?\d|house\.md|design/", re.IGNORECASE)


def functions(tree):
    """The functions of a module and the methods of its public classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module) or isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from (part for part in node.body if isinstance(part, ast.FunctionDef))


def faults(source):
    for node in functions(ast.parse(source)):
        arguments = [argument for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
                     if argument.arg not in ("self", "cls")]
        if node.name.strip("_") in BARE:
            yield f"{node.name} is a bare participle"
        if not node.name.startswith("_") and (node.returns is None or any(item.annotation is None for item in arguments)):
            yield f"{node.name} lacks annotations"
        if not node.name.startswith("_") and not ast.get_docstring(node):
            yield f"{node.name} lacks a docstring"


def references(source):
    """The texts that a source refers to and the repository does not hold."""
    yield from (f"«{text}» is not in the repository" for text in UNSEEN.findall(source))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_words_are_plain(path):
    assert list(faults(path.read_text(encoding="utf-8"))) == []


def test_nothing_refers_to_a_text_that_is_not_here():
    assert [(path.name, fault) for path in TEXTS for fault in references(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("source", ["def told():\n    pass", "def f(a) -> int:\n    'x'", "def f() -> int:\n    pass"])
def test_the_check_sees_what_it_looks_for(source):
    assert list(faults(source))


@pytest.mark.parametrize("source", ["# decision 21", "as house.md says", "(threat A12)"])
def test_the_check_sees_a_text_that_is_not_here(source):
    assert list(references(source))
