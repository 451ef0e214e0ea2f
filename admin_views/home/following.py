"""After an act, the next record of the tray in which the record was: work goes on without the first page between."""

from flask import g, url_for
from markupsafe import Markup
from sqlalchemy import select

from admin_views.core.screens import screen_of
from admin_views.door.offices import today
from admin_views.home.trays import first_rows
from models import db
from policies.core.trays import Reader, Tray, trays_of

NEXT = Markup('Siguiente en «{}»: <a href="{}">{}</a>{}.')
EMPTY = "No queda nada en «{}»."


def tray_of(record: object) -> Tray | None:
    """The tray of this office in which the record rests now, of those that the first page shows."""
    trays = [tray for tray in trays_of(g.actor.role, type(record)) if tray.listed]
    if not trays:
        return None
    reader = Reader(g.actor.role, today())
    held = db.session.execute(select(*(tray.where(reader) for tray in trays)).where(type(record).id == record.id),
                              {"person_id": g.actor.id}).one()
    return next((tray for tray, holds in zip(trays, held, strict=True) if holds), None)


def offer(tray: Tray, done: object) -> str:
    """The sentence that leads to the tray's first record, once `done` left it; nothing while it rests there still."""
    rows = first_rows(0, tray, Reader(g.actor.role, today())).limit(2)
    keys = [row.key for row in db.session.execute(rows, {"person_id": g.actor.id})]
    if done.id in keys:
        return ""
    if not keys:
        return EMPTY.format(tray.title)
    view = screen_of(tray.model)
    said = view.tray_row(tray, *view.tray_rows(keys[:1])[keys[0]])
    more = f", {said['secondary']}" if said["secondary"] else ""
    return NEXT.format(tray.title, url_for(f"{view.endpoint}.details_view", key=keys[0]), said["primary"], more)
