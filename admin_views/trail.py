"""The trail for auditors: entries in words, refusals, reads, exports, and the chain's check."""

from flask import g, request
from flask_admin import expose
from sqlalchemy import text

from admin_views.base import VERBS, PolicyView
from admin_views.history import told
from models import db
from models.access import ExportEntry, ReadEntry, Refusal
from models.audit import AuditEntry

VERBS |= {"verify_view": "view"}


class AuditEntryView(PolicyView):
    column_list = ("id", "at", "actor_id", "role", "act", "table_name", "row_id", "operation",
                   "db_user")
    column_default_sort = ("id", True)
    search_in = ("table_name", "request_id")
    creates_here = False
    record_template = "entry.html"
    links = (("Verificar la bitácora", ".verify_view"),)

    def page_of(self, record):
        return super().page_of(record) | {"entry": told(record)}

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
