"""Screens of the terms and of the calendars of each year."""

from flask import flash, g, url_for

from admin_views.core.base import PolicyView
from admin_views.home.cards import Card, Figures
from admin_views.lists.counts import figure
from models import db
from models.base.calendar import CalendarYear, DeadlineRule
from models.base.columns import today
from policies.core.offices import ADMINISTRATOR
from policies.core.rules import acts_of_office
from policies.core.terms import covered, gaps, incomplete, kind_said, years_missing


def calendar_cards(found, day):
    """Whether the terms of this year and the next can be counted, and each has a rule."""
    ruling = covered(db.session, day)
    years, unruled = years_missing(ruling, day), list(gaps(ruling, day))
    yield Card("Calendarios sin autorizar", figure(len(years)), url_for("calendar_years.index_view"),
               f"Faltan los de {' y '.join(map(str, years))}; ahí cuenta como hábil cada día de lunes a viernes."
               if years else f"Están autorizados los de {day.year} y {day.year + 1}.", "wait" if years else "good")
    yield Card("Plazos sin regla vigente", figure(len(unruled)), url_for("deadline_rules.index_view"),
               " ".join(unruled),
               "bad" if unruled else "good")


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
    menu_entry = "Calendario y territorio"
    figures = (Figures(ADMINISTRATOR, lambda day: {}, calendar_cards),)
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
    menu_entry = "Calendario y territorio"
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
