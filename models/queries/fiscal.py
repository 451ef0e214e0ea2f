"""What the desk asks of fiscal records."""

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from models.billing import Bill, CreditNote
from models.corrections import Correction
from models.fiscal import CancelReason, FiscalRecord, FiscalState


def to_stamp():
    """Those that wait for a CFDI of their own, oldest first, with all that it must say."""
    note = joinedload(FiscalRecord.note)
    return (select(FiscalRecord)
            .where(FiscalRecord.state == FiscalState.PENDING, or_(
                FiscalRecord.reason.is_(None), FiscalRecord.reason == CancelReason.WITH_SUBSTITUTE))
            .options(note.selectinload(CreditNote.lines), note.joinedload(CreditNote.bill).joinedload(Bill.account),
                     note.joinedload(CreditNote.correction).options(selectinload(Correction.lines)))
            .order_by(FiscalRecord.id))
