"""Queries over the bills that a batch covers and over its own rows."""

from collections.abc import Sequence

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Numeric,
    Select,
    Text,
    and_,
    any_,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import joinedload

from models.base.people import Role
from models.batches import BatchRow, BatchState, CorrectionBatch
from models.billing import Bill
from models.corrections import Correction
from models.customers import Account
from models.organization import SupplyZone
from models.procedures import ProcedureVersion
from models.queries.billing import holds_its_bill, valid
from models.queries.gathering import differing, standing_lines
from models.queries.procedures import mending
from models.queries.signing import waits_for


def bills(terms: CorrectionBatch) -> Select:
    """(bill, account) keys of the bills that the filter covers; `terms` is a batch or an object with its columns.

    The last day of the period lies between two dates; the zone and the route are the account's, the use is the billed
    one.
    """
    narrowed = [condition for value, condition in (
        (terms.supply_zone_id, Account.supply_zone_id == terms.supply_zone_id),
        (terms.route, Account.route == terms.route),
        (terms.tariff_class, Bill.tariff_class == terms.tariff_class)) if value]
    return (select(Bill.id, Bill.account_id).join(Account, Account.id == Bill.account_id)
            .where(Bill.period_end.between(terms.period_from, terms.period_to), *narrowed))


def of_accounts(query: Select, numbers: Sequence[str]) -> Select:
    """`query` over accounts, reduced to those with these numbers."""
    return query.where(Account.number == any_(cast(numbers, ARRAY(Text))))


def accounts_with_bills(terms: CorrectionBatch, numbers: Sequence[str]) -> Select:
    """The account numbers, of those given, that have a bill within the filter."""
    covered = bills(terms).where(Account.number == any_(cast(numbers, ARRAY(Text))))
    return covered.with_only_columns(Account.number).distinct()


def bills_of(batch: CorrectionBatch) -> Select:
    """(bill, account, the file's row of the account) of everything that a batch covers.

    The file's accounts stay in the database, so that a chunk reads only those of its own bills.
    """
    listed = select(func.jsonb_object_keys(CorrectionBatch.accounts)).where(CorrectionBatch.id == batch.id)
    said = select(CorrectionBatch.accounts.op("->", return_type=JSONB())(Account.number)).where(
        CorrectionBatch.id == batch.id).correlate(Account).scalar_subquery()
    by_file = select(CorrectionBatch.accounts != {}).where(CorrectionBatch.id == batch.id).scalar_subquery()
    return bills(batch).add_columns(said).where(or_(~by_file, Account.number.in_(listed)))


def count_of(query: Select) -> Select:
    """How many rows `query` gives."""
    return select(func.count()).select_from(query.subquery())


def following(batch: CorrectionBatch, most: int) -> Select:
    """The next bills to compute, in the order of their keys, after the last one written."""
    last = select(func.coalesce(func.max(BatchRow.bill_id), 0)).where(
        BatchRow.batch_id == batch.id).scalar_subquery()
    return bills_of(batch).where(Bill.id > last).order_by(Bill.id).limit(most)


def names_in_file(batch: CorrectionBatch) -> Select:
    """The names of the inputs that the file of a batch gives for its accounts; none without a file."""
    entries = func.jsonb_each(CorrectionBatch.accounts).table_valued("key", column("value", JSONB))
    return (select(func.jsonb_object_keys(entries.c.value)).distinct().select_from(CorrectionBatch)
            .join(entries, true()).where(CorrectionBatch.id == batch.id))


def existing_numbers(numbers: Sequence[str]) -> Select:
    """The account numbers, of those given, that exist."""
    return select(Account.number).where(Account.number == any_(cast(numbers, ARRAY(Text))))


def standing(bill_ids: Sequence[int]) -> Select:
    """(bill, correction) of the bills that already have an open or applied correction."""
    return select(Correction.bill_id, Correction).where(Correction.bill_id.in_(bill_ids), holds_its_bill())


# ---- its rows

def rows_of(batch: CorrectionBatch) -> Select:
    """The rows of a batch."""
    return select(BatchRow).where(BatchRow.batch_id == batch.id)


def totals(batch: CorrectionBatch) -> Select:
    """(how many, how many proceed, MXN)."""
    return select(func.count(), func.count().filter(BatchRow.eligible),
                  func.coalesce(func.sum(BatchRow.amount), 0)).where(BatchRow.batch_id == batch.id)


def says_its_rows(batch: type[CorrectionBatch]) -> ColumnElement:
    """Whether the figures of a batch are those of its rows."""
    return tuple_(batch.bills, batch.proceeding, batch.amount).in_(totals(batch))


def rows_are_ruled(batch: type[CorrectionBatch]) -> ColumnElement:
    """Whether some row proceeds, and each is of its account, of the dates of the batch and of the procedure's."""
    ruled = and_(*valid(ProcedureVersion, Bill.period_end), Bill.period_end.between(batch.period_from, batch.period_to))
    strange = (select(BatchRow.id).join(Bill, Bill.id == BatchRow.bill_id)
               .join(ProcedureVersion, ProcedureVersion.id == batch.procedure_version_id)
               .where(BatchRow.batch_id == batch.id, or_(Bill.account_id != BatchRow.account_id,
                                                         and_(BatchRow.eligible, ~ruled))))
    return and_(batch.proceeding > 0, mending(batch.procedure_version_id, batch.anomaly_type_id).exists(),
                ~strange.exists())


