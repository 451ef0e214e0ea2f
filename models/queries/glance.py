"""What PostgreSQL says of one correction, each as a column: alone, or beside others in one statement.

They are put together once and leave the correction open: `of()` says which it is.
"""

from sqlalchemy import ARRAY, Integer, String, Text, bindparam, column, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import aliased

from models.billing import Bill
from models.corrections import CorrectionLine
from models.notices import Notice
from models.queries import gathering
from models.queries.calendar import days_off
from models.queries.contributions import KEY, hands, parameters

BILL, BILLS = bindparam("bill", type_=Integer), bindparam("bills", type_=ARRAY(Integer))


def of(correction):
    """The parameters of every column here."""
    return parameters(correction) | {"bill": correction.bill_id, "bills": [correction.bill_id]}


def letter():
    """The key of its letter, or None."""
    return select(Notice.id).where(Notice.correction_id == KEY).scalar_subquery()


def later_issues():
    """The days on which the account's next bills were issued."""
    later = aliased(Bill)
    return func.array(select(later.issued_on).join(Bill, Bill.account_id == later.account_id).where(
        Bill.id == BILL, later.issued_on > Bill.issued_on).scalar_subquery())


def drifted():
    """Whether the lines of the bill, after its notes, are no longer those that it was computed from."""
    net = gathering.lines(BILLS).order_by(None).subquery().c
    now = select(net.service, net.amount + net.more, net.tax + net.more_tax)
    then = (select(gathering.word(CorrectionLine.service), CorrectionLine.amount_before, CorrectionLine.tax_before)
            .where(CorrectionLine.correction_id == KEY))
    return union_all(now.except_(then), then.except_(now)).exists()


def changed_sources():
    """The kinds of records, read when it was computed, that are no longer as they were."""
    return func.array(select(func.console.changed_sources(KEY)).scalar_subquery(), type_=ARRAY(Text))


def broken_limits():
    """[[code, what it is about], …] of the limits that it passes."""
    found = func.console.broken_limits(KEY).table_valued(column("code"), column("cap")).c
    return listed(func.jsonb_agg(func.jsonb_build_array(found.code, found.cap)))


def required_slots():
    """[[position, role, band, deputies], …] that it would ask for if it were sent today, in order."""
    found = func.console.slots_of(KEY).table_valued(
        column("position", Integer), column("role", String), column("band", String), column("deputies", JSONB)).c
    row = func.jsonb_build_array(found.position, found.role, found.band, found.deputies)
    return listed(func.jsonb_agg(aggregate_order_by(row, found.position)))


def listed(rows):
    """Rows put together as one list; empty where there are none."""
    return func.coalesce(select(rows).scalar_subquery(), literal([], JSONB), type_=JSONB)


FACTS = {
    "content": func.console.correction_content(KEY),        # the text that a signature is over, and its SHA-256, hex
    "content_hash": func.console.correction_hash(KEY), "letter": letter(),
    "days_off": func.array(days_off().scalar_subquery()), "later_issues": later_issues(),
    "note_form": func.console.note_form(BILL),              # that a note of its bill takes today, by what was paid
    "drifted": drifted(), "changed": changed_sources(), "broken": broken_limits(), "slots": required_slots(),
    "hands": hands()}
