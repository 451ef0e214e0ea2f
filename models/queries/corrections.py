"""What people and acts ask of corrections."""

from sqlalchemy import Date, String, column, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from models.corrections import Correction, Evidence
from models.corrections import CorrectionState as S
from models.documents import Document
from models.notices import Notice
from models.people import Role
from models.signatures import Signature, SignatureSlot


def document(sha256):
    return select(Document).where(Document.sha256 == sha256)


def required_slots(correction):
    """(position, role, band, deputies) that today's bands and its procedure ask for this difference."""
    today = func.timezone("America/Mexico_City", func.now()).cast(Date)
    slots = func.console.required_slots(
        correction.amount, today, correction.procedure_version_id).table_valued(
        column("position"), column("role", String), column("band", String), column("deputies", JSONB))
    return select(slots.c.position, slots.c.role, slots.c.band, slots.c.deputies).order_by(slots.c.position)


def next_folio(series):
    """The next number of a series; the counter is held until the transaction ends."""
    return select(func.console.next_folio(series))


def waiting_for(role):
    """Submitted corrections whose first missing signature this office may give, as its own or as a
    deputy; oldest and dearest first."""
    mine, earlier = aliased(SignatureSlot), aliased(SignatureSlot)

    def unsigned(slot):
        return ~exists().where(Signature.slot_id == slot.id).correlate(slot)
    before = exists().where(
        earlier.correction_id == mine.correction_id, earlier.revision == mine.revision,
        earlier.position < mine.position, unsigned(earlier)).correlate(mine)
    waits = exists().where(
        mine.correction_id == Correction.id, mine.revision == Correction.revision,
        or_(mine.role == Role(role), mine.deputies.contains([Role(role).value])),
        unsigned(mine), ~before).correlate(Correction)
    return (select(Correction).where(Correction.state == S.SUBMITTED, waits)
            .order_by(func.date(Correction.submitted_at), func.abs(Correction.amount).desc(),
                      Correction.id))


def said_of(correction):
    """(the text that a signature is over, its SHA-256 as hex, the key of the letter or None), of PostgreSQL."""
    letter = select(Notice.id).where(Notice.correction_id == correction.id).scalar_subquery()
    return select(func.console.correction_content(correction.id), func.console.correction_hash(correction.id), letter)


def evidence_of(correction):
    return select(Evidence).where(Evidence.correction_id == correction.id).order_by(Evidence.id)


def in_state(*states):
    return (select(Correction).where(Correction.state.in_(states))
            .order_by(Correction.id.desc()))
