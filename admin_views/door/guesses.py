"""How often a password may be tried: every place that takes one counts here, before it looks."""

import hashlib
from datetime import timedelta

from flask import g, request, session
from sqlalchemy import func, select

from admin_views.door.gate import gate, keep
from models.base.access import LoginAttempt
from models.base.columns import now

WINDOW, PER_PERSON, PER_ADDRESS = timedelta(minutes=15), 8, 40
TOO_MANY = "Demasiados intentos; espere quince minutos y vuelva a intentar."


def fingerprint(words: str) -> str:
    """What is kept of an e-mail or a session: its SHA-256, hexadecimal."""
    return hashlib.sha256(words.strip().lower().encode()).hexdigest()


def stranger(email: str) -> tuple[str, str]:
    """Who tries, of somebody who logs in: the e-mail that is named, and the network address."""
    return fingerprint(email), request.remote_addr or ""


def own_session() -> tuple[str, str]:
    """Who tries, of a person who is inside: this session, which no stranger can use up."""
    return fingerprint(f"session {session.row.key_hash}"), ""


def allowed(who: tuple[str, str]) -> bool:
    """Count one guess more; False, and the request marked, when there were too many."""
    allowed = gate.scalar(select(func.console.may_guess(*who, PER_PERSON, PER_ADDRESS, now() - WINDOW)))
    gate.commit()
    g.too_many = not allowed
    return allowed


def was_right(who: tuple[str, str]) -> None:
    """The guess that was counted was none, or was never looked at: it is given back."""
    keep(LoginAttempt(who=who[0], address=who[1], right=True))
