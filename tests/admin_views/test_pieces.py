"""A piece of a page is drawn once for everybody: its macro says nothing but its facts."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2] / "admin_views"
USE = re.compile(r"""piece\(\s*"([\w./]+\.html)",\s*"(\w+)\"""")
USES = sorted({use for path in [*ROOT.rglob("*.py"), *ROOT.rglob("*.html")]
               for use in USE.findall(path.read_text(encoding="utf-8"))})
PLAIN = {"loop", "none", "true", "false"}
env = Environment()


def asked(page, macro, seen=()):
    """The names that a macro looks up outside of itself, and those of the macros of its file that it calls."""
    tree = env.parse((ROOT / "templates" / page).read_text(encoding="utf-8"))
    macros = {one.name: one for one in tree.find_all(nodes.Macro)}
    named = list(macros[macro].find_all(nodes.Name))
    given = {name.name for name in named if name.ctx in ("store", "param")}
    found = {name.name for name in named if name.ctx == "load"} - given - PLAIN
    own = found & set(macros) - set(seen)
    return (found - set(macros)).union(*(asked(page, name, (*seen, macro, *own)) for name in own))


def test_pieces_are_found():
    assert len(USES) >= 5 and ("macros.html", "entries") in USES


@pytest.mark.parametrize("page, macro", USES)
def test_what_a_piece_says_is_among_its_facts(page, macro):
    assert asked(page, macro) == set()


def test_a_macro_that_looks_at_who_asks_would_be_found():
    assert asked("macros.html", "logout") >= {"csrf_token", "author_mark"}
