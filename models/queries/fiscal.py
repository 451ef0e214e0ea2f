"""Queries over fiscal records."""

from sqlalchemy import ColumnElement, Select, Text, case, cast, func, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload, selectinload

from models.billing import Bill, CreditNote, NoteForm, NoteKind
from models.corrections import Correction, CorrectionLine
from models.fiscal import BARE, UUID, CancelReason, FiscalRecord, FiscalState


def note_form(bill: ColumnElement) -> Select:
    """The document that a note of a bill takes now: where nothing was paid, the bill still owes all that stands on it
    and the user receives it corrected."""
    moved = select(func.coalesce(func.sum(signed_amount()), 0)).where(CreditNote.bill_id == Bill.id).scalar_subquery()
    form = case((Bill.balance == Bill.total + moved, NoteForm.CORRECTED_BILL.value), else_=NoteForm.NOTE.value)
    return select(cast(form, Text)).where(Bill.id == bill)


def signed_amount() -> ColumnElement:
    """What a note moves, MXN: credits below zero."""
    return case((CreditNote.kind == NoteKind.CREDIT, -CreditNote.amount), else_=CreditNote.amount)


def standing_cfdi(bill: ColumnElement) -> Select:
    """The CFDI that stands for a bill and its total, MXN: the last corrected bill's, or the bill's own. None when the
    last corrected bill left nothing to charge, or when the bill never had one."""
    worth = select(func.sum(CorrectionLine.amount_after + CorrectionLine.tax_after)).where(
        CorrectionLine.correction_id == CreditNote.correction_id).scalar_subquery()
    corrected = (select(FiscalRecord.substitute_uuid.label("uuid"), worth.label("total"), CreditNote.id.label("place"))
                 .join(CreditNote, CreditNote.id == FiscalRecord.note_id)
                 .where(CreditNote.bill_id == bill, CreditNote.form == NoteForm.CORRECTED_BILL, or_(
                     FiscalRecord.substitute_uuid.is_not(None), FiscalRecord.reason.in_(BARE))))
    uuid = func.substring(func.upper(func.btrim(Bill.fiscal_uuid)), UUID, type_=Text)
    own = select(uuid, Bill.total, 0).where(Bill.id == bill)
    every = union_all(corrected, own).subquery().c
    return select(every.uuid, every.total).order_by(every.place.desc()).limit(1)


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
