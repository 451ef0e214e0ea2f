"""What a version would do with one past bill, and the words of the rule that refuses it."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from policies.corrections.gathering import Case
from policies.procedures.definition import Definition
from policies.procedures.engine import compute
from policies.procedures.refusal import rule_of

SUPPOSED = "Respuesta supuesta de la prueba."


@dataclass(frozen=True)
class Answer:
    """What one version gives for one bill: the difference (MXN), or the first rule that refuses it."""

    eligible: bool
    amount: Decimal
    rule: str


NO_ANSWER = Answer(False, Decimal(0), "")


class Tried:
    """A definition that can be run over any day, with the assumed answers."""

    def __init__(self, definition: Definition, inputs: dict[str, object]) -> None:
        # Without its dates, a draft and a superseded version also run over bills of any day.
        self.definition = replace(definition, valid_from=date.min, valid_to=None)
        typed = {field.name: field for field in definition.inputs if field.origin == "person"}
        kept = {name: value for name, value in inputs.items() if name in typed}
        self.inputs = kept | {f"{name}.reason": SUPPOSED for name in kept if typed[name].reason_required}

    def answer(self, case: Case) -> Answer:
        """The Answer for a bill's gathered case."""
        outcome = compute(self.definition, replace(case.facts, inputs=self.inputs), case.rate, traced=False)
        rule = "" if outcome.eligible else rule_of(outcome.refusals[0])
        return Answer(outcome.eligible, outcome.difference, rule)
