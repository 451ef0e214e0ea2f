"""What work is left, and in whose name: told by one function, because a record may be nobody else's to see."""

from sqlalchemy import Integer, String, column, func, select


def waiting():
    """(act, key, person, office) of every record that a job goes on with, oldest first in each table."""
    rows = work()
    return select(rows.act, rows.id, rows.run_by_id, rows.run_as).order_by(rows.id)


def waiting_in(model, key):
    """The same, of one record."""
    rows = work()
    return select(rows.run_by_id, rows.run_as).where(rows.subject == model.__tablename__, rows.id == key)


def work():
    return func.console.work().table_valued(
        column("subject", String), column("act", String), column("id", Integer), column("run_by_id", Integer),
        column("run_as", String)).render_derived().c
