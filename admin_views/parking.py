"""Half-typed forms: kept on the server when a session ends, given back to the same person."""

import hashlib
import secrets

from flask import g, request, session
from sqlalchemy import delete, select
from werkzeug.datastructures import MultiDict

from admin_views.gate import gate, keep, storable
from admin_views.sessions import KEPT, expired_person
from models.access import ParkedForm
from models.base import now

NEVER_KEPT = ("csrf_token", "password")   # nor any name that contains one of them


def hold(asked):
    """What a form brought, without its secrets, as (name, value) pairs."""
    if asked.method != "POST":
        return []
    return [[storable(name), storable(value)] for name, value in asked.form.items(multi=True)
            if not any(secret in name for secret in NEVER_KEPT)]


def park():
    """Keep what this POST brought for whoever was typing; files are asked for again."""
    person_id = expired_person(session) or session.get("person_id")
    fields = hold(request)
    if not fields or person_id is None:
        return False
    token = secrets.token_urlsafe(24)
    gate.execute(delete(ParkedForm).where(ParkedForm.at < now() - KEPT))
    keep(ParkedForm(token_hash=fingerprint(token), person_id=person_id, path=address(),
                    fields=fields))
    session["parked"] = token
    return True


def take():
    """What the person had typed in this very form, once; None when nothing waits."""
    token = session.get("parked")
    if request.method != "GET" or token is None:
        return None
    row = gate.scalar(select(ParkedForm).where(ParkedForm.token_hash == fingerprint(token)))
    if row is None or row.path != address() or row.person_id != g.actor.id:
        return None
    session.pop("parked")
    gate.delete(row)
    gate.commit()
    return MultiDict(row.fields)


def address():
    return storable(request.full_path if request.query_string else request.path)


def fingerprint(token):
    return hashlib.sha256(token.encode()).hexdigest()
