"""Questions about ordered exports."""

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased

from models.base.exports import ExportOrder, ExportState

OPEN, KEPT = 3, 20      # that a person has at once: in preparation, and with those that are ready


def few_at_once() -> ColumnElement:
    """Whether the person of the transaction may order one export more."""
    other = aliased(ExportOrder)
    unfinished = func.count().filter(other.state != ExportState.READY)
    return select(and_(unfinished < OPEN, func.count() < KEPT)).where(
        other.run_by_id == func.console.actor(),
        other.state.in_((ExportState.ORDERED, ExportState.RUNNING, ExportState.READY))).scalar_subquery()


def close(lost_office: str) -> Select:
    """Closes the orders that expired or whose person lost the office; gives the keys of those that keep a file."""
    return select(func.console.close_exports(lost_office))
