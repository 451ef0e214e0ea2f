"""What a batch asks of bills and of its own rows."""

from sqlalchemy import ARRAY, Integer, Text, and_, any_, cast, column, func, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import joinedload

from models.batches import BatchRow, BatchState, CorrectionBatch
from models.billing import Bill
from models.corrections import OPEN, Correction, CorrectionState
from models.customers import Account
from models.organization import SupplyZone
from models.signatures import Endorsement


def bills(terms):
    """(bill, account) keys of what the filter covers: `terms` are a batch, or whatever has its columns.

    The last days of the periods lie between two dates; the zone and the route are the account's, the
    use is the one that was billed.
    """
    narrowed = [condition for value, condition in (
        (terms.supply_zone_id, Account.supply_zone_id == terms.supply_zone_id),
        (terms.route, Account.route == terms.route),
        (terms.tariff_class, Bill.tariff_class == terms.tariff_class)) if value]
    return (select(Bill.id, Bill.account_id).join(Account, Account.id == Bill.account_id)
            .where(Bill.period_end.between(terms.period_from, terms.period_to), *narrowed))


def of_accounts(query, numbers):
    return query.where(Account.number == any_(cast(numbers, ARRAY(Text))))


def accounts_billed(terms, numbers):
    """Those of the account numbers that have a bill among what the filter covers."""
    covered = bills(terms).where(Account.number == any_(cast(numbers, ARRAY(Text))))
    return covered.with_only_columns(Account.number).distinct()


def bills_of(batch):
    """(bill, account, what the file says of the account) of everything that a batch covers.

    The file's accounts stay in the database: a chunk reads those of its own bills.
    """
    listed = select(func.jsonb_object_keys(CorrectionBatch.accounts)).where(CorrectionBatch.id == batch.id)
    said = select(CorrectionBatch.accounts.op("->", return_type=JSONB())(Account.number)).where(
        CorrectionBatch.id == batch.id).correlate(Account).scalar_subquery()
    by_file = select(CorrectionBatch.accounts != {}).where(CorrectionBatch.id == batch.id).scalar_subquery()
    return bills(batch).add_columns(said).where(or_(~by_file, Account.number.in_(listed)))


def counted(query):
    return select(func.count()).select_from(query.subquery())


def following(batch, most):
    """The next bills to compute, in the order of their keys, after the last one written."""
    last = select(func.coalesce(func.max(BatchRow.bill_id), 0)).where(
        BatchRow.batch_id == batch.id).scalar_subquery()
    return bills_of(batch).where(Bill.id > last).order_by(Bill.id).limit(most)


def brought(batch):
    """The names that the file of a batch gives for its accounts; none without a file."""
    entries = func.jsonb_each(CorrectionBatch.accounts).table_valued("key", column("value", JSONB))
    return (select(func.jsonb_object_keys(entries.c.value)).distinct().select_from(CorrectionBatch)
            .join(entries, true()).where(CorrectionBatch.id == batch.id))


def numbers_known(numbers):
    """Those of the account numbers that exist."""
    return select(Account.number).where(Account.number == any_(cast(numbers, ARRAY(Text))))


def standing(bill_ids):
    """(bill, correction) of the bills that a correction holds already."""
    applied = and_(Correction.state == CorrectionState.APPLIED, Correction.reversal_of_id.is_(None))
    return select(Correction.bill_id, Correction).where(
        Correction.bill_id.in_(bill_ids), Correction.reversed_by_id.is_(None),
        or_(Correction.state.in_(OPEN), applied))


# ---- its rows

def rows_of(batch):
    return select(BatchRow).where(BatchRow.batch_id == batch.id)


def totals(batch):
    """(how many, how many proceed, MXN)."""
    return select(func.count(), func.count().filter(BatchRow.eligible),
                  func.coalesce(func.sum(BatchRow.amount), 0)).where(BatchRow.batch_id == batch.id)


