"""Trays of corrections: where each rests, for how many working days, and whom it waits for."""

from dataclasses import dataclass
from datetime import date, datetime, time

from flask import g, url_for
from sqlalchemy import select

from admin_views.core.words import HERE, moment, money
from admin_views.door.offices import today
from admin_views.lists.counts import waiting_counts
from models import db
from models.base.people import Role
from models.base.proposals import ProposalState
from models.batches import CorrectionBatch
from models.procedures import ProcedureVersion
from models.queries import trays as find
from models.queries.calendar import days_off, rule_on
from policies.core import working_days
from policies.core.terms import TRAY_REST
from policies.core.waiting import decides, waiting

SHOWN, SHOWN_TO_SIGNERS = 8, 25
RECENT = 3   # working days that «Qué cambió» looks back
ORDER = "primero las que llevan más días hábiles sin moverse; entre iguales, la de mayor importe"
# Of the desk, in the order of the day: (key, title, the list where all of them are).
DESK = (
    ("late", "Vencidas", {}), ("returned", "Devueltas para corregir", {"state": "draft"}),
    ("to_apply", "Firmadas, por aplicar", {"state": "signed"}),
    ("mine", "Mis borradores", {"state": "draft"}),
    ("in_sign", "En firma", {"state": "submitted"}),
    ("office", "Borradores de la oficina", {"state": "draft"}))
DECISIONS = {"sign": ("Firmada", "next"), "send_back": ("Devuelta", "wait"),
             "reject": ("Rechazada", "bad")}


@dataclass
class Tray:
    """A list that waits for somebody."""

    key: str
    title: str
    url: str
    rows: list
    total: int
    help: str = ""


class Calendar:
    """Today and the days that do not count, asked once for a page."""

    def __init__(self):
        self.today, self.off = today(), set(db.session.scalars(days_off()))
        self.target = db.session.scalar(rule_on(TRAY_REST, self.today))
        # Without a rule nothing is late: no day is early enough.
        self.late = working_days.late_since(self.target, self.today, self.off) if self.target else date.min

    def elapsed(self, since):
        return working_days.elapsed(since, self.today, self.off)

    def recently(self):
        """The first instant of the days that «Qué cambió» tells."""
        day = working_days.back(self.today, RECENT, self.off)
        return datetime.combine(day, time.min, HERE)


def days_said(count):
    return {0: "desde hoy", 1: "1 día hábil"}.get(count, f"{count} días hábiles")


def target_said(calendar):
    target = calendar.target
    if target is None:
        return "Hoy no rige ningún plazo para las bandejas, así que nada se marca como vencido."
    return f"Vencida: más de {target.length} en la misma bandeja ({target.standing})."


def staff_trays(calendar):
    """The desk of the Unit, each correction in one tray; empty ones are not drawn."""
    found = db.session.execute(find.of_staff(g.actor.id, calendar.late, SHOWN)).all()
    for key, title, terms in DESK:
        rows = [row for row in found if row.place == key]
        if rows:
            yield Tray(key, title, url_for("corrections.index_view", **terms),
                       [correction_row(calendar, key, *row) for row in rows], rows[0].total,
                       target_said(calendar) if key == "late" else "")


def signer_trays(calendar):
    """What this office has to sign; the day it came to it counts, not the day it was drafted."""
    rows = db.session.execute(find.of_signer(g.actor.role, SHOWN_TO_SIGNERS)).all()
    if rows:
        yield Tray("decide", "Esperan su firma", url_for("corrections.index_view", state="submitted"),
                   [correction_row(calendar, "decide", *row) for row in rows], rows[0].total,
                   f"{money(rows[0].worth)} en total; {ORDER}. {target_said(calendar)}")


def correction_row(calendar, place, row, _, since, total, worth, awaits):
    effect = "a favor" if row.amount < 0 else "a cargo"
    return {"href": url_for("corrections.details_view", key=row.id), "primary": str(row),
            "secondary": f"Cuenta {row.account.number} · {row.anomaly_type}",
            "figure": f"{money(abs(row.amount))} {effect}" if row.amount else "Sin calcular",
            "note": " · ".join(notes(calendar, place, row, since, awaits)),
            "state": row.state if place == "late" else None, "late": since <= calendar.late}


def notes(calendar, place, row, since, awaits):
    """How long it rests there, whose it is, whom it waits for and what was asked."""
    yield days_said(calendar.elapsed(since))
    if place not in ("decide", "mine"):
        yield "suya" if row.drafted_by_id == g.actor.id else f"de {row.drafted_by}"
    if awaits is not None and place in ("in_sign", "late"):
        yield f"espera a {awaits.label}"
    if row.revision > 1 and row.decision_reason:
        yield f"«{row.decision_reason}»"


def draft_trays():
    """Catalogue drafts of another office that this one puts in force, the oldest first."""
    counts = waiting_counts()
    for model, state in decides(g.actor.role).items():
        if counts[model]:
            query = select(model).where(model.state == state).order_by(model.id)
            endpoint = model.__tablename__
            wanted = "confirmar" if isinstance(state, ProposalState) else "autorizar"
            yield Tray(endpoint, f"{model.__title__.many} por {wanted}",
                       url_for(f"{endpoint}.index_view", state=state.value),
                       [{"href": url_for(f"{endpoint}.details_view", key=row.id),
                         "primary": str(row), "secondary": "", "state": row.state}
                        for row in db.session.scalars(query.limit(SHOWN))], counts[model])


# Documents that offices sign whole: (table, what the tray is called, what tells one from another).
DOCUMENTS = ((CorrectionBatch, "Lotes por firmar", "subject"),
             (ProcedureVersion, "Procedimientos por firmar", "reason"))


def document_trays():
    """Batches and procedure versions that wait for this office's signature, the oldest first."""
    counts = waiting_counts()
    for model, title, told in DOCUMENTS:
        if not counts.get(model):
            continue
        keys, endpoint = waiting(g.actor.role, today())[model], model.__tablename__
        rows = db.session.scalars(select(model).where(model.id.in_(keys)).order_by(model.id).limit(SHOWN))
        yield Tray(endpoint, title, url_for(f"{endpoint}.index_view", state="submitted"),
                   [{"href": url_for(f"{endpoint}.details_view", key=row.id), "primary": str(row),
                     "secondary": getattr(row, told), "state": row.state,
                     "figure": money(abs(row.amount)) if hasattr(row, "amount") else ""}
                    for row in rows], counts[model])


def changes(calendar):
    """What signers decided in the last working days, newest first."""
    for row, act, who, office, at in db.session.execute(
            find.decided_since(calendar.recently(), SHOWN)):
        word, tone = DECISIONS[act]
        why = f": «{row.decision_reason}»" if row.decision_reason and act in ("send_back", "reject") else ""
        yield {"href": url_for("corrections.details_view", key=row.id), "primary": str(row),
               "secondary": f"por {who}, {Role(office).label}{why}",
               "figure": moment(at), "word": word, "tone": tone}
