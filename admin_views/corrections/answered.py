"""What a person typed for many bills at once, under the questions that the procedure asks."""

from collections.abc import Iterable

from admin_views.core.words import say
from models.procedures import ProcedureVersion
from policies.corrections.cases import definition_of
from policies.corrections.drafting import captured_by_people
from policies.procedures.vocabulary import choice_label


def in_words(versions: Iterable[ProcedureVersion], inputs: dict) -> list[tuple[str, str]]:
    """[(question, answer)] of captured `inputs`; where several versions ask the same, in the words of the last."""
    labels = {field.name: field.label for version in versions
              for field in captured_by_people(definition_of(version))}
    labels |= {f"{name}.reason": f"Motivo de «{label}»" for name, label in labels.items()}
    return [(labels.get(name, name), choice_label(value) if isinstance(value, str) else say(value))
            for name, value in inputs.items()]
