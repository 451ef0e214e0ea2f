"""What a procedure reads about one bill, gathered from the records into plain facts."""

from decimal import Decimal

from sqlalchemy.orm import object_session

from models.billing import NoteKind
from models.meters import ReadingKind
from models.queries import billing as ask
from policies.procedures.facts import BillFacts, Facts, LineFacts, PeriodFacts
from policies.procedures.parsing import parse
from policies.tariffs import NoTariff, in_force, rate_in_force


def definition_of(version):
    """The procedure's content as the engine reads it."""
    return parse(version.definition, str(version))


def net_lines(bill):
    """The bill's lines as they stand after its notes, MXN."""
    moved = {}
    for note in bill.notes:
        sign = -1 if note.kind == NoteKind.CREDIT else 1
        for line in note.lines:
            amount, tax = moved.get(line.service, (0, 0))
            moved[line.service] = amount + sign * line.amount, tax + sign * line.tax
    zero = (Decimal(0), Decimal(0))
    return tuple(
        LineFacts(line.service.value, line.amount + moved.get(line.service, zero)[0],
                  line.tax_percent, line.tax + moved.get(line.service, zero)[1])
        for line in bill.lines)


def bill_facts(bill):
    lines = net_lines(bill)
    return BillFacts(
        folio=bill.folio, period_start=bill.period_start, period_end=bill.period_end,
        days=(bill.period_end - bill.period_start).days + 1, tariff_class=bill.tariff_class.value,
        volume=bill.volume, total=sum((line.total for line in lines), Decimal(0)), lines=lines)


def period_facts(bill):
    """One earlier period; a corrected one is marked, so that no baseline uses it."""
    reading = bill.current_reading
    return PeriodFacts(
        folio=bill.folio, period_start=bill.period_start, period_end=bill.period_end,
        volume=bill.volume, total=bill.total, adjusted=bool(bill.notes),
        measured=reading is not None and reading.kind == ReadingKind.MEASURED,
        tariff_class=bill.tariff_class.value)


def pricing(session, bill):
    """rate(volume m³, class) with the tariff and line rules of the bill's last day."""
    day = bill.period_end
    tariffs = session.scalars(ask.tariffs_on(day)).all()
    rules = session.scalars(ask.line_rules_on(day)).all()

    def rate(volume, tariff_class):
        return rate_in_force(volume, tariff_class, day, tariffs, rules)

    def minimum(tariff_class):
        try:
            (tariff, *_) = in_force(tariffs, tariff_class, day)
            return sum((line.total for line in rate(tariff.minimum_volume, tariff_class)),
                       Decimal(0))
        except NoTariff:
            return None
    return rate, minimum


def record_facts(session, bill, minimum):
    """Named figures that the records give, so that nobody types them."""
    meter = session.scalar(ask.meter_on(bill.account_id, bill.period_end))
    used = session.scalar(ask.applied_on_account(
        bill.account_id, ask.a_year_before(bill.period_start), bill.period_start))
    months = None if meter is None else (
        (bill.period_end.year - meter.installed_on.year) * 12
        + bill.period_end.month - meter.installed_on.month)
    extra = {"adjustments_last_12m": used, "estimates_already_used": used,
             "meter.state": "absent" if meter is None else meter.state.value,
             "months_installed": months, "minimum_charge": minimum(bill.tariff_class.value)}
    if bill.previous_reading and bill.current_reading:
        extra |= {"reading.previous": bill.previous_reading.value,
                  "reading.billed": bill.current_reading.value}
    return {name: value for name, value in extra.items() if value is not None}


def case_of(correction):
    """(facts, rate) of a correction: all that one computation reads, and how volume is priced."""
    session, bill = object_session(correction), correction.bill
    rate, minimum = pricing(session, bill)
    history = [period_facts(earlier) for earlier in session.scalars(ask.earlier_bills(bill))]
    facts = Facts(bill=bill_facts(bill), history=tuple(reversed(history)),
                  inputs=dict(correction.inputs), extra=record_facts(session, bill, minimum))
    return facts, rate
