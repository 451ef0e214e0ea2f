"""Screens of the terms and of the calendars of each year."""

from flask import flash, g

from admin_views.core.base import PolicyView
from models import db
from models.base.calendar import CalendarYear, DeadlineRule
from models.base.columns import today
from policies.core.rules import acts_of_office
from policies.core.terms import covered, gaps, incomplete, kind_said, years_missing


class ListWithWarnings(PolicyView):
    """A list that says above its rows what they lack, to the offices that propose or sign them."""

    def lacking(self):
        """Sentences about what is missing."""
        return ()

    def show(self, template, **facts):
        if template == self.list_template and (self.may("create") or any(
                step.model is self.model for step in acts_of_office(g.actor))):
            for sentence in self.lacking():
                flash(sentence, "warning")
        return super().show(template, **facts)


class DeadlineRuleView(ListWithWarnings):
    one, plural = "plazo", "Plazos"
    column_list = ("code", "amount", "unit", "starts_on", "confirmed", "superior", "valid_from", "valid_to", "state")
    column_default_sort = ("code", False)
    filters_by = ("state", "code", "confirmed", "valid_from", "valid_to", "superior", "unit", "amount")
    search_in = ("code", "basis", "starts_on")
    facts = (("Cuánto", ("code", "amount", "unit", "starts_on", "counts_start")),
             ("Fundamento", ("basis", "confirmed")),
             ("Vigencia", ("valid_from", "valid_to", "superior", "state")))
    steps = (("Qué limita", ("code", "amount", "unit", "starts_on", "counts_start")),
             ("Fundamento", ("basis", "confirmed")), ("Vigencia", ("valid_from", "valid_to", "superior")))

    def lacking(self):
        return gaps(covered(db.session, today()), today())

    def cell(self, record, name):
        if name == "confirmed":
            return kind_said(record).capitalize() or "Sí"
        return super().cell(record, name)


class CalendarYearView(ListWithWarnings):
    one, plural = "calendario", "Calendarios"
    column_list = ("year", "source", "state")
    column_default_sort = ("year", True)
    filters_by, search_in = ("state", "year"), ("source",)
    facts = (("Calendario", ("year", "source", "state")),)

    def lacking(self):
        return map(incomplete, years_missing(covered(db.session, today()), today()))


def views():
    yield DeadlineRuleView(DeadlineRule, url="/plazos")
    yield CalendarYearView(CalendarYear, url="/calendarios")
