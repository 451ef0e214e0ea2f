"""Who put a hand on a record: a question that leaves the record open, `parameters` say which it is."""

from sqlalchemy import Integer, String, bindparam, func, select

from models.base.people import Contribution

KEY, SUBJECT = bindparam("key", type_=Integer), bindparam("subject", type_=String)
REVISION = bindparam("revision", type_=Integer)


def parameters(record):
    return {"key": record.id, "subject": record.__tablename__, "revision": record.revision}


def hands():
    """The people who contributed to the present revision of a record, as one column."""
    return func.array(select(Contribution.person_id).where(
        Contribution.subject == SUBJECT, Contribution.subject_id == KEY,
        Contribution.revision == REVISION).scalar_subquery())
