"""Trying a write: a refusal becomes one sentence beside the form, and no typed word is lost."""

from flask import flash
from sqlalchemy.exc import DBAPIError

import policies
from admin_views.gate import record_refusal
from admin_views.sentences import sentence_for
from models import db

KNOWN = (policies.Broken, policies.Stale)


def attempt(work):
    """What `work` returns, or None after saying why it was refused; a Denied goes to its page."""
    answer, why = tried(work)
    if why:
        flash(why, "error")
    return answer


def tried(work, known=KNOWN, about=""):
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


def refused(sentence):
    db.session.rollback()
    record_refusal(409, sentence)
    flash(sentence, "error")
