"""What the first page says of people and offices: who holds each, what lacks, what is older than the rules."""

from collections.abc import Iterator
from datetime import date

from flask import g, url_for
from sqlalchemy import Select, select

from admin_views.core.words import day
from admin_views.door.offices import today
from admin_views.home.cards import Card, Figures, Panel, card
from admin_views.lists.counts import figure
from models import db
from models.base.people import Appointment, Delegation, Person, Role
from models.queries import checks as check
from models.queries import offices as ask
from policies.core.offices import ADMINISTRATOR, AUDITOR, DECIDING
from policies.people.appointments import SOON

OLDER = (("exclusive", "people", "Personas con cargos incompatibles"),
         ("holders", "appointments", "Cargos con dos titulares"),
         ("alone", "appointments", "Nombramientos que nadie más confirmó"),
         ("lent_alone", "delegations", "Delegaciones que nadie más confirmó"))


def older(on: date) -> dict[str, Select]:
    """What is older than the rules of who holds an office, or was written by the installation alone."""
    return {"exclusive": check.with_exclusive_offices(), "holders": check.two_holders(on),
            "alone": check.never_confirmed(Appointment, DECIDING, on),
            "lent_alone": check.never_confirmed(Delegation, DECIDING, on)}


def older_cards(found: dict[str, int], on: date) -> Iterator[Card]:
    """A card for each kind of what is older than the rules."""
    for key, endpoint, label in OLDER:
        yield card(label, found[key], endpoint, "Anteriores a la regla o de la instalación." if found[key] else "")


def gaps(on: date) -> dict[str, Select]:
    """What the administrator's catalogues of people lack."""
    return {"ending": ask.ending(on, on + SOON), "keyless": ask.offices_without_login(on),
            "idle": ask.logins_without_office(on), "people": select(Person.id).where(Person.active)}


def gap_cards(found: dict[str, int], on: date) -> Iterator[Card]:
    """The cards of people, offices and logins."""
    yield card("Personas en activo", found["people"], "people", calm=True, active="true")
    vacant = sum(not holders for _, holders in office_rows(on))
    yield Card("Cargos sin titular hoy", figure(vacant), url_for("appointments.index_view"),
               tone="bad" if vacant else "good")
    yield card("Nombramientos que terminan pronto", found["ending"], "appointments",
               f"De hoy al {day(on + SOON)}.", bandeja="nombramientos-que-terminan-pronto")
    yield card("Accesos sin nombramiento", found["idle"], "logins", "Entran y no pueden hacer nada.",
               bandeja="accesos-sin-nombramiento")
    yield card("Nombramientos sin acceso", found["keyless"], "appointments", "Su cargo no puede entrar.")


def office_rows(on: date) -> list[tuple]:
    """[(office, [(who wears it today, in which capacity and until when; their letter's page)])], asked once a page."""
    if "office_rows" not in g:
        g.office_rows = [(role.label, holders) for role, holders in holders_of(on).items()]
    return g.office_rows


def holders_of(on: date) -> dict[Role, list[tuple[str, str]]]:
    """{office: [(who wears it on that day, the page of their letter)]}."""
    held = {role: [] for role in Role}
    for row in db.session.scalars(ask.appointments_on(on)):
        how = ", encargado de despacho" if row.acting else ""
        held[row.role].append((until(f"{row.person}{how}", row), url_for("appointments.details_view", key=row.id)))
    for row in db.session.scalars(ask.delegates_on(on)):
        held[row.role].append((until(f"{row.delegate}, por ausencia de {row.holder}", row), url_for(
            "delegations.details_view", key=row.id)))
    return held


def until(who: str, row: Appointment | Delegation) -> str:
    """Who, and the last day of their letter."""
    return f"{who}, hasta {day(row.valid_to)}" if row.valid_to else who


FIGURES = (Figures(AUDITOR, older, older_cards), Figures(ADMINISTRATOR, gaps, gap_cards))
PANELS = (Panel(ADMINISTRATOR, "parts/home_offices.html", lambda: {"offices": office_rows(today())}),)
