"""The public page behind the code and the QR of a printed document: what its area tells of it to anybody, without
personal data and without logging in.

An area says `public_status(PublicStatus(Model, "function", told))`; the function is one that the login of strangers may
call (policies/core/sql/functions.py: reading), and takes a code.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row, text

from models import db
from policies.core.declarations import Misdeclared

blueprint = Blueprint("verification", __name__)
CODE = re.compile(r"^[0-9a-f]{32}$")
STATUSES: list["PublicStatus"] = []


@dataclass(frozen=True)
class PublicStatus:
    """What is told of the documents of one kind."""

    model: type
    function: str                       # of the schema console: code → the row of its document, or none
    told: Callable[[Row], dict]         # that row → {label: value}, in words
    content_hash: Callable[[Row], str | None] = lambda row: None     # the SHA-256 that the document prints


def public_status(status: PublicStatus) -> None:
    """Add a kind of document; the start refuses one that has no printed code, or twice."""
    where = f"the public status of {status.model.__name__}"
    if not any(column.info.get("written") == "code" for column in status.model.__table__.columns):
        raise Misdeclared(f"{where} has no code to be found by; add a column with printed_code()")
    if any(other.model is status.model for other in STATUSES):
        raise Misdeclared(f"{where} is declared twice; say it once")
    STATUSES.append(status)


def address(code: str) -> str:
    """The address in a QR: the page of a document under the console's public address."""
    return current_app.config["PUBLIC_URL"] + url_for("verification.code", code=code)


@blueprint.get("/verificar/")
def page() -> ResponseReturnValue:
    """The page that asks for a code."""
    code = request.args.get("codigo", "").strip().lower()
    if CODE.match(code):
        return redirect(url_for("verification.code", code=code))
    return render_template("verification.html", told=None, code=code[:64])


@blueprint.get("/verificar/<code>")
def code(code: str) -> ResponseReturnValue:
    """The page of the document with that code; 404 for an unknown one."""
    status, row = document_of(code) if CODE.match(code) else (None, None)
    told = status and status.told(row)
    return render_template("verification.html", told=told, content_hash=status and status.content_hash(row),
                           code=code[:64]), 200 if told else 404


def document_of(code: str) -> tuple[PublicStatus | None, Row | None]:
    """The kind of document that has that code, and the row that says its status."""
    with db.engines["public"].connect() as connection:
        for status in STATUSES:
            asked = text(f"SELECT * FROM console.{status.function}(:code)")
            row = connection.execute(asked, {"code": code}).one_or_none()
            if row is not None:
                return status, row
    return None, None
