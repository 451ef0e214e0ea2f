"""Queries over accounts and bills: the history of an account, and finding them by what a person types."""

from datetime import date

from sqlalchemy import BigInteger, ColumnElement, Select, and_, any_, cast, func, or_, select, union
from sqlalchemy.orm import aliased, joinedload, selectinload

from models.billing import Bill
from models.corrections import STANDING, Correction, CorrectionState
from models.customers import Account
from models.meters import Meter
from models.procedures import RULING, AnomalyType, ProcedureVersion
from models.queries.finding import SIMPLE, begins, has_digit, is_number

CANDIDATES = 200   # accounts among which a picker's twenty are put in order
HISTORY = 60   # months: five fiscal years, the oldest history that a public rule admits


def out_of_bounds(bill: ColumnElement) -> Select:
    """Whether a bill is beyond what is corrected: its period ends in the future or over five fiscal years ago (years,
    as the tax code counts), or lasts more than 366 days."""
    today, year = func.console.local_day(), lambda day: func.extract("year", day)
    return select(or_(Bill.period_end > today, Bill.period_end - Bill.period_start > 365,
                      year(Bill.period_end) < year(today) - 5)).where(Bill.id == bill)


def earlier_holders(accounts: ColumnElement) -> Select:
    """(account, account that an earlier holder had at the same premise, day the later one began): no address is told.

    There is no register of premises: the premise is the same street in the same colonia, and an earlier holder one
    whose account began before.
    """
    earlier = aliased(Account)
    return select(Account.id.label("account_id"), earlier.id.label("earlier_id"), Account.opened_on).join(
        earlier, and_(earlier.neighborhood_id == Account.neighborhood_id, earlier.street == Account.street,
                      earlier.opened_on < Account.opened_on)).where(Account.id == any_(accounts))


def earlier_bills(bill: Bill) -> Select:
    """The bills of the same account that end before this one begins, newest first."""
    return (select(Bill)
            .where(Bill.account_id == bill.account_id, Bill.period_end < bill.period_start)
            .options(selectinload(Bill.current_reading), selectinload(Bill.notes))
            .order_by(Bill.period_end.desc()).limit(HISTORY))


def bills_read_before(bill: Bill) -> Select:
    """The same bills, with the readings that each was charged between and no other relationship."""
    return (select(Bill).where(Bill.account_id == bill.account_id, Bill.period_end < bill.period_start)
            .options(joinedload(Bill.previous_reading), joinedload(Bill.current_reading))
            .order_by(Bill.period_end.desc()))


def latest_bills(account: Account, months: int) -> Select:
    """The account's newest bills."""
    return (select(Bill).where(Bill.account_id == account.id)
            .options(joinedload(Bill.current_reading)).order_by(Bill.period_end.desc()).limit(months))


def debt(account: Account) -> Select:
    """What the account owes, MXN: the sum of its bills' balances."""
    return select(func.coalesce(func.sum(Bill.balance), 0)).where(Bill.account_id == account.id)


def latest_bills_and_debt(account: Account, months: int) -> Select:
    """(bill, what the account owes in all, the meter that it had on the last day billed or None), newest first."""
    last = select(func.max(Bill.period_end)).where(Bill.account_id == account.id).scalar_subquery()
    meter = aliased(Meter, meter_on(account.id, last).subquery())
    return (latest_bills(account, months).add_columns(debt(account).scalar_subquery(), meter)
            .outerjoin(meter, meter.account_id == Bill.account_id))


def meter_on(account_id: int | ColumnElement, day: date | ColumnElement) -> Select:
    """The meter installed at the account on a day."""
    return (select(Meter).where(Meter.account_id == account_id, Meter.installed_on <= day,
                                or_(Meter.removed_on.is_(None), Meter.removed_on >= day))
            .order_by(Meter.installed_on.desc()).limit(1))


def valid(model: type, day: date | ColumnElement) -> tuple[ColumnElement, ...]:
    """The conditions under which a row with dates is valid on a day, both ends included."""
    return (model.valid_from <= day, or_(model.valid_to.is_(None), model.valid_to >= day))


def standing_correction(bill: Bill) -> Select:
    """The correction, if any, that prevents a new one on this bill."""
    return select(Correction).where(Correction.bill_id == bill.id, holds_its_bill())


