"""Two people on one record: what it said when the form was opened, what is saved, what was typed.

A form carries the words that it showed (its base), which are only ever shown back, never trusted:
whether the record moved is decided by its version. For each field in dispute the person chooses.
"""

import json
from typing import NamedTuple

from flask_admin.contrib.sqla import ModelView
from sqlalchemy import Column
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, Form

from admin_views.core.words import column_of, label_of, say

UNKNOWN = "—"


class Dispute(NamedTuple):
    """One field that the saved record and the form say differently."""

    name: str
    label: str
    base: str
    theirs: str
    mine: str
    untouched: bool   # only they changed it: unless the person decides otherwise, theirs stays


def disputes(model: type, form: Form, saved: Form, base: dict[str, str]) -> list[Dispute]:
    """The fields to decide, in the order of the form."""
    mine, theirs = words_of(model, form), words_of(model, saved)
    return [Dispute(field.name, field.label.text, base.get(field.name, UNKNOWN), theirs[field.name],
                    mine[field.name], mine[field.name] == base.get(field.name))
            for field in form if mine[field.name] != theirs[field.name]]


def words_of(model: type, form: Form) -> dict[str, str]:
    """name → what each field of a form says, in words."""
    return {field.name: in_words(field, column_of(model, field.name)) for field in form}


def in_words(field: Field, column: Column | None = None) -> str:
    """What a field holds, as a page says it."""
    if hasattr(field, "iter_choices"):
        return say("; ".join(str(label) for value, label, selected, *_ in field.iter_choices()
                             if selected and value))
    if field.data is None or hasattr(field, "typed"):
        return say(field._value())   # the name of a related row; or what is no figure, as typed
    return say(field.data, column)


def decided(given: MultiDict, saved: Form) -> MultiDict:
    """What was sent, with what is saved in place of every field that the person left to it."""
    given = MultiDict(given)
    for field in saved:
        if given.get(f"keep-{field.name}") == "theirs":
            given.setlist(field.name, sent_as(field))
    return given


def sent_as(field: Field) -> list[str]:
    """What a browser would send of a field as it stands."""
    if isinstance(field, BooleanField):
        return ["y"] if field.data else []
    if hasattr(field, "iter_choices"):
        return [str(value) for value, label, selected, *_ in field.iter_choices() if selected]
    return [str(field._value())]


# ---- what a page said when it was opened

def carried(words: dict[str, str]) -> str:
    """The words of a page, as its form carries them."""
    return json.dumps(words, ensure_ascii=False)


def base_of(given: MultiDict | None) -> dict[str, str]:
    """name → words, from a form that came back; nothing when it is not what we sent."""
    try:
        read = json.loads((given or {}).get("base", ""))
    except (ValueError, RecursionError):
        return {}
    return {str(name): say(words) for name, words in read.items()} if isinstance(read, dict) else {}


def facts(view: ModelView, record: object) -> dict[str, str]:
    """name → words of everything that the record's page says of it."""
    named = dict.fromkeys(name for _, names in view.groups() for name in names)
    state = ["state"] if hasattr(record, "state") else []
    return {name: str(view.cell(record, name)) for name in (*named, *state)}


def changes(view: ModelView, record: object, base: dict[str, str]) -> list[tuple[str, str, str]]:
    """[(label, old, new)] of what the record says otherwise than when its page was opened."""
    return [(label_of(view.model, name), base[name], words)
            for name, words in facts(view, record).items() if base.get(name, words) != words]
