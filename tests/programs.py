"""Other programs at PostgreSQL: their connections are kept for the next one, which finds them as new."""

from contextlib import contextmanager

import psycopg
from psycopg.pq import TransactionStatus


class Programs:
    """Connections that stand idle, by address; no two programs hold one at a time, in whatever thread."""

    def __init__(self):
        self.idle = {}

    @contextmanager
    def one(self, address):
        """A connection: what it did is committed at the end, or rolled back when something was raised."""
        raw = self.taken(address)
        try:
            yield raw
            if not raw.closed:
                raw.commit()
        finally:
            self.give(address, raw)

    def value(self, address, statement, values):
        """The first value of the first row that a statement answers; it is committed."""
        raw = self.taken(address)
        try:
            raw.autocommit = True
            return raw.execute(statement, values).fetchone()[0]
        finally:
            self.give(address, raw)

    def taken(self, address):
        kept = self.idle.setdefault(address, [])
        while kept:
            if answers(raw := kept.pop()):
                return raw
            raw.close()
        return psycopg.connect(address, prepare_threshold=None)

    def give(self, address, raw):
        """Put it aside without anything of who had it: settings, roles, locks, temporary tables."""
        if not raw.closed:
            raw.rollback()
        if raw.closed or raw.info.transaction_status != TransactionStatus.IDLE:
            raw.close()
            return
        raw.isolation_level = raw.read_only = raw.deferrable = None
        raw.autocommit = True
        raw.execute("DISCARD ALL")
        raw.autocommit = False
        self.idle[address].append(raw)

    def leave(self):
        """Close them all."""
        for kept in self.idle.values():
            while kept:
                kept.pop().close()


def answers(raw):
    """Whether its server is still there; a test may have stopped it meanwhile."""
    try:
        raw.execute("SELECT 1")
        raw.rollback()
    except psycopg.OperationalError:
        return False
    return True