def holds_its_bill() -> ColumnElement:
    """Whether a correction is open, or applied and not undone: its bill takes no other."""
    undoes = and_(Correction.state == CorrectionState.APPLIED, Correction.reversal_of_id.is_not(None))
    return and_(Correction.state.in_(STANDING), Correction.reversed_by_id.is_(None), ~undoes)


def holds(bill: ColumnElement) -> Select:
    """The key of the correction that holds a bill. A function of PostgreSQL: asked bill by bill, always by index,
    however little is known yet of a table that grows while a batch is applied."""
    return select(cast(Correction.id, BigInteger)).where(Correction.bill_id == bill, holds_its_bill()).limit(1)


def versions_in_force(day: date | ColumnElement) -> Select:
    """The authorised procedure versions in force on the last day of a period: that day chooses the version."""
    return (select(ProcedureVersion)
            .where(ProcedureVersion.state.in_(RULING),
                   *valid(ProcedureVersion, day)).order_by(ProcedureVersion.id))


def causes() -> Select:
    """The active causes of correction, by name."""
    return select(AnomalyType).where(AnomalyType.active).order_by(AnomalyType.name)


def has_number(words: str) -> ColumnElement:
    """A condition: the account, or a meter that it has had, has a number that begins with what was typed.

    The meters come as an array, so that PostgreSQL uses the indexes; inside an OR, a sub-select would read every
    account.
    """
    of_meters = select(Meter.account_id).where(begins(Meter.serial, words)).limit(1000)
    return or_(begins(Account.number, words),
               Account.id == any_(func.array(of_meters.scalar_subquery())))


def has_holder(words: str) -> ColumnElement:
    """A condition: each word typed begins a word of the holder's name («nunez» finds «Núñez»); its index answers."""
    return func.to_tsvector(SIMPLE, Account.search_name).op("@@", is_comparison=True)(
        func.to_tsquery(SIMPLE, func.console.prefixes(words)))


def holder_begins(words: str) -> ColumnElement:
    """A condition: the holder's name begins with what was typed; its index answers."""
    beginning = func.nullif(func.console.normalise(words.strip()), "")   # a lone accent normalises to nothing
    return Account.search_name.op("^@", is_comparison=True)(beginning)


def search_accounts(query: Select, words: str, by_name: bool) -> Select:
    """The accounts of `query` that `words` find: by number or, if `by_name`, by their holder, in order of name."""
    if not by_name or is_number(words):
        return query.where(has_number(words)).order_by(Account.number, Account.id.desc())
    ways = (has_holder(words), has_number(words)) if has_digit(words) else (has_holder(words),)
    return found_first(query, *ways)


def found_first(query: Select, *ways: ColumnElement) -> Select:
    """The accounts of `query` that meet one of the conditions `ways`, in order of name.

    They are found first, by the indexes of those conditions, and then sorted: otherwise PostgreSQL would walk the index
    of names until a page is full, and read every account when nobody is found. Only what was found is sorted, so that a
    page reads no more accounts than it shows.
    """
    named = union(*(select(Account.id, Account.search_name).where(way) for way in ways)) if len(ways) > 1 else (
        select(Account.id, Account.search_name).where(ways[0]))
    found = named.order_by("search_name", "id").cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    return query.join(found, found.c.id == Account.id).order_by(found.c.search_name, found.c.id)


def pick_accounts(query: Select, words: str, by_name: bool) -> Select:
    """The accounts of `query` whose number begins with `words`, or whose holder's words do if `by_name`."""
    if is_number(words) or not by_name:
        return query.where(has_number(words)).order_by(Account.number)
    # Some of the many before their order: sorting every «María» of the city takes half a second.
    some = select(Account.id).where(has_holder(words)).limit(CANDIDATES)
    return query.where(Account.id.in_(some)).order_by(Account.search_name, Account.id)


def pick_bills(query: Select, words: str) -> Select:
    """The bills of `query` whose folio begins with `words`, or those of the account with that very number, newest
    first."""
    number = words.strip()
    if number.isascii() and number.isdigit():
        account = select(Account.id).where(Account.number == number).scalar_subquery()
        return query.where(Bill.account_id == account).order_by(Bill.period_end.desc())
    return query.where(begins(Bill.folio, words)).order_by(Bill.folio)


def account_is(words: str, by_name: bool) -> ColumnElement:
    """A condition: an account has exactly that number, or that holder if `by_name`."""
    number = Account.number == words
    return or_(number, Account.search_name == func.console.normalise(words)) if by_name else number
