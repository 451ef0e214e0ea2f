"""What a person typed for many bills at once, under the questions that the procedure asks."""

from admin_views.core.words import say
from policies.corrections.cases import definition_of
from policies.corrections.drafting import captured_by_people
from policies.procedures.vocabulary import choice_label


def in_words(versions, inputs):
    """[(question, answer)] of captured `inputs`; of versions that ask the same, the last one's words."""
    labels = {field.name: field.label for version in versions
              for field in captured_by_people(definition_of(version))}
    labels |= {f"{name}.reason": f"Motivo de «{label}»" for name, label in labels.items()}
    return [(labels.get(name, name), choice_label(value) if isinstance(value, str) else say(value))
            for name, value in inputs.items()]
