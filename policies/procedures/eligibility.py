"""The eligibility conditions of a procedure, and a sentence for each that fails, with the values compared."""
import operator
from collections.abc import Iterable
from dataclasses import dataclass

from policies.core.exact import InexactNumber
from policies.procedures.definition import Definition
from policies.procedures.expressions import evaluate, value_for
from policies.procedures.grammar import ExpressionError, UnknownName, names_in
from policies.procedures.reckoning import Computed
from policies.procedures.refusal import Refusal
from policies.procedures.requisites import Condition
from policies.procedures.vocabulary import in_words, meaning, value_words

COMPARE = {"eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "gte": operator.ge, "lt": operator.lt,
           "lte": operator.le, "in": lambda found, wanted: found in wanted,
           "not_in": lambda found, wanted: found not in wanted}
WORDS = {"eq": "ser", "ne": "ser distinto de", "gt": "ser mayor que", "gte": "ser por lo menos", "lt": "ser menor que",
         "lte": "ser a lo más", "in": "ser uno de", "not_in": "no ser ninguno de"}


@dataclass(frozen=True)
class Verdict:
    """One condition judged: `holds` is None when a figure it needs is absent; `sentence` explains a failure."""

    condition: Condition
    holds: bool | None
    sentence: str
    lacks: str | None = None        # the name of the figure that is absent


def judge(definition: Definition, names: dict[str, object]) -> tuple[Verdict, ...]:
    """A Verdict for each condition of `definition` over `names`, in order. Never raises."""
    return tuple(_verdict(definition, condition, names) for condition in definition.eligibility)


def refusals(verdicts: Iterable[Verdict], told: frozenset[str] | set[str] = frozenset()) -> tuple[str, ...]:
    """One Spanish sentence for each group in which no condition holds; an absent figure refuses too.

    `told` holds the names whose absence another sentence already reports: a group that waits for one is left out.
    """
    return tuple(_group_sentence(group) for group in _groups(verdicts)
                 if not any(verdict.holds or verdict.lacks in told for verdict in group))


def _groups(verdicts):
    groups = {}
    for index, verdict in enumerate(verdicts):
        groups.setdefault(verdict.condition.group or index, []).append(verdict)
    return groups.values()


def _group_sentence(group):
    labels = [verdict.condition.label for verdict in group]
    if len(group) == 1:
        return Refusal(f"No procede: {group[0].sentence}.", labels[0] or "")
    return Refusal(f"No procede: se pide al menos una de estas: {_either(verdict.sentence for verdict in group)}.",
                   f"Al menos una de estas: {_either(labels)}" if all(labels) else "")


def _either(sentences):
    return "; o bien: ".join(sentences)


def _verdict(definition, condition, names):
    try:
        if condition.op == "exists":
            return _presence(definition, condition, names)
        found = evaluate(condition.field, names)
        wanted = _expected_value(condition, names)
        holds = bool(COMPARE[condition.op](found, wanted))
    except UnknownName as fault:
        label = meaning(definition, fault.name)[0]
        return Verdict(condition, None, f"{_rule(condition)}falta el dato «{label}»; captúrelo", fault.name)
    except (ExpressionError, InexactNumber, TypeError) as fault:
        reason = "los datos no se pueden comparar" if isinstance(fault, TypeError) else str(fault).rstrip(".")
        return Verdict(condition, False, f"{_rule(condition)}{reason}")
    return Verdict(condition, holds, "" if holds else _comparison_sentence(definition, condition, found, wanted))


def _expected_value(condition, names):
    if isinstance(condition.value, Computed):
        return evaluate(condition.value.expr, names)
    return value_for(condition.value)


def _presence(definition, condition, names):
    present = all(names.get(name) is not None for name in names_in(condition.field))
    label = meaning(definition, condition.field)[0]
    state = "debe existir" if condition.value else "no debe existir"
    return Verdict(condition, present == condition.value, f"{_rule(condition)}«{label}» {state}")


def _rule(condition):
    return f"{condition.label}: " if condition.label else ""


def _comparison_sentence(definition, condition, found, wanted):
    label, unit = meaning(definition, condition.field)
    rule = f" ({in_words(definition, condition.value.expr)})" if isinstance(condition.value, Computed) else ""
    return (f"{_rule(condition)}{label} es {value_words(found, unit)} y debe {WORDS[condition.op]} "
            f"{value_words(wanted, unit)}{rule}")
