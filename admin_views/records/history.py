"""The trail in words: who did what to which row, old → new."""

from collections.abc import Sequence, Set
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from flask import g
from sqlalchemy import Column, Date, DateTime, Numeric, select

import policies
from admin_views.core.words import label_of, say
from models import db
from models.base.columns import Named, title_of
from models.base.people import Person, Role
from models.base.trail import AuditEntry, SealedEntry
from models.procedures import ProcedureVersion
from models.tariffs import Service
from policies.procedures.effects import EFFECTS
from policies.procedures.vocabulary import KEPT

OPERATIONS = {"I": "Alta", "U": "Cambio", "D": "Baja", "L": "Carga"}
# What says nothing to a reader of one record's history: keys, and the record itself.
KEYS = {"id", "version", "sources"}     # what only the tables need
PARTS = {"corrections": "Corrección", "correction_lines": "Renglón", "attachments": "Evidencia",
         "signature_places": "Lugar de firma", "signatures": "Firma", "notices": "Carta",
         "credit_notes": "Nota", "credit_note_lines": "Renglón de nota", "bills": "Recibo",
         "bill_lines": "Renglón", "appointments": "Nombramiento", "approval_slots": "Firma pedida",
         "procedure_versions": "Versión", "tariff_blocks": "Bloque", "tariff_steps": "Renglón"}
# Codes that the tables keep and nobody says: what proved the person, and what a document proves.
PROOFS = {"password": "Contraseña"}
MANY = 3
# What an account adds up, and the words that lists and answers keep: offices, effects, choices.
SUMMED = {"amount": "Importe", "corrections": "Correcciones", "since": "Desde", "account": "Cuenta"}
CODES = KEPT | EFFECTS | {role.value: role.label for role in Role}


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
    if (column.table.name, name) in CODED:
        return CODED[column.table.name, name]().get(value, value)
    return from_json(column, value)


def name_of_key(column: Column, key: int) -> str:
    """The name of the row that a key refers to, if this office may read it."""
    (target,) = column.foreign_keys
    model = models_by_table().get(target.column.table.fullname)
    if model is None or not policies.allows(g.actor, "view", model):
        return str(key)
    return str(db.session.get(model, key) or key)


def from_json(column: Column, value: object) -> str:
    """A value read from JSON as the column's own type: a figure, a day or an instant."""
    if isinstance(value, list) and (len(value) > MANY or any(isinstance(item, dict) for item in value)):
        return f"{len(value)} renglones"
    if isinstance(value, list):
        return say([CODES.get(item, item) for item in value])
    if isinstance(value, dict) and column.name == "definition":
        return f"{len(value)} apartados"
    if isinstance(value, dict):
        labels = input_labels() | SUMMED
        return say({labels.get(name, name): CODES.get(part, part) if isinstance(part, str) else part
                    for name, part in value.items()})
    if isinstance(column.type, Numeric) and isinstance(value, int | float):
        return say(Decimal(str(value)), column)
    if isinstance(column.type, DateTime) and isinstance(value, str):
        return say(datetime.fromisoformat(value))
    if isinstance(column.type, Date) and isinstance(value, str):
        return say(date.fromisoformat(value))
    return say(value)


def definitions() -> Sequence[dict]:
    """The content of every procedure version, read once a request."""
    if "definitions" not in g:
        g.definitions = db.session.scalars(select(ProcedureVersion.definition)).all()
    return g.definitions


def input_labels() -> dict[str, str]:
    """name → Spanish label of every input that a procedure version asks a person for."""
    asked = {item["name"]: item["label"] for content in definitions()
             for item in content.get("inputs", ())}
    return asked | {f"{name}.reason": f"Motivo de «{label}»" for name, label in asked.items()}


def evidence_labels() -> dict[str, str]:
    """code → the name of a document in the procedures."""
    return {item["kind"]: item["label"].capitalize() for content in definitions()
            for item in content.get("evidence", ())}


CODED = {("signatures", "method"): PROOFS.copy, ("attachments", "kind"): evidence_labels}


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
    service = (entry.new or {}).get("service") or (entry.old or {}).get("service")
    subject = PARTS.get(present_table(entry.table_name)) or table_words(entry.table_name)
    if service:
        subject += f" de {Service(service).label}"
    return f"{subject}: {OPERATIONS.get(entry.operation, entry.operation).lower()}"
