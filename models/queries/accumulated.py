"""What stands on an account of the corrections that were sent of it, so that no amount is cut into parts that each ask
fewer signatures (migrations/sql/corrections/accumulated.sql adds it up)."""

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    DateTime,
    Select,
    and_,
    any_,
    case,
    cast,
    func,
    null,
    or_,
    select,
    union_all,
)

from models.bands import ApprovalWindow, WindowUnit
from models.base.columns import Money
from models.base.drafts import DraftState
from models.batches import BatchRow, BatchState, CorrectionBatch
from models.corrections import Correction
from models.corrections import CorrectionState as S
from models.queries.billing import valid
from models.queries.trays import HERE

ON_THEIR_WAY = (BatchState.SUBMITTED, BatchState.SIGNED, BatchState.APPLYING)


def window_start(on_day: ColumnElement) -> Select:
    """The day from which corrections are added up on a day: so many days before it, or so many working days of the
    signed calendar; none where no authorised window rules that day, and all are."""
    working = func.console.before_working_days(on_day + 1, ApprovalWindow.length, type_=Date) - 1
    return select(case((ApprovalWindow.unit == WindowUnit.DAYS, on_day - ApprovalWindow.length), else_=working)).where(
        ApprovalWindow.state == DraftState.IN_FORCE, *valid(ApprovalWindow, on_day))


def stands(since: ColumnElement) -> ColumnElement:
    """Whether a correction was sent since a day and waits for signatures, is signed or applied; what was undone, and
    what undoes, moved nothing."""
    return and_(Correction.state.in_((S.SUBMITTED, S.SIGNED, S.APPLIED)), Correction.reversal_of_id.is_(None),
                Correction.reversed_by_id.is_(None), sent_since(Correction.submitted_at, since))


def sent_since(sent_at: ColumnElement, day: ColumnElement) -> ColumnElement:
    """Whether it was sent since the first instant of a day; without a day, whenever it was sent."""
    return or_(day.is_(None), sent_at >= func.timezone(HERE, cast(day, DateTime)))


def standing_money(wanted: ColumnElement, since: ColumnElement) -> CompoundSelect:
    """What was sent of these accounts since a day and stands (MXN, never negative): corrections, and the rows of
    batches that are on their way and made no correction yet."""
    amount = func.abs(Correction.amount, type_=Money).label("amount")
    corrections = (select(Correction.account_id, Correction.bill_id, amount,
                          Correction.id.label("correction_id"), BatchRow.batch_id)
                   .outerjoin(BatchRow, BatchRow.id == Correction.batch_row_id)
                   .where(Correction.account_id == any_(wanted), stands(since)))
    made = select(Correction.id).where(Correction.batch_row_id == BatchRow.id).exists()
    rows = (select(BatchRow.account_id, BatchRow.bill_id, func.abs(BatchRow.amount), null(), BatchRow.batch_id)
            .join(CorrectionBatch, CorrectionBatch.id == BatchRow.batch_id)
            .where(BatchRow.account_id == any_(wanted), BatchRow.eligible, BatchRow.left_out.is_(None), ~made,
                   CorrectionBatch.state.in_(ON_THEIR_WAY), sent_since(CorrectionBatch.submitted_at, since)))
    return union_all(corrections, rows)
