"""Recomputes the worked examples of procedures: each value its source gives must come out exactly."""
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from policies.procedures import baseline, caps, eligibility, formula
from policies.procedures.exact import as_decimal
from policies.procedures.expressions import value_for
from policies.procedures.facts import BillFacts, Facts, PeriodFacts
from policies.procedures.figures import figure
from policies.procedures.grammar import names_in
from policies.procedures.parsing import load

BILLED_ON = date(2025, 1, 1)      # a made-up period: examples give volumes, not calendars


@dataclass(frozen=True)
class Result:
    """One expected value of one example, and what the computation gave."""

    code: str
    example: int
    name: str
    expected: object
    found: object

    @property
    def ok(self):
        """True when they are exactly equal, and of the same kind."""
        return self.found == self.expected and isinstance(self.found, bool) == isinstance(self.expected, bool)


def check(definition):
    """A Result for each expected value of each worked example of `definition`, in order."""
    return [Result(definition.code, index, name, value_for(expected), found.get(name))
            for index, example in enumerate(definition.worked_examples, 1)
            for found in [_computed(definition, example)] for name, expected in example.expected.items()]


def check_files(paths):
    """(lines to print, True when all match) for the YAML files `paths`; the last line counts them.

    Raises DefinitionError for a file that is not a sound procedure.
    """
    definitions = [load(path) for path in paths]
    results = [result for definition in definitions for result in check(definition)]
    failed = [result for result in results if not result.ok]
    lines = [f"FALLA {result.code}, ejemplo {result.example}, {result.name}: se espera {figure(result.expected)} "
             f"y resulta {figure(result.found)}" for result in failed]
    examples = sum(len(definition.worked_examples) for definition in definitions)
    counted = (f"procedures {len(definitions)}, examples {examples}, values {len(results) - len(failed)} match, "
               f"{len(failed)} fail")
    return [*lines, counted], not failed


def _computed(definition, example):
    names = {name: value_for(given) for name, given in example.inputs.items()}
    if example.history:
        found = baseline.find(definition, _facts(example), names)
        names |= {} if found.value is None else {"baseline": found.value, "baseline.periods": found.periods}
    names, _, _ = formula.run(definition, names)
    return names | {"eligible": _eligible(definition, names)}


def _eligible(definition, names):
    """True or False over the conditions and caps whose figures the example gives; None when it gives none."""
    groups = {}
    for index, verdict in enumerate(eligibility.judge(definition, names)):
        if verdict.holds is not None and names_in(verdict.condition.field) <= names.keys():
            groups.setdefault(verdict.condition.group or index, []).append(verdict.holds)
    limits = [cap for cap in definition.caps if cap.of and names_in(cap.of) <= names.keys()]
    passed = [cap for cap, _ in caps.broken(definition, names) if cap in limits]
    return all(any(group) for group in groups.values()) and not passed if groups or limits else None


def _facts(example):
    """Monthly periods that end before a made-up bill; a row is a volume, or {volume, total, measured, adjusted}."""
    tariff_class = example.inputs.get("bill.tariff_class", "domestico")
    bill = BillFacts("EJEMPLO", BILLED_ON, BILLED_ON + timedelta(30), 31, tariff_class, Decimal(0), Decimal(0), ())
    count = len(example.history)
    return Facts(bill, tuple(_period(row, count - index, tariff_class) for index, row in enumerate(example.history)))


def _period(row, months_before, tariff_class):
    row = row if isinstance(row, dict) else {"volume": row}
    month = BILLED_ON.year * 12 + BILLED_ON.month - 1 - months_before
    start, following = (date(count // 12, count % 12 + 1, 1) for count in (month, month + 1))
    volume, total = (as_decimal(row.get(name, 0)) for name in ("volume", "total"))
    return PeriodFacts(f"hace {months_before} meses", start, following - timedelta(1), volume, total,
                       row.get("measured", True), row.get("adjusted", False), row.get("tariff_class", tariff_class))
