"""Half-typed forms: what a person wrote in a form at an address, given back to that person alone.

One way for all: the page keeps long texts every 20 seconds (static/modules/autosave.js), the door
keeps a form whose session ended. It stays until the form is sent, discarded, or two days old.
"""

from flask import current_app, g, request, session
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import Text, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from werkzeug.datastructures import MultiDict

from admin_views.door.gate import gate, storable
from admin_views.door.sessions import KEPT, expired_person
from models.base.access import ParkedForm
from models.base.columns import now

NEVER_KEPT = ("csrf_token", "password")   # nor any name that contains one of them
OURS = ("once", "version", "base", "seen_hash", "author")   # what the page says of itself; nobody typed it
MOST, LARGEST = 20, 1024 * 1024   # half-typed forms of one person; bytes of all of them together


def hold(asked):
    """What a form brought, without its secrets, as (name, value) pairs."""
    if asked.method != "POST":
        return []
    return [[storable(name), storable(value)] for name, value in asked.form.items(multi=True)
            if not any(secret in name for secret in NEVER_KEPT)]


def told(form):
    """What the person said in a form: without its secrets and what the page says of itself."""
    return [(name, value) for name, value in form.items(multi=True)
            if name not in OURS and not any(secret in name for secret in NEVER_KEPT)]


def author_mark():
    """Who the forms of this page are shown to, signed: a browser that changed its session still says who typed."""
    if "author_mark" not in g:
        g.author_mark = signer().dumps(g.actor.id) if g.get("actor") else ""
    return g.author_mark


def author():
    """The person whose page this form came from; None when it says nobody, or was not signed here."""
    try:
        return signer().loads(request.form.get("author", ""), max_age=KEPT.total_seconds())
    except BadData:
        return None


def signer():
    return URLSafeTimedSerializer(current_app.secret_key, "author of a form")


def park():
    """Keep what this POST brought for who typed it; files are asked for again."""
    person_id = author() or expired_person(session) or session.get("person_id")
    fields = hold(request)
    if not fields or person_id is None or too_large(fields):
        return False
    put(person_id, address(), fields)
    return True


def too_large(fields):
    return sum(len(word.encode()) for pair in fields for word in pair) > LARGEST


def put(person_id, path, fields):
    """The last words of a person at a form; the oldest forms of too many make room."""
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


def take():
    """What the person had typed in this very form; None when nothing waits.

    The page learns of it in `g.kept_at`, and the form keeps its one-time token.
    """
    if request.method != "GET":
        return None
    row = gate.scalar(select(ParkedForm).where(*mine(address()), ParkedForm.at > now() - KEPT))
    if row is None:
        return None
    g.kept_at, g.restored = row.at, MultiDict(row.fields)
    return g.restored


def mine(path):
    return ParkedForm.person_id == g.actor.id, ParkedForm.path == path


def forget(path):
    """The form was sent or discarded: nothing of it waits any more."""
    gate.execute(delete(ParkedForm).where(*mine(path)))
    gate.commit()


def address():
    return storable(request.full_path if request.query_string else request.path)
