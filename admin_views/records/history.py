"""The trail in words: who did what to which row, old → new."""

from collections.abc import Sequence, Set
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from flask import g
from sqlalchemy import Column, Date, DateTime, Numeric, select

import policies
from admin_views.core.words import label_of, say
from admin_views.records import codes
from models import db
from models.base.columns import Named, title_of
from models.base.people import Person, Role
from models.base.signing import Signature
from models.base.trail import AuditEntry, SealedEntry

OPERATIONS = {"I": "Alta", "U": "Cambio", "D": "Baja", "L": "Carga"}
# What says nothing to a reader of one record's history: keys, and the record itself.
KEYS = {"id", "version", "sources"}     # what only the tables need

codes.say_codes(Signature.method, words=lambda: {"password": "Contraseña"})     # what proved the person


@cache
def models_by_table() -> dict[str, type[Named]]:
    """Full name of a table, former names included → its model."""
    models = [mapper.class_ for mapper in db.Model.registry.mappers]
    former = {part.name: part.model for model in models for part in getattr(model, "former_tables", ())}
    return former | {model.__table__.fullname: model for model in models}


def changes(entry: AuditEntry, hidden: Set[str] = KEYS) -> list[tuple[str, str, str]]:
    """[(label, before, after)] of one entry, in words; personal values stay hidden."""
    model = models_by_table().get(entry.table_name)
    old, new = entry.old or {}, entry.new or {}
    rows = [(label_of(model, name) if model else name, value_words(model, name, old.get(name)),
             value_words(model, name, new.get(name)))
            for name in sorted(old.keys() | new.keys()) if name not in hidden]
    return [row for row in rows if row[1] != row[2]]


def value_words(model: type[Named] | None, name: str, value: object) -> str:
    """A stored value as people read it: vocabularies and keys by their name, HMACs hidden."""
    if isinstance(value, str) and value.startswith("hmac:"):
        return f"reservado ({value[5:13]})"
    column = model.__table__.columns.get(name) if model is not None else None
    if column is None or value is None:
        return say(value)
    words = getattr(column.type, "enum_class", None)
    if words is not None and value in {word.value for word in words}:
        return words(value).label
    if column.foreign_keys and isinstance(value, int):
        return name_of_key(column, value)
    said = codes.word_of(column.table.name, name, value) if isinstance(value, str) else None
    return from_json(column, value) if said is None else said


def name_of_key(column: Column, key: int) -> str:
    """The name of the row that a key refers to, if this office may read it."""
    (target,) = column.foreign_keys
    model = models_by_table().get(target.column.table.fullname)
    if model is None or not policies.allows(g.actor, "view", model):
        return str(key)
    return str(db.session.get(model, key) or key)


def from_json(column: Column, value: object) -> str:
    """A value read from JSON as the column's own type: a figure, a day or an instant."""
    if isinstance(value, list):
        return say(codes.of_list(column.table.name, column.name, value))
    if isinstance(value, dict):
        return say(codes.of_object(column.table.name, column.name, value))
    if isinstance(column.type, Numeric) and isinstance(value, int | float):
        return say(Decimal(str(value)), column)
    if isinstance(column.type, DateTime) and isinstance(value, str):
        return say(datetime.fromisoformat(value))
    if isinstance(column.type, Date) and isinstance(value, str):
        return say(date.fromisoformat(value))
    return say(value)


def act_words(name: str | None) -> str:
    """An act's Spanish name."""
    labels = {step.name: step.label for step in policies.ACTS.values()}
    return labels.get(name, name or "—")


def act_label(entry: AuditEntry) -> str:
    """The act's Spanish name, or the operation on the row where no act ran."""
    return act_words(entry.act) if entry.act else OPERATIONS[entry.operation]


def role_words(role: str | None) -> str:
    """The office of an entry; without an office, that it was a program."""
    if not role:
        return "—"
    known = {member.value: member.label for member in Role}
    name = role.removeprefix("console_")
    return known.get(name) or {"gate": "Acceso a la consola"}.get(name, f"Programa «{role}»")


def person_words(person_id: int | None) -> str:
    """The name of a person by key, or «—»."""
    return str(db.session.get(Person, person_id) or "—") if person_id else "—"


def table_words(table: str) -> str:
    """The Spanish name of a table."""
    return title_of(present_table(table))


def present_table(table: str) -> str:
    """The name, without its schema, of the table that holds its rows today."""
    model = models_by_table().get(table)
    return model.__tablename__ if model else table.split(".")[-1]


def entries_in_words(entries: Sequence[AuditEntry]) -> list[dict]:
    """Entries with names and words, for pages; their seals are read in one query."""
    seals = dict(db.session.execute(select(SealedEntry.seq, SealedEntry.number).where(
        SealedEntry.seq.in_([entry.id for entry in entries]))).all())
    return [words_of(entry) | {"id": entry.id, "seal": seals.get(entry.id)} for entry in entries]


def words_of(entry: AuditEntry, hidden: Set[str] = KEYS) -> dict:
    """One entry: who, in which office, when, and what changed."""
    return {"at": entry.at, "who": person_words(entry.actor_id), "office": role_words(entry.role),
            "act": act_label(entry), "program": entry.program, "what": part_words(entry), "operation": entry.operation,
            "changes": changes(entry, hidden)}


def part_words(entry: AuditEntry) -> str:
    """The kind of thing that changed, and how: «Renglón de Agua potable: alta»."""
    model = models_by_table().get(entry.table_name)
    if model is None:
        subject = table_words(entry.table_name)
    else:
        subject = model.__title__.part or model.__title__.one
        which = {**(entry.old or {}), **(entry.new or {})}.get(model.__title__.told_apart_by)
        subject += f" de {value_words(model, model.__title__.told_apart_by, which)}" if which else ""
    return f"{subject}: {OPERATIONS.get(entry.operation, entry.operation).lower()}"
