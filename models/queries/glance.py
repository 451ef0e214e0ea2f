"""Values that PostgreSQL computes for one correction, each as a column: alone, or beside others in one statement.

The statement is built once, with a parameter for the correction: `of()` gives it.
"""

from sqlalchemy import ARRAY, Boolean, ColumnElement, Integer, String, Text, bindparam, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import aliased

from models.billing import Bill
from models.corrections import Correction
from models.notices import Notice
from models.queries.calendar import days_off
from models.queries.contributions import KEY, contributors, parameters

BILL = bindparam("bill", type_=Integer)


def of(correction: Correction) -> dict[str, object]:
    """The parameters of every column of this module."""
    return parameters(correction) | {"bill": correction.bill_id}


def letter() -> ColumnElement:
    """The key of its letter, or None."""
    return select(Notice.id).where(Notice.correction_id == KEY).scalar_subquery()


def later_issues() -> ColumnElement:
    """The days on which the account's next bills were issued."""
    later = aliased(Bill)
    return func.array(select(later.issued_on).join(Bill, Bill.account_id == later.account_id).where(
        Bill.id == BILL, later.issued_on > Bill.issued_on).scalar_subquery())


def changed_sources() -> ColumnElement:
    """The kinds of source records that have changed since it was computed."""
    return func.array(select(func.console.changed_sources(KEY)).scalar_subquery(), type_=ARRAY(Text))


def broken_limits() -> ColumnElement:
    """[[code, subject], …] of the limits that it exceeds."""
    found = func.console.broken_limits(KEY).table_valued(column("code"), column("cap")).c
    return as_list(func.jsonb_agg(func.jsonb_build_array(found.code, found.cap)))


def required_slots() -> ColumnElement:
    """[[position, role, rule, deputies], …] of the signatures that it would ask for if it were sent today, in order."""
    found = func.console.asked_places(Correction.__tablename__, KEY).table_valued(
        column("position", Integer), column("role", String), column("rule", String), column("deputies", JSONB)).c
    row = func.jsonb_build_array(found.position, found.role, found.rule, found.deputies)
    return as_list(func.jsonb_agg(aggregate_order_by(row, found.position)))


def as_list(rows: ColumnElement) -> ColumnElement:
    """Rows aggregated into one list; empty where there are none."""
    return func.coalesce(select(rows).scalar_subquery(), literal([], JSONB), type_=JSONB)


FACTS = {
    # The text that a signature is over, and its SHA-256, hex.
    "content": func.console.signed_content(Correction.__tablename__, KEY),
    "content_hash": func.console.content_hash(Correction.__tablename__, KEY), "letter": letter(),
    "days_off": func.array(days_off().scalar_subquery()), "later_issues": later_issues(),
    "note_form": func.console.note_form(BILL),              # that a note of its bill takes today, by what was paid
    "drifted": ~func.console.agrees_with_bill(KEY, type_=Boolean),
    "changed": changed_sources(), "broken": broken_limits(), "slots": required_slots(),
    "hands": contributors()}
