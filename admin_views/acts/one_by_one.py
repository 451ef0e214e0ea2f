"""An act on many records, done: each in its own transaction, and one refusal stops no other."""

from flask import g, redirect, render_template, session
from flask.typing import ResponseReturnValue
from flask_admin.contrib.sqla import ModelView
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import NotFound

import policies
from admin_views.acts import acting, once
from admin_views.acts.attempts import KNOWN, tried
from admin_views.acts.selection import CHANGED, GONE, Seen, address
from admin_views.door import door
from models import db
from policies.core.rules import Act

UNKNOWN = "La base de datos dejó de responder mientras se hacía; ábralo antes de repetirlo."
NOT_TRIED = "No se intentó: la base de datos dejó de responder."
# What one broken record can cause; it is logged with a folio, and the others go on.
BROKEN_ROW = (SQLAlchemyError, ArithmeticError, AssertionError, AttributeError, LookupError,
              TypeError, ValueError)


def carry_out(view: ModelView, step: Act, seen: dict, records: list, given: dict) -> ResponseReturnValue:
    """Take the act on each record of a frozen choice (key → Seen); the answer to show."""
    names, results = names_of(records), {}
    db.session.rollback()
    for key, looked_at in seen.items():
        try:
            results[key] = one(view, step, key, looked_at, given)
        except SQLAlchemyError as error:
            if not door.is_lost(error):
                raise
            return cut_short(view, step, dict.fromkeys(seen, NOT_TRIED) | results | {key: UNKNOWN},
                             names)
    where = keep(view, step, results)
    once.keep(where)   # sent again, it shows this result; meanwhile the frozen versions refuse it
    db.session.commit()
    return redirect(where)


def one(view: ModelView, step: Act, key: int, seen: Seen, given: dict) -> str:
    """Why this record was refused, or "" once it is done: asked again, and committed alone."""
    given = given | ({"seen_hash": seen.content} if step.over else {}) | (
        {"method": acting.METHOD} if step.proof else {})

    def work():
        try:
            record = view.get_one(key)
        except NotFound:
            raise policies.Broken(GONE) from None
        try:
            policies.perform(db.session, step, record, g.actor, dict(given), seen.version)
        except policies.Stale:
            raise policies.Stale(CHANGED) from None
        db.session.commit()
    try:
        return tried(work, (*KNOWN, policies.Denied), f"({key})")[1]
    except BROKEN_ROW as error:
        if door.is_lost(error):
            raise
        db.session.rollback()
        return ("Algo falló con este registro y no cambió; avise a Informática con el folio "
                f"{door.log_failure(error)}.")


# ---- the result: one row per record

def keep(view: ModelView, step: Act, results: dict[int, str]) -> str:
    """The address of the result, which waits in the session: each reason said once."""
    reasons = list(dict.fromkeys(results.values()))
    session["together"] = {"code": g.request_id, "reasons": reasons, "results": [
        [key, reasons.index(why)] for key, why in results.items()]}
    return address(view, "bulk_result_view", step_name=step.name, code=g.request_id)


def results_of(code: str) -> dict[int, str] | None:
    """key → why it was refused, "" when done; None when that result is not kept any more."""
    found = session.get("together", {})
    if found.get("code") != code:
        return None
    return {key: found["reasons"][place] for key, place in found["results"]}


def cut_short(view: ModelView, step: Act, results: dict[int, str], names: dict[int, str]) -> ResponseReturnValue:
    """The database went away half way: what is done stays done, so the page says which."""
    door.be_nobody()
    return render_template("bulk_result.html", view=view, bare=True,
                           **facts(step, results, names)), 503


def facts(step: Act, results: dict[int, str], names: dict[int, str]) -> dict:
    """What the page of a result shows."""
    lines = [(key, names.get(key, f"Registro {key}"), why) for key, why in results.items()]
    return {"step": step, "done": [line for line in lines if not line[2]],
            "refused": [line for line in lines if line[2]]}


def names_of(records: list) -> dict[int, str]:
    """{key: how the record is called}."""
    return {record.id: str(record) for record in records}
