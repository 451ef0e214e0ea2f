"""The two addresses by which a page saves what is being typed in it, and discards it."""

from datetime import datetime

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from admin_views.acts import once
from admin_views.core.words import hour, moment
from admin_views.forms import parking
from models.base.columns import now


def install(app: Flask) -> None:
    """Register the addresses and their functions for templates."""
    app.add_url_rule("/borrador/", "draft", save, methods=["POST"])
    app.add_url_rule("/borrador/descartar/", "discard_draft", discard, methods=["POST"])
    app.jinja_env.globals.update(once_token=once.token, draft_address=draft_address, kept_moment=kept_moment,
                                 author_mark=parking.author_mark)


def draft_address(endpoint: str = "draft") -> str:
    """The address that saves, or discards, the draft of this page's form."""
    return url_for(endpoint, de=parking.address())


def kept_moment(instant: datetime) -> str:
    """«22/nov/2026 a las 13:05», in San Luis Potosí."""
    return moment(instant).replace(" ", " a las ")


def save() -> Response:
    """Save the fields of the form at `de` for the person logged in; answers when it was saved."""
    path = form_address() or abort(400)
    fields = parking.fields_of(request)
    if parking.too_large(fields):
        abort(413)
    # Waits for a form that is being sent: a form that was sent keeps no draft.
    if once.token_sent() and once.first_result(path):
        return plain_text("")
    parking.save(g.actor.id, path, fields)
    return plain_text(f"Borrador guardado {hour(now())}")


def discard() -> ResponseReturnValue:
    """Open the form again without what was typed in it."""
    path = form_address() or abort(400)
    parking.forget(path)
    flash("Lo que había escrito se descartó.", "info")
    return redirect(path)


def plain_text(words: str) -> Response:
    """A response of plain text."""
    return Response(words, mimetype="text/plain")


def form_address() -> str | None:
    """The address in `de`, if the console has a form there; None otherwise."""
    path = parking.storable(request.args.get("de", ""))
    if not path.startswith("/") or path[1:2] in ("/", "\\") or len(path) > 2000:
        return None   # a browser would follow it to another machine
    routes = current_app.url_map.bind("")
    try:
        for method in ("GET", "POST"):
            routes.match(path.partition("?")[0], method=method)
    except HTTPException:
        return None
    return path
