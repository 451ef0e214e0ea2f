"""What deadlines ask of the calendar."""

from sqlalchemy import select

from models.organization import DraftState, Holiday


def days_off():
    """The days that a signed calendar takes out of every term."""
    return select(Holiday.day).where(Holiday.state == DraftState.IN_FORCE)
