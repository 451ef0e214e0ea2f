"""The first page of each office: what waits for this person, and nothing else."""

from dataclasses import dataclass

from flask import g, render_template, url_for
from flask_admin import AdminIndexView, expose
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from admin_views.words import moment, money
from models import db
from models.audit import AuditEntry, AuditSeal
from models.corrections import Correction
from models.corrections import CorrectionState as S
from models.notices import Notice, NoticeState
from models.people import Appointment, Login, Person, Role
from models.queries import corrections as find
from policies.offices import SIGNERS

SHOWN = 8


@dataclass
class Tray:
    """A list that waits for somebody."""

    title: str
    empty: str
    url: str
    rows: list
    total: int


def correction_tray(title, empty, query):
    query = query.options(selectinload(Correction.account), selectinload(Correction.anomaly_type))
    rows = db.session.scalars(query.limit(SHOWN)).all()
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    return Tray(title, empty, url_for("corrections.index_view"),
                [correction_row(row) for row in rows], total)


def correction_row(row):
    effect = "a favor" if row.amount < 0 else "a cargo"
    return {"href": url_for("corrections.details_view", key=row.id), "primary": str(row),
            "secondary": f"Cuenta {row.account.number} · {row.anomaly_type}",
            "figure": f"{money(abs(row.amount))} {effect}" if row.amount else "Sin calcular",
            "note": row.decision_reason or moment(row.submitted_at or row.drafted_at),
            "badge": row.state}


def staff_trays():
    mine = Correction.drafted_by_id == g.actor.id
    drafts = find.in_state(S.DRAFT)
    yield correction_tray("Devueltas para corregir", "Ninguna corrección devuelta.",
                          drafts.where(Correction.revision > 1))
    yield correction_tray("Firmadas, por aplicar", "Nada por aplicar.", find.in_state(S.SIGNED))
    yield correction_tray("Mis borradores", "No tiene borradores.",
                          drafts.where(mine, Correction.revision == 1))
    yield correction_tray("En firma", "Nada espera firma.", find.in_state(S.SUBMITTED))


def signer_trays():
    yield correction_tray("Esperan su firma", "Nada espera su firma.",
                          find.waiting_for(g.actor.role))


def figures():
    """A few figures of the office: (label, figure)."""
    count = select(func.count())
    if g.actor.role == Role.AUDITOR:
        return [("Asientos en la bitácora", db.session.scalar(count.select_from(AuditEntry))),
                ("Último sello", db.session.scalar(select(func.max(AuditSeal.number))))]
    if g.actor.role == Role.ADMINISTRATOR:
        return [(label, db.session.scalar(count.select_from(model))) for label, model in (
            ("Personas", Person), ("Accesos", Login), ("Nombramientos", Appointment))]
    if g.actor.role == Role.STAFF:
        return [("Cartas por enviar", db.session.scalar(count.select_from(Notice).where(
            Notice.state == NoticeState.WAITING)))]
    return []


class HomeView(AdminIndexView):
    @expose("/")
    def index(self):
        role = g.actor.role
        trays = list(staff_trays()) if role == Role.STAFF else (
            list(signer_trays()) if role in SIGNERS else [])
        return render_template("home.html", trays=trays, stats=figures())

    def _run_view(self, endpoint, *arguments, **named):
        return endpoint(self, *arguments, **named)