def rows_hash(batch: ColumnElement) -> Select:
    """SHA-256, hex, of all the rows in the order of their bills: a sample is drawn by it, and it is signed."""
    rows = func.string_agg(BatchRow.row_hash, aggregate_order_by(literal(""), BatchRow.bill_id))
    return select(func.console.hashed(func.coalesce(rows, ""), type_=Text)).where(BatchRow.batch_id == batch)


def corrections_of(batch: CorrectionBatch) -> Select:
    """The corrections that the batch has created."""
    return select(Correction).join(BatchRow, BatchRow.id == Correction.batch_row_id).where(
        BatchRow.batch_id == batch.id)


def excluded_rows(batch: CorrectionBatch) -> Select:
    """The rows that somebody left out of the batch by hand."""
    return rows_of(batch).where(BatchRow.left_out.is_not(None))


def refusals(batch: CorrectionBatch) -> Select:
    """(why, how many) of the rows that do not proceed, by the first sentence of each; the most frequent first."""
    why = BatchRow.refusals[0].astext
    return (select(why, func.count()).where(BatchRow.batch_id == batch.id, ~BatchRow.eligible)
            .group_by(why).order_by(func.count().desc(), why))


def money_by(batch: CorrectionBatch, what: ColumnElement) -> Select:
    """(value, how many proceed, MXN in favour, MXN against) by use or by zone, without what was left out."""
    query = select(what, func.count(), func.coalesce(func.sum(BatchRow.amount).filter(BatchRow.amount < 0), 0),
                   func.coalesce(func.sum(BatchRow.amount).filter(BatchRow.amount > 0), 0))
    return (query.select_from(BatchRow).join(Bill, Bill.id == BatchRow.bill_id)
            .join(Account, Account.id == BatchRow.account_id)
            .join(SupplyZone, SupplyZone.id == Account.supply_zone_id)
            .where(BatchRow.batch_id == batch.id, BatchRow.eligible, BatchRow.left_out.is_(None))
            .group_by(what).order_by(what))


def by_class(batch: CorrectionBatch) -> Select:
    """money_by() the use that was billed."""
    return money_by(batch, Bill.tariff_class)


def by_zone(batch: CorrectionBatch) -> Select:
    """money_by() the supply zone of the account."""
    return money_by(batch, SupplyZone.name)


def random_sample(batch: CorrectionBatch, most: int) -> Select:
    """A random sample of the rows that proceed, ordered by the hash of all the rows: repeatable, and chosen by
    nobody."""
    seed = func.console.batch_rows_hash(batch.id)
    lot = select(seed).scalar_subquery()
    return (rows_of(batch).where(BatchRow.eligible)
            .order_by(func.md5(func.concat(lot, BatchRow.row_hash)), BatchRow.bill_id).limit(most))


def largest_rows(batch: CorrectionBatch, most: int) -> Select:
    """The rows that move the most money, in either direction."""
    return (rows_of(batch).where(BatchRow.eligible)
            .order_by(func.abs(BatchRow.amount).desc(), BatchRow.bill_id).limit(most))


def moved_rows(wanted: ColumnElement) -> Select:
    """Of many rows of batches, those whose bill no longer says what they were computed from."""
    mine = BatchRow.id == any_(wanted)
    now = standing_lines(func.array(select(BatchRow.bill_id).where(mine).scalar_subquery())).subquery().c
    line = func.jsonb_array_elements(BatchRow.lines).table_valued(column("said", JSONB)).render_derived()

    def said(name):
        return line.c.said[name].astext
    standing = select(BatchRow.id, now.service, now.amount, now.tax).where(mine, BatchRow.bill_id == now.bill_id)
    signed = (select(BatchRow.id, said("service"), cast(said("amount_before"), Numeric),
                     cast(said("tax_before"), Numeric)).where(mine).join(line, true()))
    return select(differing(standing, signed).subquery().c.id).distinct()


def accumulated_if_sent(batch: CorrectionBatch) -> Select:
    """{account, amount, corrections, since} of the account that adds up the most in the window; {} where none rules."""
    return select(func.console.accumulated(None, batch.id))


def stale(batch: CorrectionBatch) -> Select:
    """How many rows that proceed could not be applied as the records stand now, those without fingerprints too."""
    proceeding = func.array(
        select(BatchRow.id).where(BatchRow.batch_id == batch.id, BatchRow.eligible).scalar_subquery())
    unfit = func.console.unfit_rows(batch.id, proceeding).table_valued(column("id", Integer), column("why", Text))
    return count_of(union(select(unfit.c.id), outdated(batch, True)))


def outdated(batch: CorrectionBatch | type[CorrectionBatch], sending: bool) -> Select:
    """The rows that proceed and whose source records have changed; while it is `sending`, those without fingerprints
    too."""
    return select(func.console.outdated_in(batch.id, sending))


def outdated_rows(batch: CorrectionBatch, keys: Sequence[int] | None) -> Select:
    """The rows (all that proceed without `keys`) whose source records have changed since they were computed."""
    if keys is None:
        return outdated(batch, False)
    return select(func.console.outdated_rows(batch.id, cast(keys, ARRAY(Integer))))


def rows_by_key(batch: CorrectionBatch, keys: Sequence[int]) -> Select:
    """The rows of a batch with these keys, each with its bill and account."""
    return rows_of(batch).where(BatchRow.id.in_(keys)).order_by(BatchRow.id).options(
        joinedload(BatchRow.bill), joinedload(BatchRow.account))


def waiting_for(role: Role) -> Select:
    """Keys of the submitted batches whose first missing signature this office may give, as its own or as a deputy."""
    return select(CorrectionBatch.id).where(
        CorrectionBatch.state == BatchState.SUBMITTED, waits_for(CorrectionBatch, role))
