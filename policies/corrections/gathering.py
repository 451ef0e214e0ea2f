"""Everything that computations read about many bills, gathered in a fixed number of statements.

A single correction is gathered as a list of one; a batch or a replay, chunk by chunk. What a person types is not
here: whoever computes adds it with `dataclasses.replace(case.facts, inputs=…)`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Row
from sqlalchemy.orm import Session

from models.base.columns import now
from models.queries import gathering as ask
from models.queries.trays import HERE
from policies.billing.pricing import price_list
from policies.corrections.records import records
from policies.procedures.facts import BillFacts, Facts, LineFacts, PeriodFacts, months_back

HISTORY = 60    # months: five fiscal years, the oldest history that a public rule admits
LATER = 24      # periods after the bill that a window may wait for


class Case(NamedTuple):
    """What one computation reads, and rate(volume m³, class): the lines of the bill's period."""

    facts: Facts
    rate: object


def gather(session: Session, bill_ids: Sequence[int], asked_on: date | None = None,
           as_issued: bool = False) -> dict[int, Case]:
    """{key of a bill: Case} of the bills as the records stand.

    `asked_on` is the day on which the correction is asked for (today without it); with `as_issued`, each bill is taken
    as if somebody had asked on the day it was issued, which is what a replay supposes.
    """
    read = session.connection().execute      # plain rows: no entity is built for what is only read
    bills = read(ask.bills(bill_ids)).all()
    if not bills:
        return {}
    return Gathered(read, bills, asked_on or today(), as_issued).cases()


def today() -> date:
    """The civil day in San Luis Potosí."""
    return now().astimezone(ZoneInfo(HERE)).date()


class Gathered:
    """The answers for one set of bills, each by bill or by account."""

    def __init__(self, read, bills, asked_on, as_issued):
        self.bills, self.asked_on, self.as_issued = bills, asked_on, as_issued
        keys, accounts = [bill.id for bill in bills], sorted({bill.account_id for bill in bills})
        first = min(bill.period_start for bill in bills)
        found = ask.REST.answers(read(ask.REST.statement, {
            "keys": keys, "accounts": accounts, "first": first, "last": max(bill.period_end for bill in bills),
            "since": months_back(first, HISTORY)}))
        self.prices = price_list(*(found[name] for name in ("tariffs", "blocks", "steps", "line_rules")))
        self.lines = net(found["lines"])
        self.premises, self.periods, self.meters, self.corrected = (
            grouped(found[name]) for name in ("premises", "periods", "meters", "corrected"))
        self.known = {}

    def cases(self) -> dict[int, Case]:
        """{key of a bill: Case} of all the bills."""
        return {bill.id: self.case(bill) for bill in self.bills}

    def case(self, bill: Row) -> Case:
        """The Case of one bill."""
        lines = self.lines.get(bill.id, ())
        days = (bill.period_end - bill.period_start).days + 1
        facts = BillFacts(bill.folio, bill.period_start, bill.period_end, days, bill.tariff_class, bill.volume,
                          sum((line.total for line in lines), Decimal(0)), lines)
        standing = self.corrected.get(bill.account_id, ())
        asked_on = bill.issued_on if self.as_issued else self.asked_on
        minimum = self.prices.minimum(bill.period_start, bill.period_end, bill.tariff_class)
        return Case(
            Facts(facts, self.history(bill), extra=records(bill, self.meters.get(bill.account_id, ()), standing,
                                                           minimum, asked_on),
                  later=self.later(bill), corrected=tuple(sorted(day for day, _ in standing))),
            self.prices.over(bill.period_start, bill.period_end))

    def history(self, bill: Row) -> tuple[PeriodFacts, ...]:
        """The earlier periods of the account, and of earlier holders of its premise, oldest first, up to HISTORY months
        back.
        """
        since = months_back(bill.period_start, HISTORY)
        own, ends = self.account_periods(bill.account_id)
        before = own[bisect_left(ends, since):bisect_left(ends, bill.period_start)]
        pairs = self.premises.get(bill.account_id)
        if not pairs:
            return before
        others = [period for earlier, opened in pairs for period in self.account_periods(earlier, "premise")[0]
                  if since <= period.period_end < min(opened, bill.period_start)]
        return tuple(sorted((*others, *before), key=lambda period: period.period_end))

    def later(self, bill: Row) -> tuple[PeriodFacts, ...]:
        """The periods of the account after the bill, at most LATER of them."""
        own, ends = self.account_periods(bill.account_id)
        ahead = own[bisect_right(ends, bill.period_end):]
        return tuple(period for period in ahead if period.period_start > bill.period_end)[:LATER]

    def account_periods(self, account: int, scope: str = "account") -> tuple[tuple[PeriodFacts, ...], list[date]]:
        """(periods of an account, oldest first; the last day of each), built once for each account."""
        wanted = account, scope
        if wanted not in self.known:
            rows = self.periods.get(account, ())
            self.known[wanted] = (
                tuple(PeriodFacts(folio, start, end, volume, total, kind == "measured", adjusted, tariff_class, scope)
                      for folio, start, end, volume, total, kind, adjusted, tariff_class in rows),
                [row[2] for row in rows])
        return self.known[wanted]


def grouped(rows: Iterable[Sequence]) -> dict[object, list]:
    """key → [the rest of each row], from rows that begin with the key, in their order."""
    found = {}
    for key, *rest in rows:
        found.setdefault(key, []).append(rest)
    return found


def net(lines: Iterable[Row]) -> dict[int, tuple[LineFacts, ...]]:
    """key of a bill → its lines as they stand after its notes, MXN; a bill without lines is left out."""
    found = {}
    for bill, service, amount, percent, tax, more, more_tax in lines:
        found.setdefault(bill, []).append(LineFacts(service, amount + more, percent, tax + more_tax))
    return {bill: tuple(each) for bill, each in found.items()}
