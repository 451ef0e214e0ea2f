"""What a version would do with one past bill, and the words of the rule that refuses it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from policies.corrections.gathering import Case
from policies.procedures.definition import Definition
from policies.procedures.engine import compute

FIGURE = re.compile(r"\$?\d[\d,.]*\d|\$?\d")
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
        self.words = list(rules_in_words(definition))

    def answer(self, case: Case) -> Answer:
        """The Answer for a bill's gathered case."""
        outcome = compute(self.definition, replace(case.facts, inputs=self.inputs), case.rate, traced=False)
        rule = "" if outcome.eligible else self.rule(outcome.refusals[0])
        return Answer(outcome.eligible, outcome.difference, rule)

    def rule(self, sentence: str) -> str:
        """A refusal without the figures of its bill, so that the refusals of one rule are counted together."""
        return next((words for beginning, words in self.words if sentence.startswith(beginning)),
                    FIGURE.sub("…", sentence))


def rules_in_words(definition: Definition) -> Iterator[tuple[str, str]]:
    """(how its refusals begin, its own words) of each rule that has a label."""
    groups = {}
    for place, condition in enumerate(definition.eligibility):
        groups.setdefault(condition.group or place, []).append(condition)
    for group in groups.values():
        labels = [condition.label for condition in group if condition.label]
        if not labels or len(labels) < len(group):
            continue
        one = len(group) == 1
        yield (f"No procede: {'' if one else 'se pide al menos una de estas: '}{labels[0]}: ",
               labels[0] if one else f"Al menos una de estas: {'; o bien: '.join(labels)}")
    for cap in definition.caps:
        title = cap.label or cap.kind
        for beginning in ("Se rebasa el tope", "No se puede revisar el tope"):
            yield f"{beginning} «{title}»", f"Tope: {title}"
