"""The two addresses by which a page keeps what is being typed in it, and discards it."""

from flask import Response, abort, current_app, flash, g, redirect, request, url_for
from werkzeug.exceptions import HTTPException

from admin_views.acts import once
from admin_views.core.words import hour, moment
from admin_views.forms import parking
from models.base.columns import now


def install(app):
    app.add_url_rule("/borrador/", "draft", save, methods=["POST"])
    app.add_url_rule("/borrador/descartar/", "discard_draft", discard, methods=["POST"])
    app.jinja_env.globals.update(once_token=once.token, draft_address=here, kept_moment=kept_moment,
                                 author_mark=parking.author_mark)


def here(endpoint="draft"):
    """Where this page's own form is kept, or discarded."""
    return url_for(endpoint, de=parking.address())


def kept_moment(instant):
    """«22/nov/2026 a las 13:05», in San Luis Potosí."""
    return moment(instant).replace(" ", " a las ")


def save():
    """Keep the fields of the form at `de` for whoever is logged in; says when it was kept."""
    path = form_address() or abort(400)
    fields = parking.hold(request)
    if parking.too_large(fields):
        abort(413)
    # Waits for a form that is being sent: what was sent is no draft any more.
    if once.sent() and once.first_result(path):
        return said("")
    parking.put(g.actor.id, path, fields)
    return said(f"Borrador guardado {hour(now())}")


def discard():
    """Open the form again as if nothing had been typed in it."""
    path = form_address() or abort(400)
    parking.forget(path)
    flash("Lo que había escrito se descartó.", "info")
    return redirect(path)


def said(words):
    return Response(words, mimetype="text/plain")


def form_address():
    """The address that `de` names, if a form of the console lives there; None otherwise."""
    path = parking.storable(request.args.get("de", ""))
    if not path.startswith("/") or path[1:2] in ("/", "\\") or len(path) > 2000:
        return None   # a browser would read it as another machine's
    routes = current_app.url_map.bind("")
    try:
        for method in ("GET", "POST"):
            routes.match(path.partition("?")[0], method=method)
    except HTTPException:
        return None
    return path
