"""The public page behind the QR: state and hash of a correction, without personal data."""

import re

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from sqlalchemy import text

from admin_views.core.words import moment
from models import db
from models.corrections import CorrectionState

blueprint = Blueprint("verification", __name__)
CODE = re.compile(r"^[0-9a-f]{32}$")


def address(code: str) -> str:
    """The address in a QR: the page of a document under the console's public address."""
    return current_app.config["PUBLIC_URL"] + url_for("verification.code", code=code)


@blueprint.get("/verificar/")
def page():
    """The page that asks for a code."""
    code = request.args.get("codigo", "").strip().lower()
    if CODE.match(code):
        return redirect(url_for("verification.code", code=code))
    return render_template("verification.html", found=None, code=code[:64])


@blueprint.get("/verificar/<code>")
def code(code):
    """The page of the document with that code; 404 for an unknown one."""
    found = None
    if CODE.match(code):
        with db.engines["public"].connect() as connection:
            row = connection.execute(text("SELECT * FROM console.verify_code(:code)"),
                                     {"code": code}).one_or_none()
        found = row and {"folio": row.folio, "state": CorrectionState(row.state).label,
                         "revision": row.revision, "content_hash": row.content_hash,
                         "signatures": row.signatures, "required": row.required,
                         "submitted": moment(row.submitted_at),
                         "reversed_by": row.reversed_by, "reversal_of": row.reversal_of, "batch": row.batch}
    return render_template("verification.html", found=found, code=code[:64]), (
        200 if found else 404)
