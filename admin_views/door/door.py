"""The door every request passes: who is asking, in which office, and what a refusal looks like."""

import logging
import secrets
import traceback

from flask import Flask, Response, abort, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException

import policies
from admin_views.acts.attempts import sentences_typed, ways_back
from admin_views.core import reads
from admin_views.core.sentences import sentence_for
from admin_views.door import hosts
from admin_views.door.gate import gate, record_refusal
from admin_views.door.offices import actor_of
from admin_views.forms import parking, uploads
from admin_views.lists import preferences
from models import db
from models.base.connections import NoDatabase

PUBLIC = {"static", "security.login", "health", "verification.page", "verification.code",
          "security.logout"}
# Stock pages that the console does not offer.
SHUT = {"security.verify", "security.static", "home.static"}
TOO_LARGE = ("Lo enviado es demasiado grande: cada archivo puede medir 20 MB como máximo y el texto "
             "1 MB. Vuelva a la página anterior, donde sigue lo que escribió, y redúzcalo.")
EXPIRED = "La página había vencido y nada se envió. Revise y envíe de nuevo."
ANOTHERS = "Esa página la abrió otra persona: nada se envió, y lo escrito se guardó para ella."
FORMS = {"", "application/x-www-form-urlencoded", "multipart/form-data"}   # what pages send
SENTENCES = {
    404: "No existe esa página o ese registro; revise la dirección o búsquelo de nuevo.",
    403: "Su cargo no permite esta acción.",
    405: "Esa acción no se puede pedir así; use los botones de la consola.",
    410: "El archivo ya venció: se guarda 24 horas desde que está listo. Pida la exportación de nuevo desde su lista.",
    413: TOO_LARGE,
    414: "La dirección es demasiado larga; quite filtros o columnas e intente de nuevo.",
    415: "La consola solo recibe los formularios de sus páginas; abra la página y envíela desde ahí.",
    429: "Se pidió demasiado en poco tiempo; espere un minuto e intente de nuevo.",
    431: "El navegador envió demasiados datos ocultos; borre las «cookies» de este sitio e intente de nuevo.",
    503: "La consola no puede atender ahora; espere un minuto e intente de nuevo."}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self'; "
                               "img-src 'self' data:; object-src 'none'; base-uri 'none'; "
                               "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
log = logging.getLogger("consola")


def install(app: Flask) -> None:
    """Put the door before every request, and a page in Spanish behind every refusal and fault."""
    app.before_request_funcs.setdefault(None, []).insert(0, know_the_name)     # before any other check
    app.before_request(know_the_person)
    app.after_request(set_headers)
    app.after_request(log_reads)
    app.teardown_request(forget_the_person)
    app.register_error_handler(policies.Denied, lambda error: refuse(403, error))
    app.register_error_handler(policies.Broken, lambda error: refuse(409, error))
    app.register_error_handler(policies.Stale, lambda error: refuse(409, error))
    app.register_error_handler(CSRFError, page_expired)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(DBAPIError, database_error)
    app.register_error_handler(TimeoutError, database_error)
    app.register_error_handler(NoDatabase, lambda error: away())
    app.register_error_handler(OSError, disk_error)
    app.register_error_handler(Exception, failed)


def know_the_name() -> ResponseReturnValue | None:
    """A request that calls the console by another name is told its own, and nothing else."""
    if why := hosts.unknown():
        be_nobody()
        return render_template("refusal.html", status=400, why=why), 400
    return None


def know_the_person() -> ResponseReturnValue | None:
    """Find who asks and in which office, and say it to PostgreSQL; an answer where they go no further."""
    g.request_id = secrets.token_hex(8)
    if request.endpoint in SHUT:
        abort(404)
    if session.lost and request.endpoint != "health":
        return away()
    if request.method == "POST" and request.mimetype not in FORMS:
        abort(415)
    if request.endpoint in PUBLIC or request.endpoint is None:
        return None
    if not current_user.is_authenticated:
        return ask_to_log_in()
    g.actor = actor_of(current_user)
    if not session.keeps:
        preferences.nothing_of(request.blueprint)
    gate.commit()
    if g.actor is None:
        return refuse(403, "Usted no tiene un nombramiento vigente; acuda a Informática y "
                           "Sistemas para que lo registre.")
    policies.bind(db.session, g.actor, g.request_id, request.method in ("GET", "HEAD"), session.token)
    if current_user.handed_at is not None and request.endpoint != "security.change_password":
        return redirect(url_for("security.change_password"))    # a password that was handed opens nothing else
    return None


def ask_to_log_in() -> ResponseReturnValue:
    """A stranger meets the login; what was typed meanwhile waits on the server."""
    target = "/"
    if parking.too_large(parking.fields_of(request)):
        return refuse(413, TOO_LARGE)        # its page gives the words back; nobody keeps as much
    if "GET" in request.url_rule.methods:    # what only takes a POST has no page to come back to
        parking.park()
        target = parking.address()
    return redirect(url_for("security.login", next=target))


def forget_the_person(error: BaseException | None = None) -> None:
    """The request is over: no connection and no office is kept from it."""
    policies.forget()
    gate.remove()


