"""Computes a proposal: the same facts and the same version of a procedure always give the same answer."""
from decimal import Decimal
from fractions import Fraction

from policies.procedures import adoption, baseline, caps, captured, effects, eligibility, formula
from policies.procedures.exact import CENT, as_decimal, exact
from policies.procedures.facts import bill_names, history_names, line_names
from policies.procedures.grammar import names_in
from policies.procedures.lines import unfit
from policies.procedures.outcome import Outcome
from policies.procedures.proposal import Impossible, propose
from policies.procedures.trace import Step
from policies.procedures.vocabulary import cited


def compute(definition, facts, rate, traced=True):
    """The Outcome of `definition` for `facts` (MXN, m³); `rate(volume, tariff_class)` gives the period's lines.

    `traced=False` gives the same figures and refusals without the trace: for thousands that nobody reads one by one.
    Whatever the facts lack or the rules forbid comes back as `refusals` in Spanish; only a malformed call raises.
    """
    case = _Case(definition, facts, rate, traced)
    case.refuse(*adoption.refusals(definition, facts.bill), *unfit(facts.bill))
    case.read_captured()
    case.find_baseline()
    case.compute_result()
    case.judge()
    return case.outcome()


class _Case:
    """One computation under way: names known so far, refusals, trace."""

    def __init__(self, definition, facts, rate, traced):
        self.definition, self.facts, self.rate, self.traced = definition, facts, rate, traced
        self.names = bill_names(facts.bill) | history_names(facts.history)
        self.refusals, self.warnings = [], []
        self.told = set()       # names whose absence a refusal already tells
        self.trace = list(self._opening()) if traced else []
        self.proposal, self.difference = None, Decimal("0.00")

    def _opening(self):
        bill, definition = self.facts.bill, self.definition
        yield Step("Procedimiento", definition.name, f"versión {definition.version}", None,
                   "; ".join(map(cited, definition.sources)))
        yield Step("Consumo facturado", "recibo por corregir", exact(bill.volume), "m3", f"recibo {bill.folio}")
        yield Step("Total del recibo", "recibo por corregir", exact(bill.total), "MXN", f"recibo {bill.folio}")

    def refuse(self, *sentences):
        self.refusals += [sentence for sentence in sentences if sentence not in self.refusals]

    def read_captured(self):
        values, refusals, trace = captured.read(self.definition, self.facts, self.traced)
        self.names |= values
        self.refuse(*refusals)
        self.told |= captured.missing(self.definition, values)
        self.trace += trace

    def find_baseline(self):
        if self.definition.baseline:
            found = baseline.find(self.definition, self.facts, self.names, self.traced)
            self.trace += found.trace
            if found.value is None:
                self.refuse(found.refusal)
                self.told |= {"baseline", "baseline.periods"}
            else:
                self.names |= {"baseline": found.value, "baseline.periods": Fraction(found.periods)}

    def compute_result(self):
        """The formula, then the lines; for class and tax the lines come first, since the formula speaks of them."""
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
            return        # nothing to put on a bill that may not be corrected
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

    def judge(self):
        self.refuse(*eligibility.refusals(eligibility.judge(self.definition, self.names), self.told))
        self.refuse(*captured.out_of_bounds(self.definition, self.names, self.told))
        if self.proposal and not self.refusals:
            self.refuse(*(sentence for _, sentence in caps.broken(self.definition, self.names)), *self._wrong_way())

    def _wrong_way(self):
        """Sentences for a result that no note can say: a negative line, no difference, or two directions.

        The rule of one sign is over each line with its tax. It protects whoever signs and whoever pays: a note is a
        credit or a debit, and its amount, by which the signatures are asked, is not the remainder of a charge and a
        credit that hide each other. The tax inside a line follows its class: it may fall in a line that rises.
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

    def outcome(self):
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
            effects=effects.following(self.definition, known) if eligible else (),
            instalments_most=self._payments(known) if debit else 1)

    def _payments(self, known):
        """In how many payments at most the debit is made; each is of a cent at least."""
        return min(effects.instalments_most(self.definition, known), int(exact(self.difference) / CENT))
