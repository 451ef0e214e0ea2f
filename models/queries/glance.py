"""What PostgreSQL says of one correction, each as a column: alone, or beside others in one statement."""

from sqlalchemy import ARRAY, Integer, String, Text, column, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from models.corrections import CorrectionLine
from models.notices import Notice
from models.people import Contribution
from models.queries import gathering
from models.queries.billing import later_issues
from models.queries.calendar import days_off


def content(correction):
    """The text that a signature is over."""
    return func.console.correction_content(correction.id)


def content_hash(correction):
    """Its SHA-256, hex."""
    return func.console.correction_hash(correction.id)


def letter(correction):
    """The key of its letter, or None."""
    return select(Notice.id).where(Notice.correction_id == correction.id).scalar_subquery()


def calendar(correction):
    """The days that do not work."""
    return func.array(days_off().scalar_subquery())


def next_issues(correction):
    """The days on which the account's next bills were issued."""
    return func.array(later_issues(correction.bill).scalar_subquery())


def note_form(correction):
    """The form that a note of its bill takes today, by what was paid."""
    return func.console.note_form(correction.bill_id)


def drifted(correction):
    """Whether the lines of the bill, after its notes, are no longer those that it was computed from."""
    net = gathering.lines([correction.bill_id]).order_by(None).subquery().c
    now = select(net.service, net.amount + net.more, net.tax + net.more_tax)
    then = (select(gathering.word(CorrectionLine.service), CorrectionLine.amount_before, CorrectionLine.tax_before)
            .where(CorrectionLine.correction_id == correction.id))
    return union_all(now.except_(then), then.except_(now)).exists()


def changed_sources(correction):
    """The kinds of records, read when it was computed, that are no longer as they were."""
    return func.array(select(func.console.changed_sources(correction.id)).scalar_subquery(), type_=ARRAY(Text))


def broken_limits(correction):
    """[[code, what it is about], …] of the limits that it passes."""
    found = func.console.broken_limits(correction.id).table_valued(column("code"), column("cap")).c
    return listed(func.jsonb_agg(func.jsonb_build_array(found.code, found.cap)))


def required_slots(correction):
    """[[position, role, band, deputies], …] that it would ask for if it were sent today, in order."""
    found = func.console.slots_of(correction.id).table_valued(
        column("position", Integer), column("role", String), column("band", String), column("deputies", JSONB)).c
    row = func.jsonb_build_array(found.position, found.role, found.band, found.deputies)
    return listed(func.jsonb_agg(aggregate_order_by(row, found.position)))


def hands(subject):
    """The people who contributed to the present revision of a record."""
    return func.array(select(Contribution.person_id).where(
        Contribution.subject == subject.__tablename__, Contribution.subject_id == subject.id,
        Contribution.revision == subject.revision).scalar_subquery())


def listed(rows):
    """Rows put together as one list; empty where there are none."""
    return func.coalesce(select(rows).scalar_subquery(), literal([], JSONB), type_=JSONB)
