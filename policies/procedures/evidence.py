"""Which documents a case still lacks: each group is met by one whole alternative."""
from policies.procedures.expressions import evaluate
from policies.procedures.grammar import ExpressionError


def missing(definition, present, names):
    """A Spanish sentence for each group of documents that `present` (kinds attached) does not meet.

    `names` are the case's facts, for documents asked only in some cases.
    """
    groups = {}
    for index, item in enumerate(definition.evidence):
        if _asked(item, names):
            alternatives = groups.setdefault(item.group or index, {})
            alternatives.setdefault(item.alternative or item.kind, []).append(item)
    return tuple(_sentence(alternatives) for alternatives in groups.values()
                 if not any(all(item.kind in present for item in whole) for whole in alternatives.values()))


def _asked(item, names):
    try:
        return item.when is None or evaluate(item.when, names) is not False
    except ExpressionError:
        return True       # a document is asked for until it is known that it is not needed


def _sentence(alternatives):
    wholes = (" y ".join(item.label for item in whole) for whole in alternatives.values())
    return f"Falta evidencia: {'; o bien '.join(wholes)}. Adjúntela al caso."
