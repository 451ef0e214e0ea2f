"""What follows from a correction: its effects in words, and when each term of its procedure ends."""

from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.billing import NoteForm
from models.corrections import Correction, CorrectionState
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


def effects_in_words(correction: Correction) -> list[str]:
    """The effects of a correction in words, each once. The document that the user receives depends on what was paid,
    whatever the procedure calls it.
    """
    words = dict.fromkeys(document(correction) if effect in DOCUMENTS else EFFECTS[effect]
                          for effect in correction.effects if effect in EFFECTS)
    return [word[:1].upper() + word[1:] for word in words]


def document(correction: Correction) -> str:
    """The document of its note, or the one that applying it today would write, and why."""
    for note in correction.notes:
        return document_of(note.form, note.kind)
    form = NoteForm(glance.fact_of(correction, "note_form"))
    return f"{document_of(form, kind_of_note(correction))}, {WHY[form]}"


def endings(correction: Correction, on: date | None = None) -> list[Ending]:
    """An Ending for each deadline of its procedure, as of `on` (today without it), by the working days of the calendar.
    """
    definition = definition_of(correction.procedure_version)
    if correction.reversal_of_id is not None or not definition.deadlines:
        return []
    found = terms_of(definition, anchors(correction), days_off=set(glance.fact_of(correction, "days_off")),
                     billing_dates=glance.fact_of(correction, "later_issues"))
    day = on or today()
    return [Ending(term_words(term.deadline), here(term.ends), term.why, term.has_ended(day)) for term in found]


def here(ends: object) -> object:
    """A moment without time zone, which was counted from a day alone, as one of San Luis Potosí; anything else as it
    is.
    """
    naive = isinstance(ends, datetime) and ends.tzinfo is None
    return ends.replace(tzinfo=ZoneInfo(HERE)) if naive else ends


def anchors(correction: Correction) -> dict[str, date | datetime]:
    """name → day or moment from which deadlines count: of the bill, of the request and, once it is complete, of the
    last signature.
    """
    bill, zone = correction.bill, ZoneInfo(HERE)
    known = {"bill_issue": bill.issued_on, "due_date": bill.due_on, "filing": correction.drafted_at.astimezone(zone)}
    if bill.current_reading is not None:
        known["reading"] = bill.current_reading.read_on
    signed = [place.signature.signed_at for place in correction.places_now if place.signature is not None]
    if correction.state in DECIDED and signed:
        known["decision"] = max(signed, key=datetime.timestamp).astimezone(zone)
    return known
