"""How the corrected lines came about, step by step, and the warnings that a reader needs."""
from collections.abc import Callable, Iterable, Iterator

from policies.billing.tariffs import RatedLine
from policies.core.exact import exact
from policies.core.figures import figure, money
from policies.procedures.definition import Definition
from policies.procedures.facts import BillFacts, LineFacts
from policies.procedures.lines import Plan, is_corrected, rerate
from policies.procedures.trace import Step
from policies.procedures.vocabulary import service_label


def partial_steps(bill: BillFacts, after: Iterable[LineFacts], planned: dict[str, Plan]) -> Iterator[Step]:
    """One step for each line that moves only part of the way (MXN)."""
    for before, line in zip(bill.lines, after, strict=True):
        plan = planned.get(line.service)
        if plan and plan.percent != 100:
            rule = f"{figure(plan.percent, 'percent')} de la diferencia, desde {money(before.amount)}"
            yield Step(service_label(line.service).capitalize(), rule, line.amount, "MXN", "tratamiento del renglón")


def tariff_steps(definition: Definition, bill: BillFacts, rated: Iterable[RatedLine]) -> Iterator[Step]:
    """The steps of the tariff behind each line of the bill that changes."""
    billed = {line.service for line in bill.lines if is_corrected(definition, line)}
    return (Step(service_label(line.service).capitalize(), step.rule, step.value, step.unit, step.source)
            for line in rated if line.service in billed for step in line.explanation)


def unchanged_lines(definition: Definition, bill: BillFacts, rated: Iterable[RatedLine]) -> Iterator[str]:
    """A sentence for each line that stays as billed, and for each service that the bill does not charge."""
    known = {line.service for line in rated}
    for line in bill.lines:
        if not is_corrected(definition, line) or line.service not in known:
            yield f"El renglón de {service_label(line.service)} queda como se facturó."
    for service in sorted(known - {line.service for line in bill.lines}):
        yield f"La tarifa incluye {service_label(service)} y el recibo no lo cobra; la corrección no lo agrega."


def off_tariff(definition: Definition, bill: BillFacts, rate: Callable[..., tuple[RatedLine, ...]]) -> Iterator[str]:
    """A sentence when the bill differs from what its own volume costs by the tariff: there may be another anomaly."""
    expected = rerate(definition, bill, rate(exact(bill.volume), bill.tariff_class))
    if expected != bill.lines:
        total = sum(exact(line.total) for line in expected)
        yield (f"El recibo no es lo que da la tarifa por {figure(exact(bill.volume), 'm3')} ({money(total)}); "
               "revise si hay otra anomalía.")
