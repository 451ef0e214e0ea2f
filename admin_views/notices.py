"""Letters and their templates: lists, what is printed together, and the preview of a template."""

from collections.abc import Iterator, Set
from datetime import date, datetime

from flask import Response, url_for
from flask_admin import expose
from sqlalchemy.orm import undefer_group
from wtforms import Form

from admin_views.core.base import VERBS, PolicyView
from admin_views.core.words import HERE, long_day
from admin_views.lists import lists
from admin_views.output import papers, pdf
from admin_views.output.papers import Paper, declare_paper
from admin_views.records.history import models_by_table
from models import db
from models.base.calendar import DeadlineRule
from models.base.columns import Named, title_of, today
from models.notices import LetterTemplate, Notice
from models.queries.calendar import days_off
from policies.core.letters import LETTERS, examples, merged, unknown_field
from policies.core.rules import Broken, Denied
from policies.core.working_days import elapsed

VERBS |= {"letters_view": "view"}
MOST_PRINTED = 500
UNREAD = "Su cargo no lee a quién van las cartas, así que no las imprime."
NO_ADDRESS = "Ninguna de estas cartas tiene domicilio; regístrelo con «Corregir domicilio» e imprima de nuevo."


def letter_facts(folio: str, written: date, addressee: str, address: str, subject: str, body: str) -> dict:
    """One letter as its template takes it: texts and lists of texts."""
    return {"folio": folio, "date": f"San Luis Potosí, S.L.P., {long_day(written)}", "addressee": addressee,
            "address": address.splitlines(), "subject": subject,
            "body": [paragraph.splitlines() for paragraph in body.split("\n\n") if paragraph.strip()]}


def facts_of(notice: Notice) -> dict:
    """letter_facts() of a letter."""
    return letter_facts(notice.folio, notice.written_at.astimezone(HERE).date(), notice.addressee or "",
                        notice.address or "", notice.subject, notice.body)


class NoticeView(PolicyView):
    menu_entry, creates_here = "Correcciones", False
    list_template, record_template = "notices.html", "notice.html"
    column_list = ("folio", "subject", "account", "state", "deliver_by", "no_address")
    column_default_sort = ("id", True)
    filters_by = ("state", "no_address", "written_at", "deliver_by", "account", "subject", "folio")
    search_in, numbered_by = ("subject", "folio"), ("folio",)
    narrowed_by = ("written_at", "account")
    when_empty = "Una carta se escribe sola cuando se aplica una corrección."
    facts = (("Carta", ("folio", "subject", "state", "state_since", "written_at", "template")),
             ("A quién", ("addressee", "address", "no_address")),
             ("Correo", ("email", "mailed_at", "mail_trouble")),
             ("Entrega", ("deliver_by", "received_by", "delivered_on", "return_reason")),
             ("De qué trata", ("about_id", "account")), ("Texto", ("body",)))

    def about(self, record: Notice) -> Named | None:
        """The record that a letter is about, if this office may open its screen."""
        screen = self.screen_of(models_by_table()[f"console.{record.about}"])
        return screen and db.session.get(screen.model, record.about_id)

    def address_of(self, record: Notice, name: str) -> str | None:
        """The address of a related record; that of what the letter is about, under its number."""
        if name != "about_id":
            return super().address_of(record, name)
        return self.about(record) and url_for(f"{record.about}.details_view", key=record.about_id)

    def cell(self, record: Notice, name: str) -> str:
        """The words of a cell: what the letter is about has its name, and a term that has passed says so."""
        if name == "about_id":
            return str(self.about(record) or f"{title_of(record.about)} {record.about_id}")
        return super().cell(record, name)

    def page_of(self, record: Notice) -> dict:
        """The context of the page of a letter: its clock and its term."""
        rule = record.delivery_rule_id and db.session.get(DeadlineRule, record.delivery_rule_id)
        off = set(db.session.scalars(days_off()))
        clock = (f"Lleva {days_said(record.state_since, off)} en «{record.state.label}» y "
                 f"{days_said(record.written_at, off)} desde que se escribió.")
        return super().page_of(record) | {
            "clock": clock, "standing": rule and f"{rule.length} desde {rule.starts_on}; {rule.standing}."}

    @expose("/cartas.pdf")
    def letters_view(self) -> Response:
        """One PDF with the letters of the list's filters that have an address, MOST_PRINTED at most. Raises Denied or
        Broken.
        """
        if not self.reads_personal():
            raise Denied(UNREAD)
        query, _ = lists.chosen_rows(self)
        notices = db.session.scalars(query.options(undefer_group("personal")).where(
            Notice.no_address.is_(False)).limit(MOST_PRINTED)).all()
        if not notices:
            raise Broken(NO_ADDRESS)
        name = notices[0].folio if len(notices) == 1 else f"cartas-{today()}"
        letters = [facts_of(notice) for notice in notices]
        return papers.answer(pdf.compose("letters.typ", {"title": name, "letters": letters}, {}), name)


def days_said(since: datetime, off: Set[date]) -> str:
    """The working days since an instant: «3 días hábiles»."""
    many = elapsed(since.astimezone(HERE).date(), today(), off)
    return "1 día hábil" if many == 1 else f"{many} días hábiles"


class LetterTemplateView(PolicyView):
    menu_entry = "Correcciones"
    record_template = "letter_template.html"
    column_list = ("code", "subject", "reason", "state")
    column_default_sort = ("id", True)
    filters_by, search_in = ("state", "code"), ("code", "subject")
    facts = (("Plantilla", ("code", "subject", "reason", "state")), ("Texto", ("body",)))
    steps = (("De qué carta", ("code", "reason")), ("Palabras", ("subject", "body")))

    def save_with_parts(self, form: Form, record: LetterTemplate) -> object:
        """Save a template; raises Broken, before anything is written, for a merge field that its letter does not know.
        """
        if why := unknown_field(record.code, record.subject, record.body):
            raise Broken(why)
        return super().save_with_parts(form, record)

    def page_of(self, record: LetterTemplate) -> dict:
        """The context of the page of a template: the merge fields that its letter knows."""
        return super().page_of(record) | {"fields": LETTERS[record.code].fields if record.code in LETTERS else {}}


def sample_facts(template: LetterTemplate) -> dict:
    """The letter of a template with the examples of its fields."""
    values = examples(template.code)
    sample = letter_facts("UAS-CAR-0000-000000", today(), "Nombre de quien la recibe",
                          "Calle y número\nColonia, Municipio, S.L.P.", merged(template.subject, values),
                          merged(template.body, values))
    return {"title": f"muestra-{template.code}", "letters": [sample]}


declare_paper(
    Paper(Notice, "letters.typ", name="carta", label="PDF", called=lambda notice: notice.folio,
          facts=lambda notice: {"title": notice.folio, "letters": [facts_of(notice)]}, personal=UNREAD,
          hinders=lambda notice: NO_ADDRESS if notice.no_address else None),
    Paper(LetterTemplate, "letters.typ", name="muestra", label="Muestra en PDF", facts=sample_facts,
          called=lambda template: f"muestra-{template.code}",
          hinders=lambda template: unknown_field(template.code, template.subject, template.body)))


def views() -> Iterator[PolicyView]:
    """The screens of the area."""
    yield NoticeView(Notice, url="/cartas")
    yield LetterTemplateView(LetterTemplate, url="/plantillas-de-carta")
