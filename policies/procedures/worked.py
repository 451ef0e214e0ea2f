"""Recomputes the worked examples of procedures: each value that the source gives must come out exactly."""
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from policies.core.exact import as_decimal
from policies.procedures import baseline, caps, eligibility, formula
from policies.procedures.captured import unanswered_as_no
from policies.procedures.definition import Definition
from policies.procedures.expressions import value_for
from policies.procedures.facts import BillFacts, Facts, PeriodFacts, history_names
from policies.procedures.grammar import names_in
from policies.procedures.requisites import WorkedExample

BILLED_ON = date(2025, 1, 1)      # an invented period: examples give volumes and no dates


@dataclass(frozen=True)
class Result:
    """One expected value of one example, and what the computation gave."""

    code: str
    example: int
    name: str
    expected: object
    found: object

    @property
    def ok(self) -> bool:
        """Whether both values are exactly equal, and of the same kind."""
        return self.found == self.expected and isinstance(self.found, bool) == isinstance(self.expected, bool)


def check(definition: Definition) -> list[Result]:
    """A Result for each expected value of each worked example of `definition`, in order."""
    return [Result(definition.code, index, name, value_for(expected), found.get(name))
            for index, example in enumerate(definition.worked_examples, 1)
            for found in [names_of_example(definition, example)] for name, expected in example.expected.items()]


def names_of_example(definition: Definition, example: WorkedExample, **changes: object) -> dict[str, object]:
    """Every name that the example gives or the procedure computes from it; `changes` replace its inputs."""
    names = {name: value_for(given) for name, given in (dict(example.inputs) | changes).items()}
    names |= unanswered_as_no(definition, names)
    facts = _facts(example, names.get("bill.days"))
    names = (history_names(facts.history) if example.history else {}) | names
    if "baseline" not in names:
        found = baseline.find(definition, facts, names)
        names |= {} if found.value is None else {"baseline": found.value, "baseline.periods": Fraction(found.periods)}
    names, _, _ = formula.run(definition, names)
    return names | {"eligible": _eligible(definition, names)}


def _eligible(definition, names):
    """True or False over the conditions and caps whose figures the example gives; None when it gives none."""
    groups = {}
    for index, verdict in enumerate(eligibility.judge(definition, names)):
        if verdict.holds is not None and names_in(verdict.condition.field) <= names.keys():
            groups.setdefault(verdict.condition.group or index, []).append(verdict.holds)
    limits = [cap for cap in definition.caps if cap.of and cap.apply == "refuse" and names_in(cap.of) <= names.keys()]
    passed = [cap for cap, _ in caps.violations(definition, names) if cap in limits]
    return all(any(group) for group in groups.values()) and not passed if groups or limits else None


def _facts(example, days=None):
    """Monthly periods around a made-up bill; a row is a volume, or {volume, total, measured, adjusted, scope}."""
    tariff_class, days = example.inputs.get("bill.tariff_class", "domestico"), int(days or 31)
    bill = BillFacts("EJEMPLO", BILLED_ON, BILLED_ON + timedelta(days - 1), days, tariff_class, Decimal(0), Decimal(0),
                     ())
    count, after = len(example.history), -(-days // 31)
    return Facts(bill, tuple(_period(row, index - count, tariff_class) for index, row in enumerate(example.history)),
                 later=tuple(_period(row, after + index, tariff_class) for index, row in enumerate(example.later)))


def _period(row, months, tariff_class):
    row = row if isinstance(row, dict) else {"volume": row}
    month = BILLED_ON.year * 12 + BILLED_ON.month - 1 + months
    start, following = (date(count // 12, count % 12 + 1, 1) for count in (month, month + 1))
    volume, total = (as_decimal(row.get(name, 0)) for name in ("volume", "total"))
    where = f"hace {-months} meses" if months < 0 else f"{months} meses después"
    return PeriodFacts(where, start, following - timedelta(1), volume, total, row.get("measured", True),
                       row.get("adjusted", False), row.get("tariff_class", tariff_class), row.get("scope", "account"))
