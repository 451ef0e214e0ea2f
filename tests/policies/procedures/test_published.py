"""A policy that the engine was not made for is written in the format alone, and computed whole."""
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from policies.procedures.effects import effects_of_case
from policies.procedures.engine import compute
from policies.procedures.examples import check, check_files
from policies.procedures.facts import Facts
from policies.procedures.parsing import load
from policies.procedures.terms import due
from tests.policies.procedures.cases import make_bill, make_history, rate_at

PATH = Path(__file__).parent / "published" / "inventada-fuga-por-temporada.yaml"
POLICY = load(PATH)
SEASONS = [14 if month in (0, 12) else 9 for month in range(24)]


def case(volume=54, inputs=None, **extra):
    given = {"leak.repaired": True, "leak.underground": False, "repair_days": 40} | (inputs or {})
    records = {"used_3y": 0, "used_10y": 0, "paid": False, "minimum_charge": "157"} | extra
    return Facts(make_bill(volume), make_history(SEASONS), given, records)


def test_its_examples_come_out_and_nothing_in_it_is_an_error():
    assert [result for result in check(POLICY) if not result.ok] == []
    lines, right = check_files([PATH])
    assert right and not any(line.startswith("ERROR") for line in lines)


def test_it_is_computed_line_by_line():
    outcome = compute(POLICY, case(), rate_at)
    before, after = ({line.service: line for line in lines} for lines in (outcome.before, outcome.after))
    assert outcome.refusals == () and outcome.volume_after == 24                  # 54 − 75 % of 40
    assert after["water"].amount == next(line.amount for line in rate_at(24, "domestic") if line.service == "water")
    at_baseline = next(line.amount for line in rate_at(14, "domestic") if line.service == "sewer")
    assert abs(after["sewer"].amount - (before["sewer"].amount + at_baseline) / 2) <= Decimal("0.005")
    assert after["sanitation"] == before["sanitation"]


@pytest.mark.parametrize(("changes", "words"), [
    ({"used_3y": 1}, "Uno en 3 años"), ({"used_10y": 2}, "Dos en 10 años"), ({"minimum_charge": "5000"}, "No bajar de la cuota mínima"),
    ({"volume": 28}, "se pide al menos una de estas")])
def test_it_refuses_what_it_says(changes, words):
    outcome = compute(POLICY, case(**changes), rate_at)
    assert any(words in refusal for refusal in outcome.refusals) and outcome.after == outcome.before


def test_its_terms_signers_and_effects():
    repair, answer = POLICY.deadlines
    assert due(repair, date(2026, 11, 13), days_off={date(2026, 11, 16)}) == date(2026, 11, 30)
    assert due(answer, date(2026, 11, 13)) == date(2026, 12, 31)
    assert [(item.office, item.minimum, item.maximum) for item in POLICY.approval] == [
        ("jefatura", None, 1000), ("comité", Fraction("1000.01"), None)]
    assert effects_of_case(POLICY, {"paid": True}) == ("inspection_order", "credit_note")
