"""Questions about ordered exports."""

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased

from models.base.access import ExportEntry, ExportOutcome
from models.base.exports import ExportOrder, ExportState

OPEN, KEPT = 3, 20      # that a person has at once: in preparation, and with those that are ready


def few_at_once() -> ColumnElement:
    """Whether the person of the transaction may order one export more."""
    other = aliased(ExportOrder)
    unfinished = func.count().filter(other.state != ExportState.READY)
    return select(and_(unfinished < OPEN, func.count() < KEPT)).where(
        other.run_by_id == func.console.actor(),
        other.state.in_((ExportState.ORDERED, ExportState.RUNNING, ExportState.READY))).scalar_subquery()


def unended_exports(until: ColumnElement) -> Select:
    """The exports of the last ninety days that began before an instant and of whose end the log says nothing."""
    begun, end = ExportEntry, aliased(ExportEntry)
    ended = select(end.id).where(
        end.person_id == begun.person_id, end.request_id == begun.request_id, end.at >= begun.at,
        end.outcome.in_((ExportOutcome.COMPLETE, ExportOutcome.CUT))).exists()
    return select(begun.person_id, begun.role, begun.request_id, begun.table_name, begun.filters).where(
        begun.outcome == ExportOutcome.BEGUN, begun.at.between(until - func.make_interval(0, 0, 0, 90), until), ~ended)


def close(lost_office: str) -> Select:
    """Closes the orders that expired or whose person lost the office; gives the keys of those that keep a file."""
    return select(func.console.close_exports(lost_office))
