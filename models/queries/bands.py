"""What the authorisation of an amount band asks of the others."""

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, or_, select

from models.bands import ApprovalBand, ApprovalSlot, ApprovalWindow
from models.base.drafts import DraftState
from models.queries.billing import valid


def rules_on(day: ColumnElement) -> ColumnElement:
    """Whether a band is in force on a day."""
    return and_(ApprovalBand.state == DraftState.IN_FORCE, *valid(ApprovalBand, day))


def required_slots(amount: ColumnElement, on_day: ColumnElement) -> Select:
    """(position, role, band) of the signatures that the authorised bands of a day ask for a difference of this size,
    MXN."""
    size, end = func.abs(amount), ApprovalBand.to_amount
    return (select(ApprovalSlot.position, cast(ApprovalSlot.role, Text).label("role"), ApprovalBand.name.label("band"))
            .join(ApprovalSlot, ApprovalSlot.band_id == ApprovalBand.id)
            .where(rules_on(on_day), size >= ApprovalBand.from_amount, or_(end.is_(None), size < end))
            .order_by(ApprovalSlot.position))


def overlapping(band: ApprovalBand) -> Select:
    """A band in force that rules some same amount on some same day, if any."""
    B = ApprovalBand
    return select(B).where(
        B.state == DraftState.IN_FORCE, B.id != band.id,
        or_(B.to_amount.is_(None), B.to_amount > band.from_amount),
        or_(B.valid_to.is_(None), B.valid_to >= band.valid_from),
        *([] if band.to_amount is None else [B.from_amount < band.to_amount]),
        *([] if band.valid_to is None else [B.valid_from <= band.valid_to])).order_by(B.id).limit(1)


def overlapping_window(window: ApprovalWindow) -> Select:
    """A window in force that rules some same day, if any."""
    W = ApprovalWindow
    return select(W).where(
        W.state == DraftState.IN_FORCE, W.id != window.id,
        or_(W.valid_to.is_(None), W.valid_to >= window.valid_from),
        *([] if window.valid_to is None else [W.valid_from <= window.valid_to])).order_by(W.id).limit(1)
