"""The trail for auditors: entries in words, refusals, reads, exports, and the chain's check."""

import re
from collections.abc import Iterator
from operator import itemgetter

from flask import g, request
from flask_admin import expose
from markupsafe import Markup
from sqlalchemy import Select, func, select

from admin_views.core.base import VERBS, PolicyView
from admin_views.forms.inputs import unaccented
from admin_views.records.history import (
    OPERATIONS,
    act_words,
    entries_in_words,
    person_words,
    role_words,
    table_words,
)
from admin_views.trail import seals
from admin_views.trail.work import FIGURES, PANELS
from models import db
from models.base.access import ExportEntry, ReadEntry, Refusal
from models.base.people import Person, Role
from models.base.trail import AuditEntry
from models.queries.finding import found_first
from policies.core.offices import AUDITOR
from policies.core.rules import ACTS, RULES

VERBS |= {"verify_view": "view"}

SPOKEN = {"actor_id": person_words, "person_id": person_words, "role": role_words,
          "act": act_words, "table_name": table_words, "operation": OPERATIONS.get}
# What the filters offer of columns that hold technical words.
OFFICES = tuple((role.value, role.label) for role in Role)
TABLES = sorted(((rule.model.__table__.name, table_words(rule.model.__table__.name))
                 for rule in RULES.values()), key=itemgetter(1))
LOGGED = {
    "actor_id": Person, "operation": tuple(OPERATIONS.items()),
    "act": sorted({step.name: step.label for step in ACTS.values()}.items(), key=itemgetter(1)),
    "role": tuple((f"console_{value}", label) for value, label in OFFICES),
    "table_name": sorted(((rule.model.__table__.fullname, table_words(rule.model.__table__.name))
                          for rule in RULES.values()), key=itemgetter(1))}


def tables_named(words: str) -> list[str]:
    """The tables of which each word typed begins some word, of their name or of what they are called in Spanish."""
    typed = unaccented(words).replace(".", " ").split()
    return [name for name, said in LOGGED["table_name"] if typed and all(
        any(part.startswith(word) for part in re.split(r"[^a-z0-9]+", unaccented(f"{name} {said}"))) for word in typed)]


class TrailView(PolicyView):
    """A log: who, in which office and what, by name; nobody adds to it by hand."""

    creates_here = findable = False
    narrowed_by = ("at",)
    vocabularies = {"person_id": Person, "role": OFFICES, "table_name": TABLES}
    when_empty = "Aquí queda asentado lo que pasa, en cuanto pasa; nadie lo captura."

    def search(self, query: Select, words: str) -> Select:
        """The rows of the request whose number begins so, found before they are put in order."""
        return found_first(query, self.model.id, func.starts_with(self.model.request_id, words.lower()))

    def show(self, template: str, **facts: object) -> str:
        """The people of a list are read together, and held while its page is drawn."""
        if page := facts.get("page"):
            name = "person_id" if hasattr(self.model, "person_id") else "actor_id"
            g.people = db.session.scalars(select(Person).where(
                Person.id.in_({getattr(row, name) for row in page.rows}))).all()
        return super().show(template, **facts)

    def cell(self, record: object, name: str) -> str:
        """Addresses are kept as they were asked, word for word: evidence, and no language."""
        if name in ("filters", "place") and getattr(record, name):
            return Markup('<code translate="no">{}</code>').format(getattr(record, name))
        spoken = SPOKEN.get(name)
        return spoken(getattr(record, name)) if spoken else super().cell(record, name)

    def exported(self, record: object, name: str) -> object:
        """Words instead of keys, as the page has them."""
        return self.cell(record, name) if name in SPOKEN else super().exported(record, name)

    def plainly_exported(self, name: str) -> bool:
        """Whether a sheet has the column as it is kept: not where it is put in words."""
        return name not in SPOKEN


class AuditEntryView(TrailView):
    menu_entry, daily_for, leads = "Bitácora", AUDITOR, True
    figures, panels = FIGURES, PANELS
    column_list = ("id", "at", "actor_id", "role", "act", "table_name", "row_id", "operation")
    column_default_sort = ("id", True)
    vocabularies = LOGGED
    filters_by = ("at", "actor_id", "operation", "table_name", "role", "act", "row_id",
                  "request_id", "db_user")
    search_in = ("table_name", "request_id")
    record_template = "entry.html"
    facts = (("", ("at", "actor_id", "role", "act", "table_name", "row_id", "operation",
                   "request_id", "program", "db_user", "client")),)
    links = (("Verificar la bitácora", ".verify_view"),)

    def search(self, query: Select, words: str) -> Select:
        """The entries of the tables that the words name; else those of a request, found before they are ordered."""
        if tables := tables_named(words):
            return query.where(AuditEntry.table_name.in_(tables))
        return super().search(query, words)

    def page_of(self, record: AuditEntry) -> dict:
        """What the entry's page shows: the entry in words besides."""
        return super().page_of(record) | {"entry": entries_in_words([record])[0]}

    @expose("/verificar/", methods=("GET", "POST"))
    def verify_view(self) -> str:
        """Every row's hash and the chain of seals, checked where they live and against those kept outside."""
        result = seals.check(db.session) if request.method == "POST" else None
        return self.show("verify_trail.html", result=result)


class RefusalView(TrailView):
    menu_entry = "Bitácora"
    facts = (("Quién", ("person_id", "role", "at")), ("Qué pidió", ("asked", "status", "why")),
             ("Procedencia", ("request_id",)))
    column_list = ("at", "person_id", "role", "asked", "status", "why")
    column_default_sort = ("at", True)
    filters_by, search_in = ("at", "person_id", "role", "status", "why"), ("request_id",)


class ReadEntryView(TrailView):
    menu_entry = "Bitácora"
    facts = (("Quién", ("person_id", "role", "at")),
             ("Qué consultó", ("table_name", "row_id", "rows", "keys", "place", "filters")),
             ("Procedencia", ("request_id",)))
    column_list = ("at", "person_id", "role", "table_name", "row_id", "rows", "place", "filters")
    column_default_sort = ("at", True)
    filters_by = ("at", "person_id", "role", "table_name", "row_id", "rows", "place")

    def cell(self, record: ReadEntry, name: str) -> str:
        """The keys of the records that were shown, one after another."""
        if name == "keys":
            return ", ".join(map(str, record.keys)) or "—"
        return super().cell(record, name)

    def exported(self, record: ReadEntry, name: str) -> object:
        """The keys as the page has them."""
        return self.cell(record, name) if name == "keys" else super().exported(record, name)


class ExportEntryView(TrailView):
    menu_entry = "Bitácora"
    facts = (("Quién", ("person_id", "role", "at")),
             ("Qué exportó", ("table_name", "filters", "outcome", "rows", "sha256")),
             ("Procedencia", ("request_id",)))
    column_list = ("at", "person_id", "role", "table_name", "filters", "outcome", "rows", "sha256")
    column_default_sort = ("at", True)
    filters_by = ("at", "person_id", "role", "table_name", "outcome", "rows", "sha256")


COMMANDS = (seals.audit,)


def views() -> Iterator[PolicyView]:
    """The screens of the trail, refusals, reads and exports."""
    yield AuditEntryView(AuditEntry, url="/bitacora")
    yield RefusalView(Refusal, url="/negados")
    yield ReadEntryView(ReadEntry, url="/consultas")
    yield ExportEntryView(ExportEntry, url="/exportaciones")
