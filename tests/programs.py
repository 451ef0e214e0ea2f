"""Other programs at PostgreSQL: their connections are kept for the next one, which finds them as new."""

from contextlib import contextmanager

import psycopg
from psycopg.pq import TransactionStatus

from models.base.connections import has_ended

# DISCARD ALL, but for the plans of functions: PostgreSQL itself makes again those that no longer hold.
FORGET = """CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; DEALLOCATE ALL; UNLISTEN *;
SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES"""


class Programs:
    """Connections that stand idle, by address; no two programs hold one at a time, in whatever thread."""

    def __init__(self):
        self.idle = {}

    @contextmanager
    def one(self, address):
        """A connection: what it did is committed at the end, or rolled back when something was raised."""
        kept = self.idle.setdefault(address, [])
        raw = self.taken(kept) or psycopg.connect(address, prepare_threshold=None)
        try:
            yield raw
            if not raw.closed:
                raw.commit()
        finally:
            self.give(kept, raw)

    def value(self, address, statement, values):
        """The first value of the first row that a statement answers; it is committed. The connections of these
        statements serve no other, and keep the plans of those that come often."""
        kept = self.idle.setdefault((address, "values"), [])
        raw = self.taken(kept) or psycopg.connect(address, autocommit=True)
        try:
            return raw.execute(statement, values).fetchone()[0]
        finally:
            kept.append(raw)

    def taken(self, kept):
        """One of these connections whose server is still there, or None; a test may have stopped it meanwhile."""
        while kept:
            raw = kept.pop()
            if not has_ended(raw):
                return raw
            raw.close()
        return None

    def give(self, kept, raw):
        """Put it aside without anything of who had it: settings, roles, locks, temporary tables."""
        if not raw.closed:
            raw.rollback()
        if raw.closed or raw.info.transaction_status != TransactionStatus.IDLE:
            raw.close()
            return
        raw.isolation_level = raw.read_only = raw.deferrable = None
        raw.autocommit = True
        raw.execute(FORGET)
        raw.autocommit = False
        kept.append(raw)

    def leave(self):
        """Close them all."""
        for kept in self.idle.values():
            while kept:
                kept.pop().close()
