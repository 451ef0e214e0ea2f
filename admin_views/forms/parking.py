"""Half-typed forms: what a person typed in a form at an address, kept for that person alone.

The page saves long texts every 20 seconds (static/modules/autosave.js), and door/ saves a form whose session ended. A
draft is kept until the form is sent, discarded, or two days old.
"""

from collections.abc import Sequence

from flask import Request, current_app, g, request, session
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import ColumnElement, Text, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from werkzeug.datastructures import MultiDict

from admin_views.door.gate import gate, storable
from admin_views.door.sessions import KEPT, expired_person
from models.base.access import ParkedForm
from models.base.columns import now

NEVER_KEPT = ("csrf_token", "password")   # nor any name that contains one of them
OURS = ("once", "version", "base", "seen_hash", "author")   # fields that the page adds; nobody typed them
MOST, LARGEST = 20, 1024 * 1024   # half-typed forms of one person; bytes of all of them together


def fields_of(asked: Request) -> list[list[str]]:
    """What a form sent, without its secrets, as (name, value) pairs."""
    if asked.method != "POST":
        return []
    return [[storable(name), storable(value)] for name, value in asked.form.items(multi=True)
            if not any(secret in name for secret in NEVER_KEPT)]


def typed_fields(form: MultiDict) -> list[tuple[str, str]]:
    """What the person typed in a form: without its secrets and the fields that the page adds."""
    return [(name, value) for name, value in form.items(multi=True)
            if name not in OURS and not any(secret in name for secret in NEVER_KEPT)]


def author_mark() -> str:
    """The person to whom this page's forms are shown, signed: the form then names them after the session has
    changed."""
    if "author_mark" not in g:
        g.author_mark = signer().dumps(g.actor.id) if g.get("actor") else ""
    return g.author_mark


def author() -> int | None:
    """The person to whom this form's page was shown; None when it names nobody or has no valid signature."""
    try:
        return signer().loads(request.form.get("author", ""), max_age=KEPT.total_seconds())
    except BadData:
        return None


def signer() -> URLSafeTimedSerializer:
    """The signer of the author's mark."""
    return URLSafeTimedSerializer(current_app.secret_key, "author of a form")


def park() -> bool:
    """Keep what this POST sent for the person who typed it; files are asked for again."""
    person_id = author() or expired_person(session) or session.get("person_id")
    fields = fields_of(request)
    if not fields or person_id is None or too_large(fields):
        return False
    save(person_id, address(), fields)
    return True


def too_large(fields: Sequence[Sequence[str]]) -> bool:
    """Whether the fields pass the bytes that a person may keep."""
    return sum(len(word.encode()) for pair in fields for word in pair) > LARGEST


def save(person_id: int, path: str, fields: Sequence[Sequence[str]]) -> None:
    """Save what a person has typed in a form; the oldest drafts beyond the limit are removed."""
    row = {"person_id": person_id, "path": path, "fields": fields, "at": now()}
    gate.execute(insert(ParkedForm).values(**row).on_conflict_do_update(
        index_elements=["person_id", "path"], set_={"fields": fields, "at": row["at"]}))
    order = ParkedForm.at.desc()
    ranked = select(ParkedForm.id, func.row_number().over(order_by=order).label("place"), func.sum(
        func.octet_length(cast(ParkedForm.fields, Text))).over(order_by=order).label("bytes")).where(
        ParkedForm.person_id == person_id).subquery()
    too_many = select(ranked.c.id).where((ranked.c.place > MOST) | (
        (ranked.c.bytes > LARGEST) & (ranked.c.place > 1)))
    gate.execute(delete(ParkedForm).where((ParkedForm.at < now() - KEPT)
                                          | ParkedForm.id.in_(too_many)))
    gate.commit()


def take() -> MultiDict | None:
    """What the person had typed in this form; None when there is no draft.

    `g.kept_at` gets the time of the draft, and the form keeps its one-time token.
    """
    if request.method != "GET":
        return None
    row = gate.scalar(select(ParkedForm).where(*mine(address()), ParkedForm.at > now() - KEPT))
    if row is None:
        return None
    g.kept_at, g.restored = row.at, MultiDict(row.fields)
    return g.restored


def mine(path: str) -> tuple[ColumnElement, ...]:
    """The conditions of this person's draft at a path."""
    return ParkedForm.person_id == g.actor.id, ParkedForm.path == path


def forget(path: str) -> None:
    """Remove the draft of a form that was sent or discarded."""
    gate.execute(delete(ParkedForm).where(*mine(path)))
    gate.commit()


def address() -> str:
    """The address of the present form, as drafts are kept by it."""
    return storable(request.full_path if request.query_string else request.path)
