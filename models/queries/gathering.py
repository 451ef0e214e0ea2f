"""What a computation reads of many bills, as plain rows: first the bills, then everything else in one statement."""

from collections.abc import Iterable

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    column,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from models.billing import Bill, BillLine, CreditNote, CreditNoteLine, NoteKind
from models.corrections import Correction, CorrectionLine
from models.meters import Meter, Reading
from models.procedures import ProcedureVersion
from models.queries.together import Together
from models.tariffs import LineRule, Tariff, TariffBlock, TariffStep

KEYS, ACCOUNTS = bindparam("keys", type_=ARRAY(Integer)), bindparam("accounts", type_=ARRAY(Integer))
FIRST, LAST, SINCE = (bindparam(name, type_=Date) for name in ("first", "last", "since"))


def among(column: ColumnElement, keys: BindParameter | Iterable[int]) -> ColumnElement:
    """A condition: `column` is one of the keys; one parameter, however many keys."""
    return column == any_(keys if isinstance(keys, BindParameter) else literal(list(keys), ARRAY(Integer)))


def word(column: ColumnElement) -> ColumnElement:
    """A vocabulary column as its bare text, which is cheaper to read than its enumeration."""
    return type_coerce(column, Text).label(column.key)


def bills(keys: BindParameter | Iterable[int]) -> Select:
    """The bills with these keys."""
    previous, current = aliased(Reading), aliased(Reading)
    return (select(Bill.id, Bill.folio, Bill.account_id, Bill.period_start, Bill.period_end, Bill.issued_on,
                   Bill.due_on, word(Bill.tariff_class), Bill.volume, Bill.balance,
                   previous.value.label("reading_before"), current.value.label("reading_after"))
            .outerjoin(previous, previous.id == Bill.previous_reading_id)
            .outerjoin(current, current.id == Bill.current_reading_id)
            .where(among(Bill.id, keys)))


def standing_lines(bills: ColumnElement) -> Select:
    """(bill, service, MXN, tax MXN) of the lines of bills as they stand: what was charged, moved by their notes."""
    side = case((CreditNote.kind == NoteKind.CREDIT, -1), else_=1)
    charged = select(BillLine.bill_id, word(BillLine.service), BillLine.amount, BillLine.tax).where(
        BillLine.bill_id == any_(bills))
    noted = (select(CreditNote.bill_id, word(CreditNoteLine.service), side * CreditNoteLine.amount,
                    side * CreditNoteLine.tax)
             .join(CreditNoteLine, CreditNoteLine.credit_note_id == CreditNote.id)
             .where(CreditNote.bill_id == any_(bills)))
    every = union_all(charged, noted).subquery().c
    return select(every.bill_id, every.service, func.sum(every.amount).label("amount"), func.sum(every.tax).label("tax")
                  ).group_by(every.bill_id, every.service)


def agrees_with_bill(correction: ColumnElement) -> Select:
    """Whether the lines of a correction still say what its bill says."""
    bill = func.array(select(Correction.bill_id).where(Correction.id == correction).scalar_subquery())
    then = (select(Correction.bill_id, word(CorrectionLine.service), CorrectionLine.amount_before,
                   CorrectionLine.tax_before).join(CorrectionLine, CorrectionLine.correction_id == Correction.id)
            .where(Correction.id == correction))
    return select(~differing(standing_lines(bill), then).exists())


def differing(now: Select, then: Select) -> CompoundSelect:
    """The rows that only one of two SELECTs gives."""
    now, then = select(now.cte()), select(then.cte())
    return union_all(now.except_(then), then.except_(now))


def lines(keys: BindParameter | Iterable[int]) -> Select:
    """Each line of the bills with what notes have moved on it, MXN: credits below zero."""
    sign = case((CreditNote.kind == NoteKind.CREDIT, -1), else_=1)
    moved = (select(CreditNote.bill_id, CreditNoteLine.service, func.sum(sign * CreditNoteLine.amount).label("amount"),
                    func.sum(sign * CreditNoteLine.tax).label("tax"))
             .join(CreditNote, CreditNote.id == CreditNoteLine.credit_note_id)
             .where(among(CreditNote.bill_id, keys)).group_by(CreditNote.bill_id, CreditNoteLine.service).subquery())
    return (select(BillLine.bill_id, word(BillLine.service), BillLine.amount, BillLine.tax_percent, BillLine.tax,
                   func.coalesce(moved.c.amount, 0).label("more"), func.coalesce(moved.c.tax, 0).label("more_tax"))
            .outerjoin(moved, and_(moved.c.bill_id == BillLine.bill_id, moved.c.service == BillLine.service))
            .where(among(BillLine.bill_id, keys)).order_by(BillLine.bill_id, BillLine.position))


