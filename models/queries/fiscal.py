"""What the desk asks of fiscal records."""

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from models.billing import Bill, CreditNote, NoteForm
from models.corrections import Correction
from models.fiscal import CancelReason, FiscalRecord, FiscalState


def waits(record):
    """That a record waits for a CFDI of its own."""
    return [record.state == FiscalState.PENDING, or_(
        record.reason.is_(None), record.reason == CancelReason.WITH_SUBSTITUTE)]


def unstamped_before(note):
    """The earlier corrected bills of a corrected bill that wait for their CFDI: one replaces another in order."""
    earlier, record = aliased(CreditNote), aliased(FiscalRecord)
    return (select(record.id).join(earlier, record.note_id == earlier.id)
            .where(*waits(record), earlier.bill_id == note.bill_id, earlier.id < note.id,
                   earlier.form == NoteForm.CORRECTED_BILL, note.form == NoteForm.CORRECTED_BILL))


def to_stamp():
    """Those whose CFDI may be stamped now, oldest first, with all that it must say."""
    note = joinedload(FiscalRecord.note)
    return (select(FiscalRecord)
            .join(CreditNote, FiscalRecord.note_id == CreditNote.id).where(
                *waits(FiscalRecord), ~unstamped_before(CreditNote).correlate(CreditNote).exists())
            .options(note.selectinload(CreditNote.lines), note.joinedload(CreditNote.bill).joinedload(Bill.account),
                     note.joinedload(CreditNote.correction).options(selectinload(Correction.lines)))
            .order_by(FiscalRecord.id))
