"""The trail for auditors: entries in words, refusals, reads, exports, and the chain's check."""

from flask import g, request
from flask_admin import expose
from sqlalchemy import and_, or_, select, text

import policies
from admin_views.base import VERBS, PolicyView
from admin_views.words import label_of, say
from models import db
from models.access import ExportEntry, ReadEntry, Refusal
from models.audit import AuditEntry, SealedEntry
from models.people import Person, Role

VERBS |= {"verify_view": "view"}
OPERATIONS = {"I": "Alta", "U": "Cambio", "D": "Baja", "L": "Carga"}
HIDDEN = {"id", "version", "created_at"}


def models_by_table():
    return {mapper.class_.__table__.fullname: mapper.class_
            for mapper in db.Model.registry.mappers}


def changes(entry):
    """[(label, before, after)] of one entry, in words; personal values stay hidden."""
    model = models_by_table().get(entry.table_name)
    old, new = entry.old or {}, entry.new or {}
    return [(label_of(model, name) if model else name, spoken(model, name, old.get(name)),
             spoken(model, name, new.get(name)))
            for name in sorted(old.keys() | new.keys()) if name not in HIDDEN]


def spoken(model, name, value):
    """A stored value as a person says it: vocabularies by their label, HMACs as «cambió»."""
    if isinstance(value, str) and value.startswith("hmac:"):
        return f"reservado ({value[5:13]})"
    column = model.__table__.columns.get(name) if model is not None else None
    words = getattr(column.type, "enum_class", None) if column is not None else None
    if words is not None and value in {word.value for word in words}:
        return words(value).label
    if isinstance(value, list) and len(value) > 3:
        return f"{len(value)} renglones"
    return say(value)


def act_label(entry):
    """The act's Spanish name, or what was done to the row where no act ran."""
    named = {step.name: step.label for step in policies.ACTS.values()}
    return named.get(entry.act) or OPERATIONS.get(entry.operation, entry.operation)


def office(entry):
    role = entry.role.removeprefix("console_")
    return Role(role).label if role in {r.value for r in Role} else f"Programa: {entry.db_user}"


def told(entries):
    """Entries with names and words, as pages draw them."""
    people = {person.id: person.name for person in db.session.scalars(select(Person))}
    seals = dict(db.session.execute(select(SealedEntry.seq, SealedEntry.number).where(
        SealedEntry.seq.in_([entry.id for entry in entries]))).all())
    return [{"at": entry.at, "who": people.get(entry.actor_id, "—"), "office": office(entry),
             "act": act_label(entry), "program": entry.program, "table": entry.table_name,
             "row": entry.row_id, "changes": changes(entry), "seal": seals.get(entry.id)}
            for entry in entries]


def history(correction):
    """Everything the trail holds of a correction and its parts, oldest first."""
    parts = ["correction_lines", "evidence", "signature_slots", "signatures", "notices"]
    owner = str(correction.id)
    own = [and_(AuditEntry.table_name == "console.corrections", AuditEntry.row_id == owner)]
    for table in [*(f"console.{part}" for part in parts), "commercial.credit_notes"]:
        own.append(and_(AuditEntry.table_name == table, or_(
            AuditEntry.new["correction_id"].astext == owner,
            AuditEntry.old["correction_id"].astext == owner)))
    query = select(AuditEntry).where(or_(*own)).order_by(AuditEntry.id).limit(500)
    return told(db.session.scalars(query).all())


class AuditEntryView(PolicyView):
    column_list = ("id", "at", "actor_id", "role", "act", "table_name", "row_id", "operation",
                   "db_user")
    column_default_sort = ("id", True)
    search_in = ("table_name", "request_id")
    creates_here = False
    record_template = "entry.html"

    def page_of(self, record):
        return super().page_of(record) | {"entry": told([record])[0]}

    @expose("/verificar/", methods=("GET", "POST"))
    def verify_view(self):
        """Every row's hash and the chain of seals, checked where they live."""
        result = None
        if request.method == "POST":
            faults = db.session.execute(text("SELECT * FROM audit.verify()")).all()
            result = {"faults": faults, "by": g.actor.name,
                      "entries": db.session.scalar(text("SELECT count(*) FROM audit.log")),
                      "seals": db.session.scalar(text("SELECT max(number) FROM audit.seal"))}
        return self.show("verify_trail.html", result=result)


class RefusalView(PolicyView):
    column_list = ("at", "person_id", "role", "asked", "status", "why")
    column_default_sort = ("at", True)
    search_in, creates_here = ("request_id",), False


class ReadEntryView(PolicyView):
    column_list = ("at", "person_id", "role", "table_name", "row_id")
    column_default_sort = ("at", True)
    creates_here = False


class ExportEntryView(PolicyView):
    column_list = ("at", "person_id", "role", "table_name", "filters", "rows", "sha256")
    column_default_sort = ("at", True)
    creates_here = False


def views():
    yield AuditEntryView(AuditEntry, name="Bitácora", endpoint="log", url="/bitacora")
    yield RefusalView(Refusal, name="Intentos negados", endpoint="refusals", url="/negados")
    yield ReadEntryView(ReadEntry, name="Consultas de datos personales",
                        endpoint="read_entries", url="/consultas")
    yield ExportEntryView(ExportEntry, name="Exportaciones", endpoint="export_entries",
                          url="/exportaciones")
