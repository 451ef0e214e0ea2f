"""What follows from a correction: its effects in words, and when each term of its procedure ends."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.billing import NoteForm
from models.corrections import CorrectionState
from models.queries.trays import HERE
from policies.corrections import glance
from policies.corrections.acts import kind_of_note
from policies.corrections.cases import definition_of
from policies.corrections.gathering import today
from policies.notices import WHY, document_of
from policies.procedures.effects import EFFECTS
from policies.procedures.terms import term_words, terms_of

DOCUMENTS = {"credit_note", "debit_note", "rebill", "cancel_and_rebill"}
DECIDED = (CorrectionState.SIGNED, CorrectionState.APPLIED)


class Ending(NamedTuple):
    """One term: in words, its last day (a moment, for hours) or why it has none, and whether it is over."""

    words: str
    ends: object
    why: str
    over: bool


def effects_in_words(correction):
    """What follows, each once. Which document the user receives is for what was paid to say, whatever the
    procedure calls it."""
    words = dict.fromkeys(document(correction) if effect in DOCUMENTS else EFFECTS[effect]
                          for effect in correction.effects if effect in EFFECTS)
    return [word[:1].upper() + word[1:] for word in words]


def document(correction):
    """The document of its note, or the one that applying it today would write, and why."""
    for note in correction.notes:
        return document_of(note.form, note.kind)
    form = NoteForm(glance.said(correction, "note_form"))
    return f"{document_of(form, kind_of_note(correction))}, {WHY[form]}"


def endings(correction, on=None):
    """An Ending for each deadline of the procedure, over the working days of the dated calendar."""
    definition = definition_of(correction.procedure_version)
    if correction.reversal_of_id is not None or not definition.deadlines:
        return []
    found = terms_of(definition, anchors(correction), days_off=set(glance.said(correction, "days_off")),
                     billing_dates=glance.said(correction, "later_issues"))
    day = on or today()
    return [Ending(term_words(term.deadline), here(term.ends), term.why, term.has_ended(day)) for term in found]


def here(ends):
    """A moment counted from a day alone is one of San Luis Potosí."""
    naive = isinstance(ends, datetime) and ends.tzinfo is None
    return ends.replace(tzinfo=ZoneInfo(HERE)) if naive else ends


def anchors(correction):
    """The days that a correction knows: of its bill, of the request, and of the last signature once complete."""
    bill, zone = correction.bill, ZoneInfo(HERE)
    known = {"bill_issue": bill.issued_on, "due_date": bill.due_on, "filing": correction.drafted_at.astimezone(zone)}
    if bill.current_reading is not None:
        known["reading"] = bill.current_reading.read_on
    signed = [place.signature.signed_at for place in correction.places_now if place.signature is not None]
    if correction.state in DECIDED and signed:
        known["decision"] = max(signed, key=datetime.timestamp).astimezone(zone)
    return known
