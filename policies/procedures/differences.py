"""The differences between two versions, in sentences that a director reads before signing."""

from collections import Counter
from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction

from policies.core.figures import day, figure
from policies.procedures import wording
from policies.procedures.definition import Definition
from policies.procedures.reckoning import Computed
from policies.procedures.vocabulary import in_words

SINGLE = ("units", "result", "rounding", "instalments")
# The fields that identify a row of each part in both versions.
KEYS = {"sources": "title", "inputs": "name", "eligibility": "label field", "computation": "out", "lines": "service",
        "caps": "label kind", "evidence": "kind", "approval": "level", "deadlines": "name", "effects_when": "effect"}
SAID_BY = {"inputs": "label", "evidence": "label", "computation": "label out"}
IDENTITY = ("code", "version")      # they name the version and are no part of its content


def differences(before: Definition, after: Definition) -> list[str]:
    """Spanish sentences, in the order of the file, of what changed from `before` to `after`; empty when they are equal.
    """
    found = []
    for part in fields(Definition):
        old, new = getattr(before, part.name), getattr(after, part.name)
        if old != new and part.name not in IDENTITY:
            found += _part(part.name, old, new, before, after)
    return found


def _part(name, old, new, before, after):
    if name in SINGLE:
        return _fields(old or type(new)(), new or type(old)(), "", before, after)
    if name in wording.ROWS:
        return [*_rows(name, old, new, before, after), *_order(name, old, new)]
    label = wording.phrase(Definition, name)
    if isinstance(old, tuple):
        return [*(f"Se agrega a {label}: {_quoted_choice(item)}." for item in new if item not in old),
                *(f"Se quita de {label}: {_quoted_choice(item)}." for item in old if item not in new)]
    return [_change_sentence(label, "", _value_words(old, before), _value_words(new, after))]


def _quoted_choice(value):
    return wording.option_label(value)


def _rows(name, old, new, before, after):
    former, present = _rows_by_key(name, old), _rows_by_key(name, new)
    for key, row in present.items():
        if key not in former:
            yield f"Se agrega {wording.ROWS[name]} {_row_name(name, row, key)}{_content(name, row, after)}."
        elif row != former[key]:
            yield from _fields(former[key], row, _where(name, row, key), before, after)
    for key, row in former.items():
        if key not in present:
            yield f"Se quita {wording.ROWS[name]} {_row_name(name, row, key)}{_content(name, row, before)}."


def _where(name, row, key):
    """«de «Un ajuste por cuenta»», or «del ejemplo 2» where rows have no name."""
    called = _row_name(name, row, key)
    return f"de {called}" if called.startswith("«") else f"de {wording.ROWS[name]} {called}".replace("de el ", "del ")


def _rows_by_key(name, rows):
    """(key of the row, its number among rows of that key) → row; rows without a key take their position."""
    seen, keyed = Counter(), {}
    for index, row in enumerate(rows, 1):
        known = next((getattr(row, one) for one in KEYS.get(name, "").split() if getattr(row, one) is not None), index)
        seen[known] += 1
        keyed[known, seen[known]] = row
    return keyed


def _order(name, old, new):
    former, present = list(_rows_by_key(name, old)), list(_rows_by_key(name, new))
    kept = [key for key in former if key in present]
    if kept != [key for key in present if key in former]:
        yield f"Cambia el orden en «{TITLES[name]}»."


TITLES = {"sources": "Fuentes", "inputs": "Datos que se piden", "eligibility": "Requisitos", "baseline": "Referencia",
          "computation": "Cálculo", "lines": "Renglones", "caps": "Topes", "evidence": "Evidencia",
          "approval": "Firmas", "deadlines": "Plazos", "effects_when": "Efectos", "worked_examples": "Ejemplos"}


def _row_name(name, row, key):
    """«Un ajuste por cuenta», or its number where rows have no name."""
    said = next((getattr(row, one) for one in SAID_BY.get(name, KEYS.get(name, "")).split()
                 if getattr(row, one) is not None), None)
    return f"«{wording.option_label(said)}»" if isinstance(said, str) else str(said or key[0])


def _content(name, row, definition):
    """What an added or removed row holds, where its name does not say it."""
    says = {"eligibility": lambda: f"{_formula(definition, row.field)} {wording.option_label(row.op)} "
                                   f"{_value_words(row.value, definition)}",
            "computation": lambda: _formula(definition, row.expr),
            "caps": lambda: _bounds(row, definition),
            "lines": lambda: wording.option_label(row.treatment)}.get(name)
    words = says() if says else ""
    return f": {words}" if words else ""


def _bounds(cap, definition):
    if not cap.of:
        return ""
    least = f"por lo menos {_formula(definition, cap.minimum)}" if cap.minimum else ""
    most = f"a lo más {_formula(definition, cap.maximum)}" if cap.maximum else ""
    return f"{_formula(definition, cap.of)}, {' y '.join(filter(None, (least, most)))}"


def _fields(old, new, where, before, after):
    for part in fields(new):
        one, other = getattr(old, part.name), getattr(new, part.name)
        if one == other:
            continue
        if is_dataclass(one) and is_dataclass(other) and type(one) is type(other) and not isinstance(one, Computed):
            yield from _fields(one, other, where, before, after)
        elif isinstance(one, dict) or isinstance(other, dict):
            yield from _entries(wording.phrase(type(new), part.name), where, one or {}, other or {})
        elif part.metadata.get("formula"):
            yield _formula_change(wording.phrase(type(new), part.name), where, _formula(before, one),
                                  _formula(after, other))
        else:
            yield _change_sentence(wording.phrase(type(new), part.name), where, _value_words(one, before),
                                   _value_words(other, after))


def _entries(label, where, old, new):
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            one, other = (None if name not in entries else _value_words(entries[name], None) for entries in (old, new))
            yield _change_sentence(f"«{name}» en {label}", where, one, other)


def _change_sentence(label, where, old, new):
    place, many = f"{label} {where}".strip(), "n" if label.startswith(("los ", "las ")) else ""
    if old is None:
        return f"Se fija{many} {place}: {new}."
    if new is None:
        return f"Se quita{many} {place}; era{many} {old}."
    if label.startswith("si "):
        return f"Cambia {place}: antes {old}, ahora {new}."
    return f"{place[:1].upper()}{place[1:]} pasa{many} de {old} a {new}."


def _formula_change(label, where, old, new):
    if old is None or new is None or _is_figure(old) and _is_figure(new):
        return _change_sentence(label, where, old, new)
    place = f"{label} {where}".strip()
    return f"{place[:1].upper()}{place[1:]} era «{old}» y ahora es «{new}»."


def _is_figure(text):
    return text.replace(".", "", 1).isdigit()


def _formula(definition, expression):
    return None if expression is None else in_words(definition, expression)


def _value_words(value, definition):
    """A value in words; None stays None, so that an added or removed value is told apart from a changed one."""
    if value is None or value == ():
        return None
    if isinstance(value, Computed):
        return f"«{_formula(definition, value.expr)}»"
    if isinstance(value, date):
        return day(value)
    if isinstance(value, str):
        return f"«{wording.option_label(value)}»"
    if isinstance(value, bool | int | Fraction):
        return figure(value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value_words(item, definition)}" for name, item in value.items())
    return ", ".join(str(_value_words(item, definition)) for item in value)
