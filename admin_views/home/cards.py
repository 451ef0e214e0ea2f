"""Cards of the home: a figure, what it counts, and the list behind it; for auditors and administrators."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from flask import g, url_for
from sqlalchemy import select

import policies
from admin_views.core.words import HERE, age_said, day, moment
from admin_views.door.offices import today
from admin_views.lists.counts import counted, said
from admin_views.records.history import act_label, role_words, table_words
from admin_views.trail.seals import late
from models import db
from models.bands import ApprovalBand, ApprovalWindow
from models.base.calendar import Holiday
from models.base.drafts import DraftState
from models.base.people import Appointment, Delegation, Person, Role
from models.queries import checks as check
from models.queries import offices as ask
from policies.core.offices import DECIDING
from policies.core.terms import covered, gaps, years_missing
from policies.core.waiting import SOON

SHOWN = 8


@dataclass
class Card:
    """A figure with its list; `tone` says whether it asks for attention, and `rows` name the first."""

    label: str
    figure: str
    href: str
    help: str = ""
    tone: str = ""
    rows: list = field(default_factory=list)


# What should never be, by name: (label, SELECT of corrections).
NEVER = (("Aplicadas sin nota", check.applied_without_note),
         ("Firmas fuera de turno", check.signed_out_of_turn),
         ("Firmó quien intervino", check.signed_by_a_hand_of_it))


def never_cards(found):
    """One card per check; where it finds something, its first corrections by name."""
    for label, query in NEVER:
        count = found[label]
        rows = db.session.scalars(check.numbered(query().limit(5))) if count else ()
        yield Card(label, said(count), url_for("corrections.index_view"),
                   "Revise cada una." if count else "Sin hallazgos.", "bad" if count else "good",
                   [(str(row), url_for("corrections.details_view", key=row.id)) for row in rows])


def split_card(count):
    """Accounts whose corrections of the window, one by one, asked fewer signatures than all of them would."""
    rows = db.session.scalars(check.accounts(check.split_accounts().limit(5))) if count else ()
    return Card("Fraccionamiento", said(count), url_for("corrections.index_view"),
                "Cuentas cuyas correcciones de la ventana, juntas, pasan del nivel de firma de cada una; revise "
                "quién firmó." if count else "Sin hallazgos.", "wait" if count else "good",
                [(f"Cuenta {row}", url_for("corrections.index_view", account=row.id)) for row in rows])


def audit_cards():
    """The seal, the checks, and what was refused, read and taken out; every count in one statement."""
    now = today()
    midnight = datetime.combine(now, time.min, HERE)
    monday = midnight - timedelta(days=midnight.weekday())
    found = counted({label: query() for label, query in NEVER} | office_counts(now) | {
        "unsealed": check.unsealed(), "split": check.split_accounts(), "refusals": check.refused_since(midnight),
        "reads": check.read_since(midnight), "exports": check.exported_since(monday)})
    yield seal_card(found["unsealed"])
    yield from never_cards(found)
    yield from office_cards(found)
    yield split_card(found["split"])
    yield Card("Intentos negados hoy", said(found["refusals"]), url_for("refusals.index_view"))
    yield Card("Consultas de datos personales hoy", said(found["reads"]),
               url_for("read_entries.index_view"))
    yield Card("Exportaciones de la semana", said(found["exports"]),
               url_for("export_entries.index_view"), f"Desde el lunes {day(monday)}.")


def office_counts(now):
    """What is older than the rules of who holds an office, or was written by the installation alone."""
    return {"people": check.with_exclusive_offices(), "appointments": check.two_holders(now),
            "alone": check.never_confirmed(Appointment, DECIDING, now),
            "delegations": check.never_confirmed(Delegation, DECIDING, now)}


def office_cards(found):
    """One card for each of them."""
    for key, endpoint, label in (
            ("people", "people", "Personas con cargos incompatibles"),
            ("appointments", "appointments", "Cargos con dos titulares"),
            ("alone", "appointments", "Nombramientos que nadie más confirmó"),
            ("delegations", "delegations", "Delegaciones que nadie más confirmó")):
        yield card(label, found[key], endpoint, "Anteriores a la regla o de la instalación." if found[key] else "")


def seal_card(waiting):
    """How old the last seal is, what waits for the next, and which open transaction holds it back."""
    seal = db.session.scalar(check.last_seal())
    held = late(db.session)
    return Card("Último sello", f"hace {age_said(datetime.now(UTC) - seal.at)}", url_for("log.verify_view"),
                " ".join((f"Núm. {seal.number:,}, {moment(seal.at)}; {said(waiting)} asientos por sellar.", *held)),
                "bad" if held else "good")


def latest():
    """The newest entries of the trail in words, with the names of their people; one query."""
    newest = check.latest_entries(SHOWN)
    entries = db.session.execute(newest.add_columns(select(Person.name).where(
        Person.id == newest.selected_columns.actor_id).scalar_subquery())).all()
    return [{"href": url_for("log.details_view", key=entry.id), "primary": act_label(entry),
             "secondary": f"{table_words(entry.table_name)} {entry.row_id or ''} · "
                          f"{name or '—'}, {role_words(entry.role)}",
             "figure": moment(entry.at)} for entry, name in entries]


EXPORTS = ("corrections", "credit_notes", "signatures", "log", "refusals", "read_entries",
           "export_entries")


def exports(screens):
    """(what, address of its CSV, of its Excel) of the lists that an auditor takes away."""
    return [(view.name, *(url_for(f"{name}.export_view", kind=kind) for kind in ("csv", "xlsx")))
            for name in EXPORTS if (view := screens.get(name)) and policies.allows(g.actor, "export", view.model)]


def office_rows(now):
    """[(office, [(who wears it today, in which capacity and until when; their letter's page)])]."""
    held = {role: [] for role in Role}
    for row in db.session.scalars(ask.held(now)):
        how = ", encargado de despacho" if row.acting else ""
        held[row.role].append((until(f"{row.person}{how}", row), url_for(
            "appointments.details_view", key=row.id)))
    for row in db.session.scalars(ask.lent(now)):
        held[row.role].append((until(f"{row.delegate}, por ausencia de {row.holder}", row), url_for(
            "delegations.details_view", key=row.id)))
    return [(role.label, holders) for role, holders in held.items()]


def until(who, row):
    return f"{who}, hasta {day(row.valid_to)}" if row.valid_to else who


def people_cards(now, vacant):
    """What the administrator's catalogues of people lack, and what waits for another's signature."""
    found = counted({
        "ending": ask.ending(now, now + SOON), "keyless": ask.offices_without_login(now),
        "idle": ask.logins_without_office(now), "people": select(Person.id).where(Person.active),
        **{model: select(model.id).where(model.state == DraftState.DRAFT)
           for model in (ApprovalBand, ApprovalWindow, Holiday)}})
    yield card("Personas en activo", found["people"], "people", calm=True)
    yield Card("Cargos sin titular hoy", said(vacant), url_for("appointments.index_view"),
               tone="bad" if vacant else "good")
    yield card("Nombramientos que terminan pronto", found["ending"], "appointments",
               f"De hoy al {day(now + SOON)}.")
    yield card("Accesos sin nombramiento", found["idle"], "logins", "Entran y no pueden hacer nada.")
    yield card("Nombramientos sin acceso", found["keyless"], "appointments", "Su cargo no puede entrar.")
    yield card("Niveles de firma por autorizar", found[ApprovalBand], "approval_bands",
               "Los autoriza la Dirección de Comercialización.", state="draft")
    yield card("Ventanas de acumulación por autorizar", found[ApprovalWindow], "approval_windows",
               "Las autoriza la Dirección de Comercialización.", state="draft")
    yield card("Días inhábiles por autorizar", found[Holiday], "holidays",
               "Los autoriza el Titular de la Unidad.", state="draft")


def card(label, count, endpoint, help="", calm=False, **terms):
    """A count that asks for something unless it is zero, or is only told."""
    tone = "" if calm else "wait" if count else "good"
    return Card(label, said(count), url_for(f"{endpoint}.index_view", **terms), help, tone)


def calendar_cards(now):
    """Whether the terms of this year and the next can be counted, and each has a rule."""
    found = covered(db.session, now)
    years, unruled = years_missing(found, now), list(gaps(found, now))
    yield Card("Calendarios sin autorizar", said(len(years)), url_for("calendar_years.index_view"),
               f"Faltan los de {' y '.join(map(str, years))}; ahí cuenta como hábil cada día de lunes a viernes."
               if years else f"Están autorizados los de {now.year} y {now.year + 1}.", "wait" if years else "good")
    yield Card("Plazos sin regla vigente", said(len(unruled)), url_for("deadline_rules.index_view"), " ".join(unruled),
               "bad" if unruled else "good")
