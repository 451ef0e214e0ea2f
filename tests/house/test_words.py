"""Whatever a person reads has its Spanish word, once; and docs/matrix.md says the permissions that rule."""

import ast
import re
from collections import Counter
from pathlib import Path

import psycopg

import policies
from admin_views.core.badges import badge
from admin_views.core.menu import sections
from admin_views.core.sentences import CODES, declared
from admin_views.core.words import column_of, label_of
from models import db
from models.base.columns import Words
from models.base.people import Role
from policies.core.matrix import ACT, VERBS, anybody, letters, matrix
from policies.core.refusals import REFUSALS
from tests.house.addresses import screens

ROOT = Path(__file__).resolve().parents[2]
OURS = ("models", "policies", "admin_views")


def vocabularies(kind=Words):
    for words in kind.__subclasses__():
        yield words
        yield from vocabularies(words)


def test_each_word_is_drawn_as_its_own_vocabulary_says_it():
    """Members of two vocabularies with one value are equal: «applied» is Aplicada, or Aplicado of a batch."""
    words = [word for kind in vocabularies() for word in kind]
    assert len({word.value for word in words}) < len(words)
    wrong = [word for word in [*words, *reversed(words)] if f">{word.label}<" not in badge(word)]
    assert wrong == []


def models():
    return [mapper.class_ for mapper in db.Model.registry.mappers]


def test_every_column_has_its_label():
    bare = [f"{model.__tablename__}.{column.name}" for model in models()
            for column in model.__table__.columns
            if not column.primary_key and not column.info.get("label", "").strip()]
    assert bare == [] and len(models()) > 30


def test_no_label_is_the_columns_english_name():
    same = {column.name for model in models() for column in model.__table__.columns
            if column.info.get("label", "").lower().replace(" ", "_") == column.name.lower()}
    assert same <= {"folio", "total"}   # the same word in both languages


def test_every_column_that_a_screen_shows_is_said_in_spanish(office):
    for view in screens(office.app).values():
        shown = {*view.column_list, *view.filters_by, *view.search_in,
                 *(name for _, names in view.facts for name in names)}
        for name in shown:
            label = label_of(view.model, name)
            known = column_of(view.model, name) is not None
            assert not known or label != name or name == "folio", (view.endpoint, name)


def test_every_word_of_a_vocabulary_has_its_label():
    found = list(vocabularies())
    assert len(found) >= 10
    for words in found:
        labels = [word.label for word in words]
        assert all(label[:1].isupper() for label in labels), words
        assert len(set(labels)) == len(labels), f"{words.__name__} says one label twice"


def test_every_stored_vocabulary_is_one_of_ours():
    for model in models():
        for column in model.__table__.columns:
            kind = getattr(column.type, "enum_class", None)
            assert kind is None or issubclass(kind, Words), column


# Without an entry in the menu: what one's own exports are, and rows of which one record has thousands.
BEHIND = {"batch_rows", "replay_rows", "export_orders"}


def test_every_screen_is_in_the_index_once_under_its_own_name(office):
    views = screens(office.app)
    with office.app.test_request_context("/"):
        listed = [view.endpoint for role in Role for found in sections(role).values() for view in found]
    seen = Counter(endpoint for endpoint, view in views.items() for role in policies.RULES[view.model].view)
    assert Counter(listed) == seen and {endpoint for endpoint, view in views.items() if not view.menu_entry} == BEHIND
    for endpoint, view in views.items():
        assert endpoint == view.model.__tablename__
        assert view.name == view.model.__title__.many, endpoint


def test_every_ruled_table_has_its_title():
    titles = [model.__title__.many for model in policies.RULES]
    assert len(set(titles)) == len(titles) and all(title[0].isupper() for title in titles)


def test_every_mapped_table_has_its_rule():
    assert set(models()) == set(policies.RULES)


def test_the_matrix_says_every_permission_and_no_other():
    """Read back from the Markdown: office × table × letter, and office × act."""
    lines = [line.strip("| ").split(" | ") for line in matrix().replace("|  |", "| . |").replace(
        "|  |", "| . |").splitlines()]
    assert lines[0][1:] == [role.label for role in Role]
    said = {(cells[0].strip("* "), role): cells[place].strip(" |.") for cells in lines[2:]
            for place, role in enumerate(Role, start=1) if not cells[0].startswith(ACT)}
    for rule in policies.RULES.values():
        for role in Role if anybody(rule) else ():
            assert said[rule.model.__title__.many, role] == letters(rule, role)
            assert {VERBS[verb] for verb in VERBS if role in getattr(rule, verb)} == set(
                letters(rule, role).split())
    acts = Counter((cells[0][2:], role) for cells in lines[2:] if cells[0].startswith(ACT)
                   for place, role in enumerate(Role, start=1) if cells[place].strip(" |") == ACT)
    assert acts == Counter((step.label, role) for step in policies.ACTS.values()
                           if not step.job for role in step.by)


def test_the_page_of_permissions_holds_the_matrix_that_rules(office):
    printed = office.app.test_cli_runner().invoke(args=["matrix"]).output
    assert (ROOT / "docs/matrix.md").read_text(encoding="utf-8") == printed and matrix() in printed


def test_every_refusal_of_the_database_has_its_sentence(office):
    """A code that SQL raises and nobody translates would reach people as «Algo falló»."""
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "migrations").rglob("*.sql"))
    assert set(re.findall(r"ERRCODE = '(AG\d+)'", written)) == {code for code in CODES if code.startswith("AG")}
    named = set(re.findall(r"console\.refuse\('AG\d+', '(\w+)', [\w.]+(?:\)|, about)", written))
    assert named == set(REFUSALS) and len(named) > 40
    with psycopg.connect(office.dsn()) as connection:
        known = {name for (name,) in connection.execute(
            "SELECT conname::text FROM pg_constraint UNION SELECT indexname::text FROM pg_indexes")}
    assert set(declared()) - known == set() and len(declared()) > 40
    for sentence in (*declared().values(), *CODES.values(), *REFUSALS.values()):
        assert sentence[0].isupper() and sentence.endswith("."), sentence


def sentences(path):
    """The texts of a module that a person may read: whole sentences, docstrings aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {id(node.body[0].value) for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body
            and isinstance(node.body[0], ast.Expr)}
    return [node.value for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
            and len(node.value) > 30 and node.value.endswith(".") and " " in node.value]


def test_no_two_modules_say_the_same_sentence():
    said = Counter(sentence for room in OURS for path in (ROOT / room).rglob("*.py")
                   for sentence in set(sentences(path)))
    assert len(said) > 60
    assert [sentence for sentence, times in said.items() if times > 1] == []
