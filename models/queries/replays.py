"""What a replay reads: the bills of its months, and its results added up."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Insert,
    Integer,
    Interval,
    Numeric,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from models.billing import Bill
from models.customers import Account
from models.procedures import RULING, ProcedureVersion
from models.queries.billing import valid
from models.queries.trays import local_day
from models.replays import Replay, ReplayRow

# The result for a bill; its account, use and zone are read when the row is inserted.
FOUND = {"bill_id": Integer(), "eligible": Boolean(), "rule": Text(), "amount": Numeric(),
         "eligible_before": Boolean(), "amount_before": Numeric()}


def span(months: int) -> Select:
    """(first day, last day) of that many months of bills, back from the last one that has ended."""
    last = select(func.max(Bill.period_end).label("day")).where(
        Bill.period_end <= local_day(func.now())).subquery()
    back = func.make_interval(0, months, type_=Interval)
    return select(cast(last.c.day - back, Date) + 1, last.c.day)


def population(since: date, until: date) -> Select:
    """(how many bills end between two days, the first of their keys): read in the index alone."""
    return select(func.count(), func.min(Bill.id)).where(Bill.period_end.between(since, until))


def next_bills(replay: Replay, most: int) -> Select:
    """The keys of the bills that this replay has not run yet, in order."""
    return (select(Bill.id).where(Bill.id > replay.last_bill_id,
                                  Bill.period_end.between(replay.since, replay.until))
            .order_by(Bill.id).limit(most))


def version_in_force_today(version: ProcedureVersion) -> Select:
    """The version of the same procedure that is in force today, when it is another one."""
    today = local_day(func.now())
    return (select(ProcedureVersion)
            .where(ProcedureVersion.procedure_id == version.procedure_id,
                   ProcedureVersion.id != version.id, ProcedureVersion.state.in_(RULING),
                   *valid(ProcedureVersion, today))
            .order_by(ProcedureVersion.number.desc()).limit(1))


def insert_rows(replay_id: int, found: Sequence[tuple]) -> Insert:
    """One INSERT of many rows: `found` are tuples in the order of FOUND."""
    columns = list(zip(*found, strict=True))
    arrays = [bindparam(name, list(column), ARRAY(kind)) for (name, kind), column
              in zip(FOUND.items(), columns, strict=True)]
    seen = func.unnest(*arrays).table_valued(*FOUND).render_derived(name="seen")
    rows = (select(literal(replay_id), seen.c.bill_id, Bill.account_id, Bill.tariff_class,
                   Account.supply_zone_id, *(seen.c[name] for name in FOUND if name != "bill_id"))
            .select_from(seen).join(Bill, Bill.id == seen.c.bill_id)
            .join(Account, Account.id == Bill.account_id).order_by(Bill.id))
    names = ["replay_id", "bill_id", "account_id", "tariff_class", "supply_zone_id",
             *(name for name in FOUND if name != "bill_id")]
    return insert(ReplayRow).from_select(names, rows)


# ---- the results, added up

def figures() -> tuple[ColumnElement, ...]:
    """How many bills, how many proceed and the MXN that they move: by the version in force, and by the one replayed."""
    row = ReplayRow
    return (func.count().label("bills"),
            func.count(case((row.eligible_before, 1))).label("before"),
            func.count(case((row.eligible, 1))).label("after"),
            func.coalesce(func.sum(row.amount_before), 0).label("moved_before"),
            func.coalesce(func.sum(row.amount), 0).label("moved_after"))


def totals(replay_id: int) -> Select:
    """The figures of a whole replay."""
    return select(*figures()).where(ReplayRow.replay_id == replay_id)


def by(column: ColumnElement, replay_id: int) -> Select:
    """(value, the figures) for each use or zone, the most MXN first."""
    return (select(column.label("value"), *figures()).where(ReplayRow.replay_id == replay_id)
            .group_by(column).order_by(func.abs(func.sum(ReplayRow.amount)).desc(), column))


def refusals(replay_id: int) -> Select:
    """(rule, how many bills it is the first to refuse), the most frequent first."""
    return (select(ReplayRow.rule, func.count()).where(
        ReplayRow.replay_id == replay_id, ReplayRow.rule != "")
        .group_by(ReplayRow.rule).order_by(func.count().desc(), ReplayRow.rule))


def changed_bills(replay_id: int, eligible: bool) -> Select:
    """The bills that would newly proceed, or cease to, the largest first."""
    dearest = func.abs(ReplayRow.amount - ReplayRow.amount_before)
    return select(ReplayRow).where(*is_changed(replay_id, eligible)).order_by(dearest.desc(), ReplayRow.id)


def how_many_change(replay_id: int, eligible: bool) -> Select:
    """How many bills would newly proceed, or cease to."""
    return select(func.count()).select_from(ReplayRow).where(*is_changed(replay_id, eligible))


def is_changed(replay_id: int, eligible: bool) -> tuple[ColumnElement, ...]:
    """Conditions: the two versions differ on whether the bill proceeds."""
    return (ReplayRow.replay_id == replay_id, ReplayRow.eligible.is_(eligible),
            ReplayRow.eligible_before.is_not(eligible))
