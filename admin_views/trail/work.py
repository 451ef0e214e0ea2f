"""What the auditor's first page says of the trail: its seal, its counts of the week, its newest entries."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from flask import g, url_for
from sqlalchemy import Select, select

import policies
from admin_views.core.screens import screens
from admin_views.core.words import age_said, day, moment
from admin_views.home.cards import Card, Figures, Panel
from admin_views.lists.clauses import midnight
from admin_views.lists.counts import figure
from admin_views.records.history import act_label, role_words, table_words
from admin_views.trail.seals import late
from models import db
from models.base.people import Person
from models.queries import checks as check
from policies.core.offices import AUDITOR

SHOWN = 8
EXPORTS = ("corrections", "credit_notes", "signatures", "log", "refusals", "read_entries", "export_entries")


def monday(on: date) -> date:
    """The Monday of that week."""
    return on - timedelta(days=on.weekday())


def counts(on: date) -> dict[str, Select]:
    """What is counted: entries without seal, refusals and reads of the day, exports of the week."""
    return {"unsealed": check.entries_without_seal(), "refusals": check.refusals_since(midnight(on)),
            "reads": check.reads_since(midnight(on)), "exports": check.exports_since(midnight(monday(on)))}


def cards(found: dict[str, int], on: date) -> Iterator[Card]:
    """The cards of the trail."""
    yield seal_card(found["unsealed"])
    yield Card("Intentos negados hoy", figure(found["refusals"]), url_for("refusals.index_view", **{"at.min": on}))
    yield Card("Consultas de datos personales hoy", figure(found["reads"]),
               url_for("read_entries.index_view", **{"at.min": on}))
    yield Card("Exportaciones de la semana", figure(found["exports"]), url_for(
        "export_entries.index_view", **{"at.min": monday(on), "outcome": [word.value for word in check.LEFT]}),
        f"Las que terminaron desde el lunes {day(monday(on))}.")


def seal_card(waiting: int) -> Card:
    """How old the last seal is, what waits for the next, and which open transaction holds it back."""
    seal = db.session.scalar(check.last_seal())
    held = late(db.session)
    return Card("Último sello", f"hace {age_said(datetime.now(UTC) - seal.at)}", url_for("log.verify_view"),
                " ".join((f"Núm. {seal.number:,}, {moment(seal.at)}; {figure(waiting)} asientos por sellar.", *held)),
                "bad" if held else "good")


def latest() -> dict:
    """The newest entries of the trail in words, with the names of their people; one query."""
    newest = check.latest_entries(SHOWN)
    entries = db.session.execute(newest.add_columns(select(Person.name).where(
        Person.id == newest.selected_columns.actor_id).scalar_subquery())).all()
    return {"entries": [{"href": url_for("log.details_view", key=entry.id), "primary": act_label(entry),
                         "secondary": f"{table_words(entry.table_name)} {entry.row_id or ''} · "
                                      f"{name or '—'}, {role_words(entry.role)}",
                         "figure": moment(entry.at)} for entry, name in entries]}


def exports() -> dict:
    """(what, address of its CSV, of its Excel) of the lists that an auditor takes away."""
    views = screens()
    return {"exports": [(view.name, *(url_for(f"{name}.export_view", kind=kind) for kind in ("csv", "xlsx")))
                        for name in EXPORTS if (view := views.get(name))
                        and policies.allows(g.actor, "export", view.model)]}


FIGURES = (Figures(AUDITOR, counts, cards),)
PANELS = (Panel(AUDITOR, "parts/home_latest.html", latest), Panel(AUDITOR, "parts/home_exports.html", exports))
