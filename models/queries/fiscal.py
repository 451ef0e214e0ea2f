"""Queries over fiscal records."""

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from models.billing import Bill, CreditNote, NoteForm
from models.corrections import Correction
from models.fiscal import CancelReason, FiscalRecord, FiscalState


def waits_for_stamp(record: type[FiscalRecord]) -> list[ColumnElement]:
    """Conditions: a record waits for a CFDI of its own."""
    return [record.state == FiscalState.PENDING, or_(
        record.reason.is_(None), record.reason == CancelReason.WITH_SUBSTITUTE)]


def earlier_unstamped(note: CreditNote | type[CreditNote]) -> Select:
    """The earlier corrected bills of a corrected bill that wait for their CFDI: each replaces the one before."""
    earlier, record = aliased(CreditNote), aliased(FiscalRecord)
    return (select(record.id).join(earlier, record.note_id == earlier.id)
            .where(*waits_for_stamp(record), earlier.bill_id == note.bill_id, earlier.id < note.id,
                   earlier.form == NoteForm.CORRECTED_BILL, note.form == NoteForm.CORRECTED_BILL))


def to_stamp() -> Select:
    """The records whose CFDI may be stamped now, oldest first, with everything that it must hold."""
    note = joinedload(FiscalRecord.note)
    return (select(FiscalRecord)
            .join(CreditNote, FiscalRecord.note_id == CreditNote.id).where(
                *waits_for_stamp(FiscalRecord), ~earlier_unstamped(CreditNote).correlate(CreditNote).exists())
            .options(note.selectinload(CreditNote.lines), note.joinedload(CreditNote.bill).joinedload(Bill.account),
                     note.joinedload(CreditNote.correction).options(selectinload(Correction.lines)))
            .order_by(FiscalRecord.id))
