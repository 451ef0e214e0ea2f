"""The query of official numbers."""

from sqlalchemy import Select, func, select


def next_folio(series: str) -> Select:
    """The next number of a series; the counter stays locked until the transaction ends, so that no number is lost."""
    return select(func.console.next_folio(series))
