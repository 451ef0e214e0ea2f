"""The query that closes ordered exports."""

from sqlalchemy import Select, func, select


def close(lost_office: str) -> Select:
    """Closes the orders that expired or whose person lost the office; gives the keys of those that keep a file."""
    return select(func.console.close_exports(lost_office))
