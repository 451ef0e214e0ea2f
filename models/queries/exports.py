"""What the console asks of ordered exports."""

from sqlalchemy import func, select

from models.exports import ExportOrder, ExportState


def unfinished():
    """How many orders of whoever asks wait or run: PostgreSQL shows each person their own."""
    return select(func.count()).where(ExportOrder.state.in_((ExportState.ORDERED, ExportState.RUNNING)))


def close(lost_office):
    """The keys of the orders that keep a file, once those that expired or whose person lost the office are closed."""
    return select(func.console.close_exports(lost_office))
