"""The trail for auditors: entries in words, refusals, reads, exports, and the chain's check."""

from flask import g, request
from flask_admin import expose
from sqlalchemy import text

from admin_views.base import VERBS, PolicyView
from admin_views.history import (
    OPERATIONS,
    act_words,
    person_words,
    role_words,
    table_words,
    told,
)
from models import db
from models.access import ExportEntry, ReadEntry, Refusal
from models.audit import AuditEntry

VERBS |= {"verify_view": "view"}


SPOKEN = {"actor_id": person_words, "person_id": person_words, "role": role_words,
          "act": act_words, "table_name": table_words, "operation": OPERATIONS.get}


class TrailView(PolicyView):
    """A log: who, in which office and what, by name; nobody adds to it by hand."""

    creates_here = False

    def cell(self, record, name):
        spoken = SPOKEN.get(name)
        return spoken(getattr(record, name)) if spoken else super().cell(record, name)

    def exported(self, record, name):
        return self.cell(record, name) if name in SPOKEN else super().exported(record, name)


class AuditEntryView(TrailView):
    column_list = ("id", "at", "actor_id", "role", "act", "table_name", "row_id", "operation",
                   "db_user")
    column_default_sort = ("id", True)
    search_in = ("table_name", "request_id")
    record_template = "entry.html"
    facts = (("", ("at", "actor_id", "role", "act", "table_name", "row_id", "operation",
                   "request_id", "program", "db_user", "client")),)
    links = (("Verificar la bitácora", ".verify_view"),)

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


class RefusalView(TrailView):
    column_list = ("at", "person_id", "role", "asked", "status", "why")
    column_default_sort = ("at", True)
    search_in = ("request_id",)


class ReadEntryView(TrailView):
    column_list = ("at", "person_id", "role", "table_name", "row_id")
    column_default_sort = ("at", True)


class ExportEntryView(TrailView):
    column_list = ("at", "person_id", "role", "table_name", "filters", "rows", "sha256")
    column_default_sort = ("at", True)


def views():
    yield AuditEntryView(AuditEntry, name="Bitácora", endpoint="log", url="/bitacora")
    yield RefusalView(Refusal, name="Intentos negados", endpoint="refusals", url="/negados")
    yield ReadEntryView(ReadEntry, name="Consultas de datos personales",
                        endpoint="read_entries", url="/consultas")
    yield ExportEntryView(ExportEntry, name="Exportaciones", endpoint="export_entries",
                          url="/exportaciones")