def earlier_holders() -> Select:
    """(account, account that an earlier holder had at the same premise, day the later one began)."""
    found = func.console.earlier_holders(ACCOUNTS).table_valued(
        column("account_id", Integer), column("earlier_id", Integer), column("opened_on", Date))
    return select(found.c.account_id, found.c.earlier_id, found.c.opened_on)


def periods() -> Select:
    """Every bill of the accounts and of their premises' earlier holders, oldest first, with whether it was read and
    corrected. Those accounts come as an array: joined, PostgreSQL would read every bill.
    """
    earlier = func.array(select(earlier_holders().subquery().c.earlier_id).scalar_subquery())
    noted = select(CreditNote.bill_id).where(CreditNote.bill_id == Bill.id).exists()
    return (select(Bill.account_id, Bill.folio, Bill.period_start, Bill.period_end, Bill.volume, Bill.total,
                   type_coerce(Reading.kind, Text).label("kind"), noted.label("adjusted"), word(Bill.tariff_class))
            .outerjoin(Reading, Reading.id == Bill.current_reading_id)
            .where(Bill.account_id == any_(func.array_cat(ACCOUNTS, earlier)), Bill.period_end >= SINCE)
            .order_by(Bill.account_id, Bill.period_end))


def meters() -> Select:
    """The meters that those accounts have had, the newest first."""
    return (select(Meter.account_id, Meter.installed_on, Meter.removed_on, word(Meter.state))
            .where(among(Meter.account_id, ACCOUNTS)).order_by(Meter.installed_on.desc(), Meter.id.desc()))


def standing_corrections() -> Select:
    """(account, last day of the period, kind of procedure) of each correction that stands."""
    return (select(Bill.account_id, Bill.period_end, ProcedureVersion.definition["kind"].astext)
            .select_from(CreditNote).join(Bill, Bill.id == CreditNote.bill_id)
            .join(Correction, Correction.id == CreditNote.correction_id)
            .join(ProcedureVersion, ProcedureVersion.id == Correction.procedure_version_id)
            .where(among(Bill.account_id, ACCOUNTS), Correction.reversal_of_id.is_(None),
                   Correction.reversed_by_id.is_(None)))


def rows_in_force(model: type) -> tuple[ColumnElement, ...]:
    """The rows of a dated table in force on some day of the periods."""
    return model.valid_from <= LAST, or_(model.valid_to.is_(None), model.valid_to >= FIRST)


def tariffs() -> Select:
    """The tariffs in force on some day of the periods."""
    return (select(Tariff.id, Tariff.code, word(Tariff.tariff_class), Tariff.valid_from, Tariff.valid_to,
                   word(Tariff.method), Tariff.minimum_charge, Tariff.minimum_volume)
            .where(*rows_in_force(Tariff)).order_by(Tariff.id))


def blocks() -> Select:
    """The blocks of those tariffs."""
    return (select(TariffBlock.tariff_id, TariffBlock.from_m3, TariffBlock.to_m3, TariffBlock.price)
            .join(Tariff, Tariff.id == TariffBlock.tariff_id).where(*rows_in_force(Tariff))
            .order_by(TariffBlock.from_m3))


def steps() -> Select:
    """The table rows of those tariffs."""
    return (select(TariffStep.tariff_id, TariffStep.volume, TariffStep.charge)
            .join(Tariff, Tariff.id == TariffStep.tariff_id).where(*rows_in_force(Tariff)).order_by(TariffStep.volume))


def line_rules() -> Select:
    """The line rules in force on some day of the periods."""
    return (select(word(LineRule.service), word(LineRule.tariff_class), LineRule.valid_from, LineRule.valid_to,
                   LineRule.percent_of_water, LineRule.tax_percent, LineRule.rounding_step,
                   word(LineRule.rounding_mode))
            .where(*rows_in_force(LineRule)).order_by(LineRule.id))


REST = Together(lines=lines(KEYS), premises=earlier_holders(), periods=periods(), meters=meters(),
                corrected=standing_corrections(), tariffs=tariffs(), blocks=blocks(), steps=steps(),
                line_rules=line_rules())


def sources(keys: BindParameter | Iterable[int], version_id: int) -> Select:
    """(bill, fingerprints by kind of record that a version reads for it)."""
    found = func.console.sources(literal(list(keys), ARRAY(Integer)), version_id, None).table_valued(
        "bill_id", column("sources", JSONB))
    return select(found.c.bill_id, found.c.sources)
