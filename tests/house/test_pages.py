"""README stays a front door, and what the pages of docs/ name exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
MOST = 250
LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]+)?\)")
FILE = re.compile(r"`((?:models|policies|admin_views|migrations|deploy|tests)/[\w./-]*)`")
CODE = re.compile(r"`([A-Za-z_]\w+)(?:\(\))?`")
ROOMS = ("models", "policies", "admin_views")
SOURCES = "\n".join(path.read_text(encoding="utf-8") for room in (*ROOMS, "migrations/core", "migrations/sql")
                    for path in (ROOT / room).rglob("*") if path.suffix in (".py", ".sql"))


def text(path):
    return path.read_text(encoding="utf-8")


def anchors(path):
    """The addresses of a page's headings, as a Git server makes them."""
    return {"#" + re.sub(r"[^\w\s-]", "", heading.lower()).strip().replace(" ", "-")
            for heading in re.findall(r"^#+ (.+)$", text(path), re.MULTILINE)}


def test_readme_is_a_front_door():
    assert len(text(ROOT / "README.md").splitlines()) <= MOST


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page):
    for target, anchor in LINK.findall(text(page)):
        if target.startswith(("http:", "https:")):
            continue
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), target + anchor


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_exists(page):
    if page.name == "CHANGELOG.md":    # what was true of its version
        return
    gone = [name for name in FILE.findall(text(page)) if not (ROOT / name).exists()]
    assert gone == []


def test_every_page_is_reached_from_readme():
    reached = {target for target, _ in LINK.findall(text(ROOT / "README.md"))}
    assert {f"docs/{page.name}" for page in PAGES if page.parent.name == "docs"} <= reached


def test_every_folder_of_machinery_is_in_the_index():
    """Whatever folder an area does not fill has its line."""
    for folder in ("models/base", "models/queries", "policies/core", *(
            f"admin_views/{name}" for name in ("core", "door", "acts", "forms", "lists", "find", "records", "home",
                                               "imports", "output"))):
        assert f"| `{folder}/` |" in text(ROOT / "README.md"), folder


def test_every_name_of_the_glossary_is_in_the_code():
    rows = [line.split("|") for line in text(ROOT / "docs/glossary.md").splitlines() if line.startswith("| ")][1:]
    names = {name for row in rows for name in CODE.findall(row[2])}
    assert len(names) > 40
    assert {name for name in names if not re.search(rf"\b{name}\b", SOURCES)} == set()
