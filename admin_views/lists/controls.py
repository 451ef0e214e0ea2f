"""The controls that narrow a list: what each offers, and what a person who types in one means."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from markupsafe import Markup, escape
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from admin_views.core.words import column_of
from admin_views.forms.inputs import tidy
from admin_views.lists.choices import NAMING, choices_of, few
from admin_views.lists.clauses import one_of
from admin_views.lists.columns import Filter
from admin_views.lists.filters import MOST_ASKED, MOST_GROUPS, TESTS, Condition, pairs_of
from models import db
from policies.core.typed_words import unaccented

IN_BAR = 3          # the declared filters that stand in sight; the rest wait in «Más filtros»
MOST_NAMESAKES = 20
OURS = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})")   # 31/12/2026
KEY = re.compile(r"#[0-9]{1,9}")
ROW = ("campo", "como", "valor", "grupo")
YES_NO = (("true", "Sí"), ("false", "No"))
NOBODY = "Nada se llama «{}» en «{}»; revise cómo está escrito. La lista se muestra sin ese filtro."


@dataclass(frozen=True)
class Control:
    """A filter as the page draws it: its options, if few, and what it holds now."""

    filter: object
    options: tuple | None           # (value, words) pairs; None: typed, not chosen
    held: dict = field(default_factory=dict, hash=False)   # comparison → what its box shows
    tests: tuple = ()

    def option_list(self, held: str) -> Markup:
        """The options as a page draws them, with the one that is held chosen."""
        return option_list(self.options, held)


def controls(filters: dict[str, Filter]) -> dict[str, Control]:
    """name → Control of every filter of the list."""
    listed = choices_of({item.target for item in filters.values() if item.kind == "relation"})
    return {item.name: Control(item, listed[item.target] if item.kind == "relation" else options(item), {},
                               TESTS[item.kind]) for item in filters.values()}


@lru_cache(maxsize=512)
def option_list(options: tuple, held: str) -> Markup:
    """These options drawn once: every page of a list has the same."""
    chosen = {held: " selected"}
    return Markup("".join(f'<option value="{escape(value)}"{chosen.get(value, "")}>{escape(text)}</option>'
                          for value, text in options))


def options(item: Filter) -> tuple | None:
    """(value, words) pairs to choose from, of a filter that points to no table; None where a person types."""
    if item.kind == "yes_no":
        return YES_NO
    return item.listed if item.kind == "words" else None


def bar(drawn: dict[str, Control], groups: tuple) -> tuple[list[Control], list]:
    """(the controls in sight, the pairs that its form must carry along).

    A control shows what it can hold; of several groups, or of several values, it can hold none.
    """
    kept, shown = list(groups[0]) if groups else [], []
    if len(groups) > 1:
        return [], pairs_of(groups)
    for control in list(drawn.values())[:IN_BAR]:
        mine = [c for c in kept if c.filter.name == control.filter.name]
        held = {c.test: box(control, c) for c in mine if c.test != "empty" and len(c.texts) == 1}
        if len(held) == len(mine):
            shown.append(Control(control.filter, control.options, held, control.tests))
            kept = [c for c in kept if c not in mine]
    return shown, pairs_of([kept])


def box(control: Control, condition: Condition) -> str:
    """What the control's box holds: a value of its list, or the words of a row found by name."""
    by_name = control.filter.kind == "relation" and control.options is None
    return condition.said[0] if by_name else condition.texts[0]


def rows_of(drawn: dict[str, Control], group: tuple) -> list[tuple]:
    """(control, comparison, what its box holds) of each row of «Más filtros»."""
    rows = []
    for condition in group:
        control = drawn[condition.filter.name]
        by_name = condition.filter.kind == "relation" and control.options is None
        held = condition.said if by_name else condition.texts
        rows += [(control, condition.test, "" if condition.test == "empty" else text)
                 for text in held or ("",)]
    return rows


# ---- rows that a person typed: column, comparison, value, group

def typed(filters: dict[str, Filter], args: MultiDict) -> tuple[list, list[str]]:
    """(pairs of the grammar, sentences) of the rows of «Más filtros» in an address."""
    pairs, lost = [], []
    rows = zip(*(args.getlist(name)[:MOST_ASKED] for name in ROW), strict=False)
    for name, test, text, place in rows:
        text = tidy(text) or ""
        if not name or not text and test != "empty":
            continue   # a spare row
        found = meant(filters[name], test, text) if name in filters else [text]
        if not found:
            lost.append(NOBODY.format(text[:80], filters[name].label))
        prefix = f"{place}:" if place in map(str, range(2, MOST_GROUPS + 1)) else ""
        suffix = "" if test == "is" else f".{test}"
        pairs += [(f"{prefix}{name}{suffix}", value) for value in found]
    return pairs, lost


def meant(item: Filter, test: str, text: str) -> list[str]:
    """What the typed words are called in an address; several rows may share a name."""
    if test == "empty":
        return ["1"]
    if item.kind == "relation":
        return keys_named(item.target, text)
    if item.kind in ("words", "yes_no"):
        said = {unaccented(words): value for value, words in options(item)}
        return [said.get(unaccented(text), text)]
    if item.kind in ("day", "instant") and (day := OURS.fullmatch(text)):
        return [f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}"]
    return [text]


def keys_named(target: type, text: str) -> list[str]:
    """The keys of the rows of that name; a picker says one by its key: «#12»."""
    if KEY.fullmatch(text):
        return [text[1:]]
    rows = few(target)
    if rows is not None:
        return [str(row.id) for row in rows if text in (str(row.id), str(row))
                or unaccented(text) == unaccented(str(row))]
    column = next(column_of(target, name) for name in NAMING if column_of(target, name) is not None)
    same = select(target.id).where(one_of(column, "text", (text,)))
    return [str(key) for key in db.session.scalars(same.limit(MOST_NAMESAKES))]

