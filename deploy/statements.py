"""The statements that PostgreSQL is asked while something runs, whichever login asks them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def counted() -> Iterator[list[str]]:
    """The text of each statement, in order; those that only open a transaction or say who speaks are not there."""
    told: list[str] = []

    def heard(connection, cursor, statement, *rest):
        if "set_config(" not in statement:
            told.append(statement)
    event.listen(Engine, "before_cursor_execute", heard)
    try:
        yield told
    finally:
        event.remove(Engine, "before_cursor_execute", heard)
