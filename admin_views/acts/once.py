"""A form that is sent twice is done once: the second sending shows what the first one did.

Each form page carries a random token. Whatever a POST of a screen writes keeps the token's hash
and where it led, in the same transaction and under a lock (migrations/core/sent_forms.sql), so that a
double click, a reload, the back button or two requests at once find the first result.

A form without a token (a page opened before an upgrade, another program) is taken as it comes:
to refuse it would lose what was typed, and versions still protect edits, deletions and acts.
"""

import hashlib
import re
import secrets

from flask import Response, flash, g, redirect, request
from sqlalchemy import func, select

from admin_views.forms.parking import address, forget, typed_fields
from models import db

AGAIN = "Ya se había enviado; éste es el resultado."
CHANGED = ("Este formulario ya se había enviado y lo que cambió después no se guardó: busque el "
           "registro y edítelo. Si de verdad quiere hacer otro, envíe de nuevo.")
TOKEN = re.compile(r"[\w-]{20,64}", re.ASCII)


def token() -> str:
    """The token of the form on this page: the one that came with it, until it is spent."""
    return token_sent() or secrets.token_urlsafe(24)


def token_sent() -> str | None:
    """The token that this form brought, or brings back from where it was kept; None without one."""
    given = g.get("restored") or request.form
    text = given.get("once", "")
    return text if TOKEN.fullmatch(text) and not g.get("spent") else None


def answered() -> Response | None:
    """The answer of the first time, when this very form was sent before; else None.

    From here to the commit a second sending of the same form waits. The same token with other
    words in it is no double send: `attempt` then shows them again instead of writing.
    """
    if request.method != "POST" or not token_sent():
        return None
    location, _, content = (first_result(address()) or "").partition(" ")
    if not location:
        return None
    if content != fingerprint():
        g.spent = True
        return None
    forget(address())
    flash(AGAIN, "info")
    return redirect(location)


def first_result(path: str) -> str | None:
    """Where this form led the first time, and what it said; None the first time."""
    return db.session.scalar(select(func.console.first_result(key(path))))


def keep(location: str) -> None:
    """Remember in this transaction where the form led; its second sending is led there too."""
    if token_sent():
        result = f"{location} {fingerprint()}"
        db.session.execute(select(func.console.keep_result(key(address()), result)))


def key(path: str) -> str:
    """One person's one form: the same token elsewhere or from somebody else is another."""
    return digest(g.actor.id, path, token_sent())


def fingerprint() -> str:
    """What the person sent, to tell a double send from a form that was changed and sent again."""
    files = [(name, file.filename, file.stream.seek(0, 2), file.stream.seek(0))
             for name, file in sorted(request.files.items(multi=True), key=lambda pair: pair[0])]
    return digest(sorted(typed_fields(request.form)), files)


def digest(*parts: object) -> str:
    """The SHA-256 of those parts, hexadecimal."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()
