"""Queries over corrections."""

from sqlalchemy import Select, String, column, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from models.base.attachments import Attachment
from models.base.documents import Document
from models.base.people import Role
from models.corrections import Correction
from models.corrections import CorrectionState as S
from models.signatures import Signature, SignatureSlot


def document(sha256: str) -> Select:
    """The stored document with that SHA-256."""
    return select(Document).where(Document.sha256 == sha256)


def slots_to_send(correction: Correction) -> Select:
    """(position, role, band, deputies) of the signatures that a correction asks for.

    It locks the account, so that others that send corrections of it wait until the transaction ends.
    """
    return slots(func.console.slots_to_send(correction.id))


def slots(function: FunctionElement) -> Select:
    """The rows of a PostgreSQL function that returns signature places."""
    found = function.table_valued(
        column("position"), column("role", String), column("band", String), column("deputies", JSONB))
    return select(found.c.position, found.c.role, found.c.band, found.c.deputies).order_by(found.c.position)


def accumulated_if_sent(correction: Correction) -> Select:
    """{amount, corrections, since} that its account would add up if it were sent now; {} where no window rules."""
    return select(func.console.accumulated(correction.id, None))


def next_folio(series: str) -> Select:
    """The next number of a series; the counter stays locked until the transaction ends, so that no number is lost."""
    return select(func.console.next_folio(series))


def waiting_for(role: Role) -> Select:
    """Submitted corrections whose first missing signature this office may give, as its own or as a deputy; the oldest
    and largest first.
    """
    mine, earlier = aliased(SignatureSlot), aliased(SignatureSlot)

    def unsigned(slot):
        return ~exists().where(Signature.slot_id == slot.id).correlate(slot)
    before = exists().where(
        earlier.correction_id == mine.correction_id, earlier.revision == mine.revision,
        earlier.position < mine.position, unsigned(earlier)).correlate(mine)
    waits = exists().where(
        mine.correction_id == Correction.id, mine.revision == Correction.revision,
        or_(mine.role == Role(role), mine.deputies.has_key(Role(role).value)),
        unsigned(mine), ~before).correlate(Correction)
    return (select(Correction).where(Correction.state == S.SUBMITTED, waits)
            .order_by(func.date(Correction.submitted_at), func.abs(Correction.amount).desc(),
                      Correction.id))


def attachments_of(correction: Correction) -> Select:
    """The files attached to a correction, in the order in which they were attached."""
    return select(Attachment).where(
        Attachment.subject == Correction.__tablename__, Attachment.subject_id == correction.id).order_by(Attachment.id)


def in_state(*states: S) -> Select:
    """The corrections in one of these states, the newest first."""
    return (select(Correction).where(Correction.state.in_(states))
            .order_by(Correction.id.desc()))
