"""What the page that is being drawn has read of its record, so that it asks PostgreSQL for each thing once.

Whoever else asks, an act above all, reads it anew.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

seen: ContextVar = ContextVar("seen", default=(None, {}))   # (the record of the page, what was read of it by name)


@contextmanager
def drawing(record: object, facts: dict) -> Iterator[None]:
    """Until the page of the record is drawn, `facts` are what `once` gives of it; nothing is written meanwhile."""
    before = seen.set((record, facts))
    try:
        yield
    finally:
        seen.reset(before)


def once(subject: object, name: str, read: Callable[[], object]) -> object:
    """What `read` gives: once for a page that is being drawn, every time for whoever else asks."""
    whose, facts = seen.get()
    if subject is not whose:
        return read()
    if name not in facts:
        facts[name] = read()
    return facts[name]
