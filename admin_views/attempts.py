"""Trying a write: a refusal becomes one sentence beside the form, and no typed word is lost."""

from flask import flash
from sqlalchemy.exc import DBAPIError

import policies
from admin_views.gate import record_refusal
from admin_views.sentences import sentence_for
from models import db


def attempt(work):
    """What `work` returns, or None after saying why it was refused; a Denied goes to its page."""
    try:
        return work()
    except (policies.Broken, policies.Stale) as refusal:
        return refused(str(refusal))
    except DBAPIError as error:
        sentence = sentence_for(error)
        if sentence is None:
            raise
        return refused(sentence)


def refused(sentence):
    db.session.rollback()
    record_refusal(409, sentence)
    flash(sentence, "error")