def set_headers(response: Response) -> Response:
    """The headers of every answer: what a browser may run, and that it keeps none of our pages."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    if request.endpoint == "security.logout":
        response.headers["Clear-Site-Data"] = '"cache"'
    return response


def log_reads(response: Response) -> Response:
    """Nobody's data leaves before it is written down who saw it."""
    try:
        reads.keep_reads(response.status_code)
    except (OperationalError, TimeoutError):
        gate.remove()
        return make_response(away())
    return response


def refuse(status: int, why: object) -> ResponseReturnValue:
    """A refusal is a page that says why, and a row that stays."""
    db.session.rollback()
    record_refusal(status, why)
    return render_template("refusal.html", status=status, why=str(why), ways=ways_back(),
                           typed=sentences_typed()), status


def page_expired(error: CSRFError) -> ResponseReturnValue:
    """The token died with its session: what was typed comes back in a fresh page."""
    if session.lost:
        return away()
    if "GET" in request.url_rule.methods and parking.park():
        session["notice"] = EXPIRED if parking.author() in (None, session.get("person_id")) else ANOTHERS
        return redirect(parking.address())
    if not current_user.is_authenticated and request.endpoint not in PUBLIC:
        return ask_to_log_in()
    return refuse(400, "La página venció; vuelva a abrirla e intente de nuevo.")


def http_error(error: HTTPException) -> ResponseReturnValue:
    """A page in Spanish for an error of HTTP; what no page of the console sends goes on record."""
    if error.code is not None and error.code < 400:
        return error
    why = SENTENCES.get(error.code, "La solicitud no se entendió; vuelva a la página anterior e intente de nuevo.")
    forged = error.code in (400, 404) and request.method == "POST" and g.get("actor")
    if error.code in (403, 405) or forged:      # no page of the console sends it
        return refuse(error.code, why)
    return render_template("refusal.html", status=error.code, why=why,
                           ways=ways_back()[-1:]), error.code


def database_error(error: DBAPIError | TimeoutError) -> ResponseReturnValue:
    """A constraint becomes one calm sentence; a lost database asks to wait; the rest is a bug."""
    known = sentence_for(error)
    if known:
        return refuse(409, known)
    return away() if is_lost(error) else failed(error)


def is_lost(error: Exception) -> bool:
    """Whether the database went away, rather than refused something."""
    lost = isinstance(error, OperationalError | TimeoutError) or getattr(
        error, "connection_invalidated", False)
    return lost and not isinstance(error, IntegrityError)


def away() -> ResponseReturnValue:
    """The database does not answer: say so without asking it anything, and keep what was typed."""
    log.error("database unavailable, request %s", g.get("request_id"))
    return unavailable("La base de datos no responde en este momento; nada se guardó. Espere un minuto y "
                       "envíe de nuevo: lo que escribió sigue aquí.", 503)


def unavailable(why: str, status: int) -> ResponseReturnValue:
    """A page that asks the database nothing, holds what was typed and sends it again."""
    be_nobody()
    try:
        fields, token = parking.fields_of(request), request.form.get("csrf_token", "")
    except OSError:     # the form itself did not fit on the disk
        fields, token = [], ""
    return render_template("unavailable.html", fields=fields, status=status, token=token, why=why), status


def disk_error(error: OSError) -> ResponseReturnValue:
    """A disk that takes no more is told, and what was typed is given back to be sent again; the rest is a bug."""
    if not uploads.no_room(error):
        return failed(error)
    log.error("no room on disk, request %s", g.get("request_id"))
    return unavailable(uploads.NO_ROOM, 507)


def be_nobody() -> None:
    """A page about a failure asks the database nothing: no menu, no name, no user to load."""
    g.actor, g._login_user = None, AnonymousUserMixin()


def what_failed(error: Exception) -> str:
    """Where and what, as a log may keep it: never the row that PostgreSQL repeats in its detail."""
    if not isinstance(error, DBAPIError):
        return "".join(traceback.format_exception(error))
    said = getattr(getattr(error.orig, "diag", None), "message_primary", None)
    return "".join((*traceback.format_tb(error.__traceback__), f"{type(error.orig).__name__}: {said}"))


def log_failure(error: Exception) -> str:
    """The folio under which the log keeps what failed."""
    folio = secrets.token_hex(3).upper()
    log.error("folio %s request %s\n%s", folio, g.get("request_id"), what_failed(error))
    return folio


def failed(error: Exception) -> ResponseReturnValue:
    """Anything unforeseen is a bug: logged with a folio, shown with it, and nothing kept."""
    folio = log_failure(error)
    be_nobody()
    why = f"Algo falló de nuestro lado; nada se guardó. Avise a Informática con el folio {folio}."
    try:
        db.session.rollback()
        if request.url_rule and "GET" in request.url_rule.methods and parking.park():
            why += " Lo que escribió lo espera en el formulario; ábralo de nuevo."
    except (DBAPIError, TimeoutError):
        db.session.remove()
        gate.remove()
    return render_template("refusal.html", status=500, why=why), 500
