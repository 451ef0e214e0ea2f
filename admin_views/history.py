"""What the trail says, in words: who did what to which part of a record, old → new."""

from datetime import datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from operator import itemgetter

from flask import g
from sqlalchemy import DateTime, Numeric, Text, and_, cast, or_, select

import policies
from admin_views.words import label_of, say
from models import db
from models.audit import AuditEntry, SealedEntry
from models.billing import CreditNote
from models.corrections import CorrectionLine, Evidence
from models.notices import Notice
from models.people import Person, Role
from models.procedures import ProcedureVersion
from models.signatures import Signature, SignatureSlot
from models.tariffs import Service
from policies.matrix import TITLES

OPERATIONS = {"I": "Alta", "U": "Cambio", "D": "Baja", "L": "Carga"}
# What says nothing to a reader of one record's history: keys, and the record itself.
KEYS = {"id", "version"}
HIDDEN = KEYS | {"correction_id", "credit_note_id", "slot_id", "signer_id", "position"}
PARTS = {"corrections": "Corrección", "correction_lines": "Renglón", "evidence": "Evidencia",
         "signature_slots": "Lugar de firma", "signatures": "Firma", "notices": "Carta",
         "credit_notes": "Nota"}


@cache
def models_by_table():
    return {mapper.class_.__table__.fullname: mapper.class_
            for mapper in db.Model.registry.mappers}


def changes(entry, hidden=KEYS):
    """[(label, before, after)] of one entry, in words; personal values stay hidden."""
    model = models_by_table().get(entry.table_name)
    old, new = entry.old or {}, entry.new or {}
    rows = [(label_of(model, name) if model else name, spoken(model, name, old.get(name)),
             spoken(model, name, new.get(name)))
            for name in sorted(old.keys() | new.keys()) if name not in hidden]
    return [row for row in rows if row[1] != row[2]]


def spoken(model, name, value):
    """A stored value as a person says it: vocabularies and keys by their name, HMACs hidden."""
    if isinstance(value, str) and value.startswith("hmac:"):
        return f"reservado ({value[5:13]})"
    column = model.__table__.columns.get(name) if model is not None else None
    if column is None or value is None:
        return say(value)
    words = getattr(column.type, "enum_class", None)
    if words is not None and value in {word.value for word in words}:
        return words(value).label
    if column.foreign_keys and isinstance(value, int):
        return named(column, value)
    return stored(column, value)


def named(column, key):
    """The name of the row that a key points to, if this office may read it."""
    (target,) = column.foreign_keys
    model = models_by_table().get(target.column.table.fullname)
    if model is None or not policies.allows(g.actor, "view", model):
        return str(key)
    return str(db.session.get(model, key) or key)


def stored(column, value):
    """What JSON keeps of a figure or an instant, as it was before it was kept."""
    if isinstance(value, list) and len(value) > 3:
        return f"{len(value)} renglones"
    if isinstance(value, dict):
        labels = input_labels()
        return say({labels.get(name, name): part for name, part in value.items()})
    if isinstance(column.type, Numeric) and isinstance(value, int | float):
        return say(Decimal(str(value)), column)
    if isinstance(column.type, DateTime) and isinstance(value, str):
        return say(datetime.fromisoformat(value))
    return say(value)


def input_labels():
    """name → Spanish label of everything that a procedure version asks a person."""
    versions = db.session.scalars(select(ProcedureVersion))
    return {item["name"]: item["label"] for version in versions
            for item in version.definition.get("inputs", ())}


def act_words(name):
    """An act's Spanish name."""
    labels = {step.name: step.label for step in policies.ACTS.values()}
    return labels.get(name, name or "—")


def act_label(entry):
    """The act's Spanish name, or what was done to the row where no act ran."""
    return act_words(entry.act) if entry.act else OPERATIONS[entry.operation]


def role_words(role):
    """The office of an entry; where none was worn, that it was a program."""
    if not role:
        return "—"
    known = {member.value: member.label for member in Role}
    name = role.removeprefix("console_")
    return known.get(name) or {"gate": "Acceso a la consola"}.get(name, f"Programa «{role}»")


def person_words(person_id):
    return str(db.session.get(Person, person_id) or "—") if person_id else "—"


def table_words(table):
    """What people call a table."""
    return TITLES.get(table.split(".")[-1], table.split(".")[-1])


def told(entries, hidden=KEYS):
    """Entries with names and words, as pages draw them; their seals in one query."""
    seals = dict(db.session.execute(select(SealedEntry.seq, SealedEntry.number).where(
        SealedEntry.seq.in_([entry.id for entry in entries]))).all())
    return [{"id": entry.id, "at": entry.at, "who": person_words(entry.actor_id),
             "office": role_words(entry.role), "act": act_label(entry), "program": entry.program,
             "table": table_words(entry.table_name), "row": entry.row_id, "what": part(entry),
             "request": (entry.request_id, entry.act), "changes": changes(entry, hidden),
             "seal": seals.get(entry.id)} for entry in entries]


def history(correction):
    """Everything the trail holds of a correction and its parts, one step per act, in order."""
    entries = told(db.session.scalars(entries_of(correction)).all(), HIDDEN)
    steps = [list(parts) for _, parts in groupby(entries, itemgetter("request"))]
    return [parts[0] | {"parts": parts, "seal": parts[-1]["seal"]} for parts in steps]


def part(entry):
    """What kind of thing changed, and how: «Renglón de Agua potable: alta»."""
    table = entry.table_name.split(".")[1]
    service = (entry.new or {}).get("service") or (entry.old or {}).get("service")
    subject = PARTS.get(table, table)
    if service:
        subject += f" de {Service(service).label}"
    return f"{subject}: {OPERATIONS.get(entry.operation, entry.operation).lower()}"


def entries_of(correction):
    owner = str(correction.id)
    own = [and_(AuditEntry.table_name == "console.corrections", AuditEntry.row_id == owner)]
    for model in (CorrectionLine, Evidence, SignatureSlot, Signature, Notice, CreditNote):
        own.append(and_(AuditEntry.table_name == model.__table__.fullname, or_(
            AuditEntry.new["correction_id"].astext == owner,
            AuditEntry.old["correction_id"].astext == owner,
            AuditEntry.row_id.in_(select(cast(model.id, Text)).where(
                model.correction_id == correction.id)))))
    return select(AuditEntry).where(or_(*own)).order_by(AuditEntry.id).limit(500)
