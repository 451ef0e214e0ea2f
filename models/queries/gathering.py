"""What a computation reads about many bills, each question asked once for all of them, as plain rows."""

from sqlalchemy import ARRAY, Integer, Text, and_, any_, case, column, func, literal, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from models.billing import Bill, BillLine, CreditNote, CreditNoteLine, NoteKind
from models.corrections import Correction
from models.meters import Meter, Reading
from models.procedures import ProcedureVersion
from models.tariffs import LineRule, Tariff, TariffBlock, TariffStep


def among(column, keys):
    """`column` is one of the keys: one parameter, however many they are."""
    return column == any_(literal(list(keys), ARRAY(Integer)))


def word(column):
    """A closed vocabulary's column as its bare word, which costs nothing to read."""
    return type_coerce(column, Text).label(column.key)


def bills(keys):
    previous, current = aliased(Reading), aliased(Reading)
    return (select(Bill.id, Bill.folio, Bill.account_id, Bill.period_start, Bill.period_end, Bill.issued_on,
                   Bill.due_on, word(Bill.tariff_class), Bill.volume, Bill.balance,
                   previous.value.label("reading_before"), current.value.label("reading_after"))
            .outerjoin(previous, previous.id == Bill.previous_reading_id)
            .outerjoin(current, current.id == Bill.current_reading_id)
            .where(among(Bill.id, keys)))


def lines(keys):
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


def earlier_holders(accounts):
    """(account, account that an earlier holder had at the same premise, day the later one began)."""
    found = func.console.earlier_holders(literal(list(accounts), ARRAY(Integer))).table_valued(
        "account_id", "earlier_id", "opened_on")
    return select(found.c.account_id, found.c.earlier_id, found.c.opened_on)


def periods(accounts, since):
    """Every bill of those accounts from a day on, oldest first, with whether it was read and corrected."""
    noted = select(CreditNote.bill_id).where(CreditNote.bill_id == Bill.id).exists()
    return (select(Bill.account_id, Bill.folio, Bill.period_start, Bill.period_end, Bill.volume, Bill.total,
                   type_coerce(Reading.kind, Text).label("kind"), noted.label("adjusted"), word(Bill.tariff_class))
            .outerjoin(Reading, Reading.id == Bill.current_reading_id)
            .where(among(Bill.account_id, accounts), Bill.period_end >= since)
            .order_by(Bill.account_id, Bill.period_end))


def meters(accounts):
    """The meters those accounts have had, the newest first."""
    return (select(Meter.account_id, Meter.installed_on, Meter.removed_on, word(Meter.state))
            .where(among(Meter.account_id, accounts)).order_by(Meter.installed_on.desc(), Meter.id.desc()))


def corrected(accounts):
    """(account, last day of the period, kind of procedure) of each correction that stands."""
    return (select(Bill.account_id, Bill.period_end, ProcedureVersion.definition["kind"].astext)
            .select_from(CreditNote).join(Bill, Bill.id == CreditNote.bill_id)
            .join(Correction, Correction.id == CreditNote.correction_id)
            .join(ProcedureVersion, ProcedureVersion.id == Correction.procedure_version_id)
            .where(among(Bill.account_id, accounts), Correction.reversal_of_id.is_(None),
                   Correction.reversed_by_id.is_(None)))


def ruling(model, first, last):
    """The rows of a dated table in force on some day between two."""
    return model.valid_from <= last, or_(model.valid_to.is_(None), model.valid_to >= first)


def tariffs(first, last):
    return (select(Tariff.id, Tariff.code, word(Tariff.tariff_class), Tariff.valid_from, Tariff.valid_to,
                   word(Tariff.method), Tariff.minimum_charge, Tariff.minimum_volume)
            .where(*ruling(Tariff, first, last)).order_by(Tariff.id))


def blocks(keys):
    return (select(TariffBlock.tariff_id, TariffBlock.from_m3, TariffBlock.to_m3, TariffBlock.price)
            .where(among(TariffBlock.tariff_id, keys)).order_by(TariffBlock.from_m3))


def steps(keys):
    return (select(TariffStep.tariff_id, TariffStep.volume, TariffStep.charge)
            .where(among(TariffStep.tariff_id, keys)).order_by(TariffStep.volume))


def line_rules(first, last):
    return (select(word(LineRule.service), word(LineRule.tariff_class), LineRule.valid_from, LineRule.valid_to,
                   LineRule.percent_of_water, LineRule.tax_percent, LineRule.rounding_step,
                   word(LineRule.rounding_mode))
            .where(*ruling(LineRule, first, last)).order_by(LineRule.id))



def sources(keys, version_id):
    """(bill, fingerprints by kind of the records that a version reads for it)."""
    found = func.console.sources(literal(list(keys), ARRAY(Integer)), version_id, None).table_valued(
        "bill_id", column("sources", JSONB))
    return select(found.c.bill_id, found.c.sources)
