"""Computes the proposal of a correction; the same facts and the same version always give the same result."""
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from policies.billing.tariffs import RatedLine
from policies.core.exact import CENT, as_decimal, exact
from policies.procedures import adoption, baseline, caps, captured, effects, eligibility, formula
from policies.procedures.definition import Definition
from policies.procedures.facts import Facts, bill_names, history_names, line_names
from policies.procedures.grammar import names_in
from policies.procedures.lines import bill_problems
from policies.procedures.outcome import Outcome
from policies.procedures.proposal import Impossible, propose
from policies.procedures.trace import Step
from policies.procedures.vocabulary import citation


def compute(definition: Definition, facts: Facts, rate: Callable[..., tuple[RatedLine, ...]],
            traced: bool = True) -> Outcome:
    """The Outcome of `definition` for `facts` (MXN, m³); `rate(volume, tariff_class)` gives the period's lines.

    `traced=False` gives the same figures and refusals without the trace, for thousands of bills at once. What the facts
    lack or the rules forbid comes back as `refusals` in Spanish; only a malformed call raises.
    """
    case = _Case(definition, facts, rate, traced)
    case.refuse(*adoption.refusals(definition, facts.bill), *bill_problems(facts.bill))
    case.read_inputs()
    case.find_baseline()
    case.compute_result()
    case.judge()
    return case.outcome()


class _Case:
    """One computation in progress: the names known so far, refusals, warnings and trace."""

    def __init__(self, definition, facts, rate, traced):
        self.definition, self.facts, self.rate, self.traced = definition, facts, rate, traced
        self.names = bill_names(facts.bill) | history_names(facts.history)
        self.refusals, self.warnings = [], []
        self.told = set()       # names whose absence a refusal already reports
        self.trace = list(self._opening()) if traced else []
        self.proposal, self.difference = None, Decimal("0.00")

    def _opening(self):
        bill, definition = self.facts.bill, self.definition
        yield Step("Procedimiento", definition.name, f"versión {definition.version}", None,
                   "; ".join(map(citation, definition.sources)))
        yield Step("Consumo facturado", "recibo por corregir", exact(bill.volume), "m3", f"recibo {bill.folio}")
        yield Step("Total del recibo", "recibo por corregir", exact(bill.total), "MXN", f"recibo {bill.folio}")

    def refuse(self, *sentences: str) -> None:
        """Add the sentences that are not there yet."""
        self.refusals += [sentence for sentence in sentences if sentence not in self.refusals]

    def read_inputs(self) -> None:
        """The inputs that people typed and the records hold."""
        values, refusals, trace = captured.read(self.definition, self.facts, self.traced)
        self.names |= values
        self.refuse(*refusals)
        self.told |= captured.missing_inputs(self.definition, values)
        self.trace += trace

    def find_baseline(self) -> None:
        """The reference figure, where the procedure has one."""
        if self.definition.baseline:
            found = baseline.find(self.definition, self.facts, self.names, self.traced)
            self.trace += found.trace
            if found.value is None:
                self.refuse(found.refusal)
                self.told |= {"baseline", "baseline.periods"}
            else:
                self.names |= {"baseline": found.value, "baseline.periods": Fraction(found.periods)}

    def compute_result(self) -> None:
        """The formulas, then the lines; for class and tax the lines come first, since the formulas use their figures.
        """
        lines_first = self.definition.result.kind in ("class", "tax")
        if lines_first:
            self._propose()
        self.names, problems, trace = formula.run(self.definition, self.names, self.traced)
        self.trace += trace
        for step in self.definition.computation:
            if step.out not in self.names and names_in(step.expr) & self.told:
                self.told.add(step.out)
        if not lines_first:
            self._propose(problems)

    def _propose(self, problems=None):
        if self.refusals:
            return        # a bill that may not be corrected gets no lines
        try:
            self.proposal = propose(self.definition, self.facts.bill, self.names, problems or {}, self.rate)
        except Impossible as fault:
            self.refuse(str(fault))
            return
        self.warnings += self.proposal.warnings
        after = sum((line.total for line in self.proposal.lines), Decimal("0.00"))
        self.difference = after - sum(line.total for line in self.facts.bill.lines)
        self.names |= line_names("after", self.proposal.lines) | {"after.total": after, "difference": self.difference}
        if self.proposal.volume is not None:
            self.names["after.volume"] = self.proposal.volume

    def judge(self) -> None:
        """Eligibility, bounds of the inputs, caps, and the direction of the result."""
        self.refuse(*eligibility.refusals(eligibility.judge(self.definition, self.names), self.told))
        self.refuse(*captured.out_of_bounds(self.definition, self.names, self.told))
        if self.proposal and not self.refusals:
            self.refuse(*(sentence for _, sentence in caps.violations(self.definition, self.names)), *self._wrong_way())

    def _wrong_way(self):
        """Sentences for a result that no note can express: a negative line, no difference, or two directions.

        All lines with their tax must move one way, which protects who signs and who pays: a note is a credit or a
        debit, and its amount, which chooses the signatures, must not be the difference of a charge and a credit that
        hide each other. The tax inside a line follows its class: it may fall in a line that rises.
        """
        difference, direction = self.difference, self.definition.result.direction
        if any(line.amount < 0 or line.tax < 0 for line in self.proposal.lines):
            yield "El cálculo deja un renglón negativo; revise la tarifa y los datos del caso."
        if abs(difference) < CENT:
            yield "El resultado es igual al recibo: no hay nada que corregir."
        ways = {after.total > before.total for before, after
                in zip(self.facts.bill.lines, self.proposal.lines, strict=True) if after.total != before.total}
        if len(ways) > 1:
            yield ("El cálculo sube unos renglones del recibo y baja otros, y una nota solo mueve hacia un lado; "
                   "corrija cada anomalía por separado.")
        if (direction == "credit" and difference > 0) or (direction == "debit" and difference < 0):
            way = "bajar" if direction == "credit" else "subir"
            yield f"El procedimiento solo puede {way} el recibo y el cálculo hace lo contrario; use otro procedimiento."

    def outcome(self) -> Outcome:
        """The Outcome: the lines after where the case is eligible, the bill as it is otherwise."""
        bill, eligible = self.facts.bill, not self.refusals
        trace = [*self.trace, *self.proposal.trace] if eligible and self.traced else self.trace
        after = self.proposal.lines if eligible else bill.lines
        volume = self.proposal.volume if eligible else None
        known = {"paid": self.facts.record("paid")} | self.names
        debit = eligible and self.difference > 0
        return Outcome(
            eligible=eligible, refusals=tuple(self.refusals), before=bill.lines, after=after,
            volume_before=bill.volume, volume_after=None if volume is None else as_decimal(volume),
            difference=self.difference if eligible else Decimal("0.00"), trace=tuple(trace),
            warnings=tuple(self.warnings), procedure=self.definition.code, version=self.definition.version,
            content_hash=self.definition.content_hash(),
            effects=effects.effects_of_case(self.definition, known) if eligible else (),
            instalments_most=self._payments(known) if debit else 1)

    def _payments(self, known):
        """The most payments in which the debit may be made; each is of one cent at least."""
        return min(effects.instalments_most(self.definition, known), int(exact(self.difference) / CENT))
