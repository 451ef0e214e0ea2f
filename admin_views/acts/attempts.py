"""Trying a write: a refusal becomes one sentence beside the form, and no typed word is lost."""

from collections.abc import Callable

from flask import Response, flash, g, redirect, request, url_for
from sqlalchemy.exc import DBAPIError

import policies
from admin_views.acts import once
from admin_views.core.screens import screens
from admin_views.core.sentences import sentence_for
from admin_views.door.gate import record_refusal
from admin_views.forms import parking
from models import db

KNOWN = (policies.Broken, policies.Stale)


def attempt(work: Callable[[], object]) -> object | None:
    """What `work` returns, or None after saying why it was refused; a Denied goes to its page."""
    if g.get("spent"):
        return refused(once.CHANGED)
    answer, why = tried(work)
    if why:
        flash(why, "error")
    return answer


def tried(work: Callable[[], object], known: tuple = KNOWN, about: str = "") -> tuple[object | None, str]:
    """(what `work` returns, ""), or (None, why it was refused), then undone and on record."""
    try:
        return work(), ""
    except known as refusal:
        why, status = str(refusal), 403 if isinstance(refusal, policies.Denied) else 409
    except DBAPIError as error:
        why, status = sentence_for(error), 409
        if why is None:
            raise
    db.session.rollback()
    record_refusal(status, why, about)
    return None, why


def finished(location: str, words: str) -> Response:
    """The write is whole: commit it with its result, once, and show where it led."""
    once.keep(location)
    db.session.commit()
    parking.forget(parking.address())
    flash(words, "success")
    return redirect(location)


def refused(sentence: str) -> None:
    """Undo the request, keep on record that it was refused, and tell the person why."""
    db.session.rollback()
    record_refusal(409, sentence)
    flash(sentence, "error")


# ---- after a refusal that has a page of its own

def ways_back() -> list[tuple[str, str]]:
    """[(words, address)] of the record and the list that the refused request came from."""
    view, key = screens().get(request.blueprint), (request.view_args or {}).get("key")
    if view is None or not view.may("view"):
        return []
    ways = [(f"Ir a {view.name}", url_for(f"{view.endpoint}.index_view"))]
    if key is not None and request.endpoint != f"{view.endpoint}.details_view":
        ways.insert(0, ("Volver al registro", url_for(f"{view.endpoint}.details_view", key=key)))
    return ways


def sentences_typed() -> list[str]:
    """The longer texts of a refused form, to be copied: its page has no form to keep them in."""
    if request.method != "POST":
        return []
    return [value for name, value in parking.typed_fields(request.form) if " " in value.strip()]
