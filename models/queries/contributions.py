"""Who contributed to a record: a query whose `parameters` name the record."""

from sqlalchemy import ColumnElement, Integer, String, bindparam, func, select

from models.base.columns import Model
from models.base.people import Contribution

KEY, SUBJECT = bindparam("key", type_=Integer), bindparam("subject", type_=String)
REVISION = bindparam("revision", type_=Integer)


def parameters(record: Model) -> dict[str, int | str]:
    """The parameters of contributors() for a record."""
    return {"key": record.id, "subject": record.__tablename__, "revision": record.revision}


def contributors() -> ColumnElement:
    """The people who contributed to the present revision of a record, as one column."""
    return func.array(select(Contribution.person_id).where(
        Contribution.subject == SUBJECT, Contribution.subject_id == KEY,
        Contribution.revision == REVISION).scalar_subquery())