def born(batch):
    """The corrections that the batch has made."""
    return select(Correction).join(BatchRow, BatchRow.id == Correction.batch_row_id).where(
        BatchRow.batch_id == batch.id)


def left_out(batch):
    return rows_of(batch).where(BatchRow.left_out.is_not(None))


def refusals(batch):
    """(why, how many), the most frequent first: by the first sentence of each row that does not proceed."""
    why = BatchRow.refusals[0].astext
    return (select(why, func.count()).where(BatchRow.batch_id == batch.id, ~BatchRow.eligible)
            .group_by(why).order_by(func.count().desc(), why))


def money_by(batch, what):
    """(value, how many proceed, MXN in favour, MXN against) by use or by zone, without what was left out."""
    query = select(what, func.count(), func.coalesce(func.sum(BatchRow.amount).filter(BatchRow.amount < 0), 0),
                   func.coalesce(func.sum(BatchRow.amount).filter(BatchRow.amount > 0), 0))
    return (query.select_from(BatchRow).join(Bill, Bill.id == BatchRow.bill_id)
            .join(Account, Account.id == BatchRow.account_id)
            .join(SupplyZone, SupplyZone.id == Account.supply_zone_id)
            .where(BatchRow.batch_id == batch.id, BatchRow.eligible, BatchRow.left_out.is_(None))
            .group_by(what).order_by(what))


def by_class(batch):
    return money_by(batch, Bill.tariff_class)


def by_zone(batch):
    return money_by(batch, SupplyZone.name)


def drawn(batch, most):
    """A sample by lot among what proceeds: everybody draws the same, and nobody chooses it, since the
    lot is the hash of all the rows."""
    seed = func.console.batch_rows_hash(batch.id)
    lot = select(seed).scalar_subquery()
    return (rows_of(batch).where(BatchRow.eligible)
            .order_by(func.md5(func.concat(lot, BatchRow.row_hash)), BatchRow.bill_id).limit(most))


def dearest(batch, most):
    """What moves the most money, whichever way."""
    return (rows_of(batch).where(BatchRow.eligible)
            .order_by(func.abs(BatchRow.amount).desc(), BatchRow.bill_id).limit(most))


def signers(batch):
    """[{position, role, band, deputies}] that today's bands and the procedure ask for the money of all the rows."""
    return select(func.console.batch_signers(batch.id))


def signers_to_send(batch):
    """The same for whoever sends it now: what others send of its accounts waits until this ends."""
    return select(func.console.signers_to_send(batch.id))


def accumulated(batch):
    """{account, amount, corrections, since} of the account that would add up the most; {} alone."""
    return select(func.console.accumulated(None, batch.id))


def stale(batch):
    """How many rows that proceed no longer say what their bill says."""
    return select(func.console.stale_rows(batch.id))


def outdated_rows(batch, keys):
    """Those of the rows (all that proceed without `keys`) that were computed from other records than those of now."""
    if keys is None:
        return select(func.console.outdated_in(batch.id, False))
    return select(func.console.outdated_rows(batch.id, cast(keys, ARRAY(Integer))))


def rows_by_key(batch, keys):
    return rows_of(batch).where(BatchRow.id.in_(keys)).order_by(BatchRow.id).options(
        joinedload(BatchRow.bill), joinedload(BatchRow.account))


def content_hash(batch):
    return select(func.console.document_hash(None, batch.id))




def waiting_for(role):
    """Keys of the batches in sign whose first missing signature is this office's, or may be."""
    signed = select(cast(func.count(), Integer)).where(
        Endorsement.batch_id == CorrectionBatch.id,
        Endorsement.revision == CorrectionBatch.revision).scalar_subquery()
    following = cast(CorrectionBatch.signers.op("->")(signed), JSONB)
    return select(CorrectionBatch.id).where(CorrectionBatch.state == BatchState.SUBMITTED, or_(
        following["role"].astext == role.value, following["deputies"].has_key(role.value)))
