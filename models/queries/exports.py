"""What the console asks of ordered exports."""

from sqlalchemy import func, select


def close(lost_office):
    """The keys of the orders that keep a file, once those that expired or whose person lost the office are closed."""
    return select(func.console.close_exports(lost_office))
