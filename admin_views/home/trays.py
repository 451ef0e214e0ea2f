"""The trays of an office as the first page draws them: how many wait, and the first rows of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from flask import g, url_for
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import Date, Numeric, Row, Select, case, cast, false, func, literal, null, select, union_all

from admin_views.core.screens import screen_of
from admin_views.core.words import money
from models import db
from models.base.roles import Role
from models.queries.calendar import working_days_since
from policies.core.rules import Actor
from policies.core.trays import Reader, Tray


@dataclass
class Drawn:
    """A tray as the page shows it: its first rows, how many there are, and the list of all of them."""

    tray: Tray
    actor: Actor        # in which office its rows wait
    url: str
    rows: list
    total: int
    help: str = ""
    elsewhere: bool = False     # in another office than the one of this session


def days_in_words(count: int) -> str:
    """How long a row waits, in working days: «desde hoy», «1 día hábil», «3 días hábiles»."""
    return {0: "desde hoy", 1: "1 día hábil"}.get(count, f"{count} días hábiles")


def trays_drawn(day: date, found: dict, elsewhere: bool = False) -> list[Drawn]:
    """The trays of this office that hold something; `found` says how many rows each has."""
    shown = tuple(tray for tray, count in found.items() if count and tray.listed)
    if not shown:
        return []
    places = first_places(g.actor.role, day, shown)
    records = {model: screen_of(model).tray_rows([row.key for row in places if shown[row.place].model is model])
               for model in dict.fromkeys(tray.model for tray in shown)}
    return [draw(tray, [row for row in places if shown[row.place] is tray], records[tray.model], found[tray], day,
                 elsewhere)
            for tray in shown]


def first_places(role: Role, day: date, trays: tuple[Tray, ...]) -> Sequence[Row]:
    """(place of its tray, key, working days that it waits, whether late, MXN of the tray) of the first rows of each
    tray, in order."""
    return db.session.execute(first_of(role, day, trays), {"person_id": g.actor.id}).all()


@lru_cache(maxsize=64)
def first_of(role: Role, day: date, trays: tuple[Tray, ...]) -> Select:
    """The statement of those rows: put together once for the trays that hold something."""
    reader = Reader(role, day)
    parts = [select(first_rows(place, tray, reader).subquery()) for place, tray in enumerate(trays)]
    whole = union_all(*parts).subquery()
    waits = case((whole.c.since.is_not(None), working_days_since(whole.c.since, day)))
    return select(whole, waits.label("days")).order_by(whole.c.place, whole.c.rank)


def first_rows(place: int, tray: Tray, reader: Reader) -> Select:
    """One tray's part: bounded by how many rows the page shows of it."""
    key = tray.model.__table__.c.id
    order = [*(term(reader) for term in tray.order), key]
    since = tray.since() if tray.since else null()
    late = tray.late(reader) if tray.late else false()
    worth = func.sum(tray.worth()).over() if tray.worth else null()
    return select(literal(place).label("place"), key.label("key"), cast(since, Date).label("since"), late.label("late"),
                  cast(worth, Numeric).label("worth"), func.row_number().over(order_by=order).label("rank")).where(
                      tray.where(reader)).order_by(*order).limit(tray.shown)


def draw(tray: Tray, places: list[Row], records: dict, total: int, day: date, elsewhere: bool) -> Drawn:
    """A tray with its first rows; `records` are what the screen read of them, by key."""
    view = screen_of(tray.model)
    rows = [row_of(view, tray, place, records[place.key]) for place in places if place.key in records]
    sum_said = f"{money(places[0].worth)} en total. " if places and places[0].worth is not None else ""
    return Drawn(tray, g.actor, url_for(f"{view.endpoint}.index_view", bandeja=tray.key), rows, total,
                 sum_said + (tray.help(db.session, day) if tray.help else ""), elsewhere)


def row_of(view: ModelView, tray: Tray, place: Row, found: tuple) -> dict:
    """What a row says: the screen's words, and since when it waits."""
    said = view.tray_row(tray, *found)
    waits = [] if place.days is None else [days_in_words(place.days)]
    return {"href": url_for(f"{view.endpoint}.details_view", key=place.key), "late": place.late, **said,
            "note": " · ".join((*waits, *said.get("notes", ())))}
