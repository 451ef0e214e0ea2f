"""The rule of one sign: every line with its tax moves the way of its note, whatever its tax alone does."""

from decimal import Decimal

import pytest

from models.billing import Bill
from models.corrections import Correction
from policies.corrections.acts import apply, attach, calculate, start_correction
from policies.procedures.engine import compute
from policies.procedures.facts import Facts, LineFacts
from policies.procedures.parsing import parse
from tests import psql
from tests.policies.procedures.cases import adopted, leak_facts, make_bill, rate_at
from tests.psql import refused

# A house billed as a public building, so much water that its own tariff charges more and no tax on it.
PUBLIC_HOUSE = """
SELECT b.id FROM commercial.bills b JOIN commercial.bill_lines w ON w.bill_id = b.id AND w.service = 'water'
 WHERE b.tariff_class = %s AND w.tax > 0 ORDER BY b.volume DESC, b.period_end DESC LIMIT 1"""
PROOF = ("SELECT jsonb_path_query_array(v.definition, '$.evidence[*].kind') FROM console.corrections c"
         " JOIN console.procedure_versions v ON v.id = c.procedure_version_id WHERE c.id = %s")


def dearer(document, water, tax):
    """The outcome of a class correction over a bill whose water said something else."""
    first, *others = make_bill(34).lines
    bill = make_bill(34, "commercial", lines=[LineFacts(first.service, Decimal(water), Decimal(16), Decimal(tax)), *others])
    return compute(parse(document), Facts(bill, inputs={"correct_class": "domestic"}), rate_at)


def test_a_line_that_rises_with_its_tax_may_lose_its_tax():
    """Water from 400.00 + 64.00 to 511.00 without tax: the line rises 47.00, and only the tax in it falls."""
    outcome = dearer(adopted("slp-clase-tarifaria").as_document(), "400.00", "64.00")
    assert outcome.eligible, outcome.refusals
    assert outcome.difference == Decimal("47.00") and outcome.after[0].tax == 0


def test_a_line_whose_total_falls_beside_others_that_rise_is_refused():
    lines = [{"service": "water", "treatment": "correct"}, {"service": "sewer", "treatment": "correct", "value": 60}]
    outcome = compute(parse(adopted("slp-fuga-oculta").as_document() | {"lines": lines}), leak_facts(), rate_at)
    assert "sube unos renglones del recibo y baja otros" in outcome.refusals[0]


@pytest.fixture(scope="module")
def corrected(office):
    """A class correction to «Doméstico» of the demonstration, computed."""
    bill = office.scalar(PUBLIC_HOUSE, "public")
    with office.speaks("staff") as session:
        (ask,) = [ask for ask in start_correction.asks(session.get(Bill, bill), None) if ask.name == "way"]
        way = next(value for value, label in ask.choices if "lase tarifaria" in label)
    key = office.perform("staff", start_correction, bill, {"way": way, "reason": "Es una casa."}, model=Bill)
    office.perform("staff", calculate, key, {"reason": "Es una casa.", "correct_class": "domestic"})
    return key


def test_a_class_correction_of_the_demonstration_proceeds_and_its_note_is_each_line(office, corrected):
    with office.speaks("staff") as session:
        correction = session.get(Correction, corrected)
        assert correction.eligible and correction.amount > 0, correction.refusals
        assert all(line.difference >= 0 for line in correction.lines)
        water = correction.lines[0]
        assert water.tax_after < water.tax_before and water.amount_after > water.amount_before
    for kind in office.scalar(PROOF, corrected):
        office.perform("staff", attach, corrected, {"kind": kind, "file": office.stored(f"{kind} {corrected}")})
    office.perform_submit(corrected)
    for role in psql.roles(office, corrected):
        office.sign(corrected, role)
    office.perform("staff", apply, corrected)
    moved = office.scalar("SELECT sum(l.amount + l.tax) - n.amount FROM commercial.credit_notes n"
                          " JOIN commercial.credit_note_lines l ON l.credit_note_id = n.id"
                          " WHERE n.correction_id = %s GROUP BY n.id", corrected)
    assert moved == 0


@pytest.mark.parametrize(("amount", "tax", "allowed"), [(-12, 2, True), (2, -12, True), (-2, 8, False), (8, -2, False)])
def test_postgresql_asks_the_same_of_each_line_with_its_tax(office, amount, tax, allowed):
    """Beside a credit of 10 on water, a sewer line that moves both ways inside: its total decides."""
    key = psql.new_draft(office, -10, bill=office.scalar(psql.FREE_BILL.replace(
        "w.amount > 100", "w.amount > 100 AND EXISTS (SELECT FROM commercial.bill_lines l WHERE l.bill_id = b.id"
                          " AND l.service = 'sewer' AND l.amount > 20 AND l.tax > 12)")))
    with office.program("staff") as raw:
        raw.execute("UPDATE console.correction_lines SET amount_after = amount_after + %s, tax_after = tax_after + %s"
                    " WHERE correction_id = %s AND service = 'sewer'", (amount, tax, key))
        raw.execute("UPDATE console.corrections SET amount = %s WHERE id = %s", (-10 + amount + tax, key))
    if allowed:
        psql.send(office, key)
        return
    with refused(office, "AG022", key):
        psql.send(office, key)
