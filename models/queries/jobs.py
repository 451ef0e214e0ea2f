"""What jobs wait, and in whose name: answered by one function, since the record may be visible to nobody else."""

from sqlalchemy import Integer, Select, String, column, func, select
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from models.base.columns import Model


def waiting() -> Select:
    """(act, key, person, office) of every record that a job goes on with, oldest first in each table."""
    rows = work()
    return select(rows.act, rows.id, rows.run_by_id, rows.run_as).order_by(rows.id)


def waiting_in(model: type[Model], key: int) -> Select:
    """The same, of one record."""
    rows = work()
    return select(rows.run_by_id, rows.run_as).where(rows.subject == model.__tablename__, rows.id == key)


def work() -> ReadOnlyColumnCollection:
    """The columns of console.work()."""
    return func.console.work().table_valued(
        column("subject", String), column("act", String), column("id", Integer), column("run_by_id", Integer),
        column("run_as", String)).render_derived().c
