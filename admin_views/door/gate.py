"""The gate's own session: logins, web sessions and logs, each in a transaction of its own.

This is the second place that commits: what it writes must stay when the
request's own transaction is rolled back, or when the request may only read.
"""

from flask import current_app, g, request
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from models import db
from models.base.access import ExportEntry, ExportOutcome, ReadEntry, Refusal


class GateSession(Session):
    def get_bind(self, mapper: object = None, *, clause: object = None, bind: object = None,
                 **kwargs: object) -> Engine:
        """Everything of this session goes by the gate's login."""
        return bind or db.engines["gate"]


gate = scoped_session(sessionmaker(class_=GateSession, expire_on_commit=False))


def keep(entry: object) -> None:
    """Write one row and commit it now, whatever happens to the request."""
    gate.add(entry)
    gate.commit()


def keep_rows(model: type, rows: list[dict]) -> None:
    """Write rows of a table now, without making a record of each: a statement that needs no transaction."""
    with db.engines["gate"].connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(insert(model.__table__), rows)


def who() -> dict:
    """Who asks, in which office and in which request, as every log has them."""
    actor = g.get("actor")
    return {"person_id": actor.id if actor else None, "role": actor.role.value if actor else None,
            "request_id": g.get("request_id", "")}


def record_refusal(status: int, why: object, about: str = "") -> None:
    """`about` names the record, where the address alone does not say it."""
    asked = f"{request.method} {request.path} {about}".rstrip()
    keep(Refusal(**who(), asked=storable(asked)[:500], status=status,
                 why=storable(str(why))[:500]))


def storable(text: str) -> str:
    """Text as PostgreSQL keeps it: a NUL in an address or a form must not stop the log of it."""
    return text.replace("\x00", "")


class Leaving:
    """An export on its way out: who asked for it and what, remembered for when the request is over."""

    def __init__(self, model, filters):
        self.app = current_app._get_current_object()
        self.facts = {**who(), "table_name": model.__tablename__, "filters": storable(filters)[:500]}

    def log(self, outcome: ExportOutcome, rows: int, sha256: str | None, read: ReadEntry | None = None) -> None:
        """How it ends, and the entry of the personal data that it carried, if it carried any."""
        with self.app.app_context():
            keep(ExportEntry(**self.facts, outcome=outcome, rows=rows, sha256=sha256))
            if read is not None:
                read.rows = rows
                keep(read)


def record_export(model: type, filters: str, rows: int, sha256: str) -> None:
    """A file that is whole leaves."""
    Leaving(model, filters).log(ExportOutcome.COMPLETE, rows, sha256)
