"""Which records a person chose in a list: ticked, or all that match; counted, capped and frozen."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from flask import abort, g, request, url_for
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import Select, func, inspect, select
from werkzeug.datastructures import MultiDict

import policies
from admin_views.lists import lists
from models import db
from policies.core.rules import MOST_TOGETHER, Act

BIGGEST_KEY = 2**31
CHANGED = "Otra persona lo cambió desde que usted lo revisó, y no se tocó; ábralo y decida."
GONE = "Ya no está en esta lista; búsquelo de nuevo."
ONE = r"\d{1,10}:\d{1,10}(:[0-9a-f]{64})?"
FROZEN = re.compile(f"{ONE}( {ONE})*", re.ASCII)


class Seen(NamedTuple):
    """A record as a person looked at it: its version, and the hash of what they decide on, if the act has one."""

    version: int
    content: str = ""


class Chosen(NamedTuple):
    """The records that were chosen, and how many of those chosen are not in the list any more."""

    records: list
    gone: int = 0
    counted: int | None = None      # how many the list said that match, where all were asked for


def present(view: ModelView) -> Select:
    """The rows of the list that the address asks for; a filter that is gone chooses nothing."""
    query, _ = lists.chosen_rows(view)
    if lists.asked_of(view, request.args).lost:
        raise policies.Broken("Esa dirección trae un filtro que ya no existe; abra la lista y "
                              "seleccione de nuevo.")
    return query


def matching(view: ModelView) -> int:
    """How many rows match the present filter; MOST_TOGETHER + 1 stands for «more»."""
    query, _ = lists.chosen_rows(view)
    few = query.order_by(None).limit(MOST_TOGETHER + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(few))


def choice(view: ModelView, step: Act, given: MultiDict) -> Chosen:
    """What a list's form chose for an act, within the view's scope and its present filter."""
    if given.get("todos"):
        records = capped(step, db.session.scalars(present(view).limit(MOST_TOGETHER + 1)).all())
        return Chosen(records, 0, number_in(given.get("coinciden", "")))
    asked = capped(step, {number_in(text) for text in given.getlist("key")})
    records = rows(present(view), view, asked - {None})
    return Chosen(records, len(asked) - len(records))


def records_of(view: ModelView, frozen: Iterable[int]) -> list:
    """The records of a frozen choice that this office may still see, in its order."""
    query = view.scope(select(view.model)).options(*view.loading())
    found = {record.id: record for record in rows(query, view, set(frozen))}
    return [found[key] for key in frozen if key in found]


def rows(query: Select, view: ModelView, keys: set) -> Sequence:
    """The rows of a query with those keys."""
    (key,) = inspect(view.model).primary_key
    return db.session.scalars(query.where(key.in_(keys))).all()


def capped(step: Act, chosen: Collection) -> Collection:
    """The choice itself; raises Broken where it is more than the act takes at once."""
    if why := policies.too_many(step, len(chosen)):
        raise why
    return chosen


def number_in(text: str) -> int | None:
    """A key, as an address or a form may say it, or None."""
    plain = text.isascii() and text.isdigit() and len(text) <= 10
    return int(text) if plain and int(text) < BIGGEST_KEY else None


def seen_now(step: Act, record: object) -> Seen:
    """What a person sees of a record who looks at it now."""
    return Seen(record.version, step.over(record) if step.over else "")


def frozen_text(seen: dict[int, Seen]) -> str:
    """«12:3 15:1»: the keys and versions that a person looked at, and the hashes, as a form carries them."""
    return " ".join(":".join(map(str, (key, *(part for part in one if part != ""))))
                    for key, one in seen.items())


def frozen_in(step: Act, text: str) -> dict[int, Seen]:
    """key → Seen of a frozen choice; one without the hash that its act is over is none."""
    if not FROZEN.fullmatch(text):
        abort(400)
    seen = {}
    for one in text.split(" "):
        key, version, *content = one.split(":")
        if bool(content) != bool(step.over):
            abort(400)
        if number_in(key) is not None and number_in(version) is not None:
            seen[number_in(key)] = Seen(number_in(version), *content)
    return capped(step, seen or abort(400))


def address(view: ModelView, name: str, **path: object) -> str:
    """An address of this screen that keeps the filter of the list."""
    # A page about a failure has nobody whose rights could read the filter.
    words = urlencode(lists.asked_of(view, request.args).pairs()) if g.get("actor") else ""
    return url_for(f"{view.endpoint}.{name}", **path) + (f"?{words}" if words else "")
