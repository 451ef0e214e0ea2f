"""Which documents a case still lacks: each group is met by one whole alternative."""
from collections.abc import Collection

from policies.procedures.definition import Definition
from policies.procedures.expressions import evaluate
from policies.procedures.grammar import ExpressionError


def missing_evidence(definition: Definition, present: Collection[str], names: dict[str, object]) -> tuple[str, ...]:
    """A Spanish sentence for each group of documents that `present` (kinds attached) does not meet.

    `names` are the case's facts, for documents asked only in some cases.
    """
    groups = {}
    for index, item in enumerate(definition.evidence):
        if _is_asked(item, names):
            alternatives = groups.setdefault(item.group or index, {})
            alternatives.setdefault(item.alternative or item.kind, []).append(item)
    return tuple(_sentence(alternatives) for alternatives in groups.values()
                 if not any(all(item.kind in present for item in whole) for whole in alternatives.values()))


def _is_asked(item, names):
    try:
        return item.when is None or evaluate(item.when, names) is not False
    except ExpressionError:
        return True       # asked for while it is not known whether it is needed


def _sentence(alternatives):
    wholes = (" y ".join(item.label for item in whole) for whole in alternatives.values())
    return f"Falta evidencia: {'; o bien '.join(wholes)}. Adjúntela al caso."
