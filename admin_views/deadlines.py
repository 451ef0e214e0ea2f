"""Screens of the terms and of the calendars of each year."""

from collections.abc import Iterable, Iterator
from datetime import date

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


def calendar_cards(found: dict, day: date) -> Iterator[Card]:
    """The cards that say whether the calendars of this year and the next are signed, and each term has a rule in force.
    """
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

    def lacking(self) -> Iterable[str]:
        """Sentences about what the list lacks."""
        return ()

    def show(self, template: str, **facts) -> str:
        """A page; the list says above its rows what it lacks, to the offices that may mend it."""
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

    def lacking(self) -> Iterable[str]:
        """Sentences about the terms without a rule in force."""
        return gaps(covered(db.session, today()), today())

    def cell(self, record: DeadlineRule, name: str) -> str:
        """The words of a cell; a term that no law fixes is an internal target."""
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

    def lacking(self) -> Iterable[str]:
        """Sentences about the years without a signed calendar."""
        return map(incomplete, years_missing(covered(db.session, today()), today()))


def views() -> Iterator[PolicyView]:
    """The screens of the area."""
    yield DeadlineRuleView(DeadlineRule, url="/plazos")
    yield CalendarYearView(CalendarYear, url="/calendarios")
