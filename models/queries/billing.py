"""What people and procedures ask of bills."""

from sqlalchemy import and_, any_, func, or_, select, union
from sqlalchemy.orm import aliased, joinedload, selectinload

from models.billing import Bill
from models.corrections import Correction, CorrectionState
from models.customers import Account
from models.meters import Meter
from models.procedures import RULING, AnomalyType, ProcedureVersion
from models.queries.finding import SIMPLE, begins, has_digit, is_number

CANDIDATES = 200   # accounts among which a picker's twenty are put in order
HISTORY = 60   # months: five fiscal years, the oldest history that a public rule admits


def earlier_bills(bill):
    """The bills of the same account that end before this one begins, newest first."""
    return (select(Bill)
            .where(Bill.account_id == bill.account_id, Bill.period_end < bill.period_start)
            .options(selectinload(Bill.current_reading), selectinload(Bill.notes))
            .order_by(Bill.period_end.desc()).limit(HISTORY))


def bills_read_before(bill):
    """The same, with the readings that each was charged between and nothing else."""
    return (select(Bill).where(Bill.account_id == bill.account_id, Bill.period_end < bill.period_start)
            .options(joinedload(Bill.previous_reading), joinedload(Bill.current_reading))
            .order_by(Bill.period_end.desc()))


def latest_bills(account, months):
    """The account's newest bills."""
    return (select(Bill).where(Bill.account_id == account.id)
            .options(joinedload(Bill.current_reading)).order_by(Bill.period_end.desc()).limit(months))


def debt(account):
    """What the account owes, MXN: the sum of its bills' balances."""
    return select(func.coalesce(func.sum(Bill.balance), 0)).where(Bill.account_id == account.id)


def latest_bills_owed(account, months):
    """(bill, what the account owes in all, the meter that it had on the last day billed or None), newest first."""
    last = select(func.max(Bill.period_end)).where(Bill.account_id == account.id).scalar_subquery()
    meter = aliased(Meter, meter_on(account.id, last).subquery())
    return (latest_bills(account, months).add_columns(debt(account).scalar_subquery(), meter)
            .outerjoin(meter, meter.account_id == Bill.account_id))


def meter_on(account_id, day):
    """The meter installed at the account on a day."""
    return (select(Meter).where(Meter.account_id == account_id, Meter.installed_on <= day,
                                or_(Meter.removed_on.is_(None), Meter.removed_on >= day))
            .order_by(Meter.installed_on.desc()).limit(1))


def valid(model, day):
    return (model.valid_from <= day, or_(model.valid_to.is_(None), model.valid_to >= day))


def standing_correction(bill):
    """The correction that keeps a new one from starting on this bill, if any."""
    C, S = Correction, CorrectionState
    open_states = (S.DRAFT, S.SUBMITTED, S.SIGNED)
    return select(C).where(C.bill_id == bill.id, or_(
        C.state.in_(open_states),
        and_(C.state == S.APPLIED, C.reversal_of_id.is_(None), C.reversed_by_id.is_(None))))


def versions_in_force(day):
    """The authorised procedure versions that rule a period ending on that day (decision 31)."""
    return (select(ProcedureVersion)
            .where(ProcedureVersion.state.in_(RULING),
                   *valid(ProcedureVersion, day)).order_by(ProcedureVersion.id))


def causes():
    return select(AnomalyType).where(AnomalyType.active).order_by(AnomalyType.name)


def numbered(words):
    """The account, or a meter it has had, whose number begins with what was typed.

    The meters come as an array: inside an OR, PostgreSQL answers that with the indexes, and a
    sub-select by reading every account.
    """
    of_meters = select(Meter.account_id).where(begins(Meter.serial, words)).limit(1000)
    return or_(begins(Account.number, words),
               Account.id == any_(func.array(of_meters.scalar_subquery())))


def held_by(words):
    """Each word typed begins a word of the holder's name: «nunez» finds «Núñez», by its index."""
    return func.to_tsvector(SIMPLE, Account.search_name).op("@@", is_comparison=True)(
        func.to_tsquery(SIMPLE, func.console.prefixes(words)))


def held_by_beginning(words):
    """The holder's name begins with what was typed, by its index."""
    beginning = func.nullif(func.console.normalise(words.strip()), "")   # a lone accent is nothing
    return Account.search_name.op("^@", is_comparison=True)(beginning)


def accounts_found(query, words, by_name):
    """The accounts of `query` that `words` name: by number or, if `by_name`, by their holder, in order of name."""
    if not by_name or is_number(words):
        return query.where(numbered(words)).order_by(Account.number, Account.id.desc())
    ways = (held_by(words), numbered(words)) if has_digit(words) else (held_by(words),)
    return found_first(query, *ways)


def found_first(query, *ways):
    """The accounts of `query` that one of the ways names, in order of name.

    They are found first, by the indexes of those ways, and then put in order: PostgreSQL would else walk the
    index of names until a page is full, and read every account when there is nobody to find. The order names
    what was found alone, so that a page reads no more accounts than it shows.
    """
    named = union(*(select(Account.id, Account.search_name).where(way) for way in ways)) if len(ways) > 1 else (
        select(Account.id, Account.search_name).where(ways[0]))
    found = named.order_by("search_name", "id").cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    return query.join(found, found.c.id == Account.id).order_by(found.c.search_name, found.c.id)


def accounts_picked(query, words, by_name):
    """The accounts of `query` whose number begins so, or whose holder's words do if `by_name`."""
    if is_number(words) or not by_name:
        return query.where(numbered(words)).order_by(Account.number)
    # Some of the many before their order: sorting every «María» of the city takes half a second.
    some = select(Account.id).where(held_by(words)).limit(CANDIDATES)
    return query.where(Account.id.in_(some)).order_by(Account.search_name, Account.id)


def bills_picked(query, words):
    """The bills of `query` whose folio begins so, or those of the account with that very number, newest first."""
    number = words.strip()
    if number.isascii() and number.isdigit():
        account = select(Account.id).where(Account.number == number).scalar_subquery()
        return query.where(Bill.account_id == account).order_by(Bill.period_end.desc())
    return query.where(begins(Bill.folio, words)).order_by(Bill.folio)


def account_called(words, by_name):
    """That an account has exactly that number, or that holder if `by_name`."""
    number = Account.number == words
    return or_(number, Account.search_name == func.console.normalise(words)) if by_name else number
