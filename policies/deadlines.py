"""Terms and calendars: drafted by the administrator, signed by the unit head."""

from datetime import date

from sqlalchemy import func
from sqlalchemy.orm import Session, object_session

from models.base.calendar import CalendarYear, DeadlineRule, Holiday
from models.base.columns import today
from models.base.drafts import DraftState
from models.queries import calendar as find
from policies.core.needs import Holds
from policies.core.offices import ADMINISTRATOR, AUDITOR, EVERYONE, UNIT_HEAD
from policies.core.rules import Actor, Ask, Broken, Rule, act, declare
from policies.core.terms import DEADLINES

RULE = ("code", "amount", "unit", "starts_on", "counts_start", "basis", "confirmed", "superior", "valid_from",
        "valid_to")
OFFICIAL = "Ley Federal del Trabajo, artículo 74"
SEEN = dict(view=EVERYONE, create=ADMINISTRATOR, edit=ADMINISTRATOR, export=ADMINISTRATOR | AUDITOR,
            edit_while=frozenset({DraftState.DRAFT}), born=DraftState.DRAFT)

declare(
    Rule(DeadlineRule, **SEEN, edits=RULE, content=tuple(name for name in RULE if name != "valid_to"),
         guarded=True),
    Rule(CalendarYear, **SEEN, edits=("year", "source"), content=("year", "source"), guarded=True),
)


def cannot_rule(rule: DeadlineRule, actor: Actor) -> str | None:
    """Why this rule is not signed, or None: something must count by its code, and on each day only one rules."""
    if rule.code not in DEADLINES:
        known = "; ".join(f"{code} ({title})" for code, title in sorted(DEADLINES.items()))
        return f"Ninguna pantalla cuenta por «{rule.code}»; pida a Informática que use una de estas claves: {known}."
    other = object_session(rule).scalar(find.overlapping_rule(rule))
    if other is not None:
        return f"Ya rige {other} en parte de esas fechas; termínelo o retírelo antes de autorizar este."
    return None


@act("Autorizar plazo", DeadlineRule, {DraftState.DRAFT: {DraftState.IN_FORCE}}, by=UNIT_HEAD, hinders=cannot_rule,
     together=True)
def authorize_deadline(rule: DeadlineRule, actor: Actor) -> None:
    """What starts on its days is due by this rule; due days that were already written stay."""


FROM_TODAY = Holds("El último día de un plazo vigente lo mueve quien es Titular de la Unidad, de hoy en adelante; use "
                   "«Terminar plazo».", "last_day", DeadlineRule.valid_to >= func.console.local_day(), code="AG072",
                   asked_before=False)


@act("Terminar plazo", DeadlineRule, {DraftState.IN_FORCE: {DraftState.IN_FORCE}}, by=UNIT_HEAD, sets=("valid_to",),
     needs=(FROM_TODAY,),
     asks=lambda rule, actor: (Ask("last", "Último día en que rige", "day", value=rule.valid_to, help=(
         "De hoy en adelante. Autorice antes de ese día el plazo que lo sigue, o nada podrá vencer por él.")),))
def end_deadline(rule: DeadlineRule, actor: Actor, last: date) -> None:
    """Set its last day, from today on; the rule that follows begins on the next. Raises Broken."""
    if last < today() or last < rule.valid_from:
        raise Broken("El último día va de hoy en adelante y no antes de que el plazo empiece; escriba otro día.")
    rule.valid_to = last


@act("Retirar plazo", DeadlineRule, {DraftState.IN_FORCE: {DraftState.RETIRED}}, by=UNIT_HEAD, grave=True,
     together=True)
def retire_deadline(rule: DeadlineRule, actor: Actor) -> None:
    """Nothing more is due by it; due days that were already written stay."""


def cannot_be_proposed(calendar: CalendarYear, actor: Actor) -> str | None:
    """Why there are no official days to propose, or None."""
    if not official_days(object_session(calendar), calendar.year):
        return f"Los días oficiales de {calendar.year} ya están en «Días inhábiles»."
    return None


@act("Proponer días oficiales", CalendarYear, {DraftState.DRAFT: {DraftState.DRAFT}}, by=ADMINISTRATOR,
     creates=(Holiday,), hinders=cannot_be_proposed)
def propose_holidays(calendar: CalendarYear, actor: Actor) -> None:
    """Add the days of rest of the labour law as drafts; those that the utility agrees are typed."""
    session = object_session(calendar)
    session.add_all([Holiday(day=day, reason=f"{name} ({OFFICIAL})")
                     for day, name in official_days(session, calendar.year)])


def official_days(session: Session, year: int) -> list[tuple[date, str]]:
    """(day, name) of the official days of that year that nobody proposed yet."""
    from holidays import Mexico  # heavy to load, and asked once a year
    known = set(session.scalars(find.days_in_year(year)))
    return [(day, name) for day, name in sorted(Mexico(years=year, language="es").items()) if day not in known]


def not_complete(calendar: CalendarYear, actor: Actor) -> str | None:
    """Why a year is not signed as complete, or None."""
    drafts, days = object_session(calendar).execute(find.drafts_of_year(calendar.year)).one()
    if drafts:
        return (f"Hay {drafts} días inhábiles de {calendar.year} propuestos sin decidir; autorícelos en «Días "
                "inhábiles» antes de autorizar el calendario.")
    if not days:
        return (f"{calendar.year} no tiene días inhábiles autorizados; pida a Informática que los proponga desde la "
                "página del calendario.")
    return None


WHOLE = Holds("El año no tiene días inhábiles autorizados o le quedan propuestos sin decidir; decídalos en «Días "
              "inhábiles» antes de autorizar el calendario.", "days", find.all_decided(CalendarYear.year), code="AG071")


@act("Autorizar calendario", CalendarYear, {DraftState.DRAFT: {DraftState.IN_FORCE}}, by=UNIT_HEAD,
     hinders=not_complete, needs=(WHOLE,))
def authorize_calendar(calendar: CalendarYear, actor: Actor) -> None:
    """Say that all the days off of the year are known, so that the terms that reach it are exact."""


@act("Retirar calendario", CalendarYear, {DraftState.IN_FORCE: {DraftState.RETIRED}}, by=UNIT_HEAD, grave=True)
def retire_calendar(calendar: CalendarYear, actor: Actor) -> None:
    """Take back that all the days off of the year are known; they stay in force."""
