"""What the first page says of corrections: the rows of their trays, what signers decided, and the ready checks."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from flask import g, url_for
from sqlalchemy import DateTime, cast, func

from admin_views.core.words import moment, money
from admin_views.door.offices import today
from admin_views.home.cards import Card, Figures, Panel
from admin_views.lists.counts import figure
from models import db
from models.base.people import Role
from models.corrections import Correction, CorrectionState
from models.queries import checks as check
from models.queries import trays as find
from models.queries.calendar import working_day_back
from policies.core.offices import AUDITOR, STAFF
from policies.core.trays import Tray
from policies.corrections.trays import LATE, OWN_DRAFTS

SHOWN, RECENT = 8, 3    # rows, and working days that «Qué cambió» looks back
DECISIONS = {"sign": ("Firmada", "next"), "send_back": ("Devuelta", "wait"), "reject": ("Rechazada", "bad")}
# What should never be, by name: (label, SELECT of corrections).
NEVER = (("Aplicadas sin nota", check.applied_without_note),
         ("Firmas fuera de turno", check.signed_out_of_turn),
         ("Firmó quien intervino", check.signed_by_a_contributor))


class Worked:
    """The part of the screen of corrections that the first page asks."""

    def tray_rows(self, keys: Sequence[int]) -> dict[int, tuple]:
        """key → (correction, the office whose signature it waits for)."""
        return {row.id: (row, awaited) for row, awaited in db.session.execute(find.rows_of(keys))}

    def tray_row(self, tray: Tray, row: Correction, awaited: Role | None) -> dict:
        """A correction as a row of its tray."""
        effect = "a favor" if row.amount < 0 else "a cargo"
        return {"primary": str(row), "secondary": f"Cuenta {row.account.number} · {row.anomaly_type}",
                "figure": f"{money(abs(row.amount))} {effect}" if row.amount else "Sin calcular",
                "notes": notes(tray, row, awaited), "state": row.state if tray is LATE else None}


def notes(tray: Tray, row: Correction, awaited: Role | None) -> Iterator[str]:
    """Whose it is, for whom it waits, and what was asked of it."""
    of_staff = tray.for_ == STAFF
    if of_staff and tray is not OWN_DRAFTS:
        yield "suya" if row.drafted_by_id == g.actor.id else f"de {row.drafted_by}"
    if of_staff and awaited is not None and row.state == CorrectionState.SUBMITTED:
        yield f"espera a {awaited.label}"
    if row.revision > 1 and row.decision_reason:
        yield f"«{row.decision_reason}»"


# ---- what signers decided

def decided() -> dict:
    """What signers decided in the last RECENT working days, newest first."""
    since = func.timezone(find.HERE, cast(working_day_back(today(), RECENT), DateTime))
    return {"recent": RECENT, "changes": [change(*found) for found in db.session.execute(
        find.decided_since(since, SHOWN))]}


def change(row: Correction, act: str, who: str, office: str, at: datetime) -> dict:
    """One decision as a row of the first page."""
    word, tone = DECISIONS[act]
    why = f": «{row.decision_reason}»" if row.decision_reason and act in ("send_back", "reject") else ""
    return {"href": url_for("corrections.details_view", key=row.id), "primary": str(row),
            "secondary": f"por {who}, {Role(office).label}{why}", "figure": moment(at), "word": word, "tone": tone}


# ---- the auditor's checks

def checked(day: date) -> dict:
    """{what is counted: its SELECT} of the auditor's checks."""
    return {label: query() for label, query in NEVER} | {"split": check.split_accounts()}


def check_cards(found: dict[str, int], day: date) -> Iterator[Card]:
    """One card for each check; where it finds something, with its first corrections by name."""
    for label, query in NEVER:
        count = found[label]
        rows = db.session.scalars(check.corrections_by_key(query().limit(5))) if count else ()
        yield Card(label, figure(count), url_for("corrections.index_view"),
                   "Revise cada una." if count else "Sin hallazgos.", "bad" if count else "good",
                   [(str(row), url_for("corrections.details_view", key=row.id)) for row in rows])
    yield split_card(found["split"])


def split_card(count: int) -> Card:
    """The card of accounts whose corrections of the window asked, one by one, for fewer signatures than all together
    would.
    """
    rows = db.session.scalars(check.accounts(check.split_accounts().limit(5))) if count else ()
    return Card("Fraccionamiento", figure(count), url_for("corrections.index_view"),
                "Cuentas cuyas correcciones de la ventana, juntas, pasan del nivel de firma de cada una; revise "
                "quién firmó." if count else "Sin hallazgos.", "wait" if count else "good",
                [(f"Cuenta {row}", url_for("corrections.index_view", account=row.id)) for row in rows])


FIGURES = (Figures(AUDITOR, checked, check_cards),)
PANELS = (Panel(STAFF, "parts/home_decided.html", decided),)
