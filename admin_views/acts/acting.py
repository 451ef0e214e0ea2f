"""Acts on a page: which are open, what each asks, and doing one."""

from dataclasses import dataclass

from flask import Response, abort, flash, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.contrib.sqla import ModelView
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound
from wtforms import Form

import policies
from admin_views.acts import conflicts, sheet_rows
from admin_views.acts.attempts import attempt, finished, refused
from admin_views.door import login, tampering
from admin_views.forms import parking, uploads
from admin_views.forms.fields import answers, form_of
from admin_views.home import following
from admin_views.records.proofs import content_seen
from models import db
from models.base.signing import Signature
from policies.core.guard import MEANWHILE
from policies.core.rules import Act, Ask

METHOD = "password"     # how a person proves who they are
PROOF = "La contraseña no es correcta; escríbala de nuevo para firmar."


@dataclass(frozen=True)
class Offer:
    """An act as the page draws it: open, or why not."""

    step: object
    why: str = ""


def offered(record: object) -> list[Offer]:
    """Every act of this record: those open to this person, and why the others are not."""
    offers = []
    for step in policies.acts_of(record):
        why = policies.refusal(step, g.actor, record)
        offers.append(Offer(step, str(why) if why else ""))
    return offers


def run(view: ModelView, record: object, step_name: str, template: str = "act.html",
        **facts: object) -> ResponseReturnValue:
    """Ask what the act asks, prove who the person is, do it, and commit once."""
    step = policies.ACTS.get((view.model, step_name)) or abort(404)
    if step.job:
        raise policies.not_by(step, g.actor) or NotFound()      # the worker's alone
    if why := policies.refusal(step, g.actor, record):
        raise why
    if Signature in step.creates:
        facts = content_seen(record) | facts
    asks = step.asks(record, g.actor)
    given = request.form or parking.take()
    form = form_of(asks)(given)
    join_files(form, asks)
    status, base = 200, conflicts.base_of(given)
    if given and moved(record, given):
        refused(MEANWHILE)
        record = view.get_one(record.id)
        status, facts["changes"] = 409, conflicts.changes(view, record, base)
        base = {}
    elif request.method == "POST":
        status = 422
        right = form.validate()
        tampering.note(form)
        if right and stored(form) and proven(step):
            if answer := attempt(lambda: done(record, step, form, "seen_hash" in facts)):
                return answer
            # What was undone is read again, with the personal columns that this office may read.
            status, record = 409, view.get_one(record.id)
    return view.show(template, record=record, step=step, form=form, asks=asks,
                     base=conflicts.carried(base or conflicts.facts(view, record)),
                     **(facts | view.form_of(record, step))), status


def join_files(form: Form, asks: tuple[Ask, ...]) -> None:
    """Give each field of a file the upload of that name, which travels apart from the other fields."""
    for ask in asks:
        if ask.kind in ("file", "sheet") and request.method == "POST":
            upload = request.files.get(ask.name)
            form[ask.name].raw_data = [upload] if upload and upload.filename else []
            form[ask.name].data = upload if upload and upload.filename else None


def proven(step: Act) -> bool:
    """An act that signs asks again for the password; the one of this morning is not enough."""
    if not step.proof or login.proven(request.form.get("password", "")):
        return True
    flash(login.TOO_MANY if login.throttled_now() else PROOF, "error")
    return False


def stored(form: Form) -> bool:
    """Put each uploaded file in the store, or read its rows; one that may not be is an error of its field."""
    for field in form:
        if hasattr(field.data, "stream"):
            try:
                field.data = (sheet_rows.read(field.data, field.most) if field.type == "SheetField"
                              else uploads.keep(field.data))
            except policies.Broken as why:
                field.errors = [str(why)]
                return False
    return True


def done(record: object, step: Act, form: Form, over_content: bool) -> Response:
    """Take the act with what was typed, commit, and lead to the record; the next of its tray is offered."""
    given = answers(form)
    if step.proof:
        given["method"] = METHOD
    if over_content:
        given["seen_hash"] = request.form.get("seen_hash", "")
    tray = None if step.starts else following.tray_of(record)
    made = policies.perform(db.session, step, record, g.actor, given,
                            seen_version(record, request.form))
    offer = tray and following.offer(tray, record)
    answer = finished(address(made if step.starts else record), f"«{step.label}» quedó registrado.")
    if offer:
        flash(offer, "next")
    return answer


def moved(record: object, given: MultiDict) -> bool:
    """Whether the record changed since the page that this person decided from."""
    if request.method == "GET" and hasattr(record, "version"):
        return given.get("version") != str(record.version)   # kept half-typed: shown, not judged
    seen = seen_version(record, given)
    return seen is not None and seen != record.version


def seen_version(record: object, given: MultiDict) -> int | None:
    """The version that the page showed; a record that moved since is refused as stale."""
    text = given.get("version", "")
    if not hasattr(record, "version"):
        return None
    if not (text.isascii() and text.isdigit()):
        raise policies.Stale("La página no dice qué versión mostraba; ábrala de nuevo.")
    return int(text)


def address(record: object) -> str:
    """The record page: a screen's endpoint is its table's name."""
    return url_for(f"{record.__tablename__}.details_view", key=record.id)
