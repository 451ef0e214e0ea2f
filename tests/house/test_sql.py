"""The SQL written by hand: each file of migrations/sql is one area's, and machinery names no area's table."""

import re
from pathlib import Path

import pytest

from models import db
from models.areas import AREAS

ROOT = Path(__file__).resolve().parents[2]
MACHINERY = sorted(path for folder in ("migrations/core", "policies/core", "models/base", "admin_views/core")
                   for path in (ROOT / folder).rglob("*") if path.suffix in (".sql", ".py"))
OF_AREAS = {mapper.class_.__tablename__ for mapper in db.Model.registry.mappers
            if not mapper.class_.__module__.startswith("models.base.")}
NAMED = re.compile(r"\b(?:console|commercial|report)\.(\w+)|['\"](\w+)['\"]")


def areas_named(text):
    """The tables of areas that a source names, as «schema.table» or between quotes."""
    return sorted({name for pair in NAMED.findall(text) for name in pair} & OF_AREAS)


def test_every_file_of_sql_is_one_area_s():
    files = sorted((ROOT / "migrations/sql").rglob("*.sql"))
    strange = [str(path.relative_to(ROOT)) for path in files
               if path.relative_to(ROOT / "migrations/sql").parts[0].removesuffix(".sql") not in AREAS]
    assert strange == [] and len(files) > 10


def test_machinery_names_no_table_of_an_area():
    found = {str(path.relative_to(ROOT)): areas_named(path.read_text(encoding="utf-8")) for path in MACHINERY}
    assert {name: tables for name, tables in found.items() if tables} == {}


@pytest.mark.parametrize(("text", "tables"), [
    ("UPDATE console.corrections SET", ["corrections"]), ("IN ('corrections', 'people')", ["corrections"]),
    ("-- a correction and its corrections", []), ("commercial.accounts a", ["accounts"]), ("console.people", [])])
def test_a_table_of_an_area_is_seen(text, tables):
    assert areas_named(text) == tables
