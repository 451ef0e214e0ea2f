"""Applied corrections by cause and month: how many, and how many MXN in each direction."""

from datetime import date

from sqlalchemy import ColumnElement, Date, Select, case, func, select

from models.billing import Bill, CreditNote, NoteKind
from models.corrections import Correction
from models.procedures import AnomalyType
from models.queries.trays import local_day

# The month in which a correction counts: that of its note, or that of the bill that it corrects.
MONTHS = {"note": local_day(CreditNote.issued_at), "bill": Bill.period_end}


def by_cause(counted_by: str, first: date, after: date) -> Select:
    """(month, cause, how many, MXN in favour, MXN against), months in [first, after).

    The MXN are those of the notes, so that they add up to the list of notes; a reversal counts as
    the correction that it is, with its own note.
    """
    day = MONTHS[counted_by]
    month = func.date_trunc("month", day).cast(Date)
    return (select(month, AnomalyType.name, func.count(),
                   total(NoteKind.CREDIT), total(NoteKind.DEBIT))
            .select_from(CreditNote).join(Correction, Correction.id == CreditNote.correction_id)
            .join(AnomalyType, AnomalyType.id == Correction.anomaly_type_id)
            .join(Bill, Bill.id == CreditNote.bill_id)
            .where(day >= first, day < after).group_by(month, AnomalyType.name)
            .order_by(month, AnomalyType.name))


def total(kind: NoteKind) -> ColumnElement:
    """The MXN of the notes of one kind."""
    return func.sum(case((CreditNote.kind == kind, CreditNote.amount), else_=0))
