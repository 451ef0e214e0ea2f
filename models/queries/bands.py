"""What the authorisation of an amount band asks of the others."""

from sqlalchemy import or_, select

from models.bands import ApprovalBand
from models.organization import DraftState


def overlapping(band):
    """A band in force that rules some same amount on some same day, if any."""
    B = ApprovalBand
    return select(B).where(
        B.state == DraftState.IN_FORCE, B.id != band.id,
        or_(B.to_amount.is_(None), B.to_amount > band.from_amount),
        or_(B.valid_to.is_(None), B.valid_to >= band.valid_from),
        *([] if band.to_amount is None else [B.from_amount < band.to_amount]),
        *([] if band.valid_to is None else [B.valid_from <= band.valid_to])).order_by(B.id).limit(1)
