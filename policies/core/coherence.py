"""Declarations that contradict one another, looked for once every area has made its own: the start says which and how
to mend it."""

from policies.core.declarations import Misdeclared, check_states
from policies.core.rules import ACTS, RULES, Act, Rule, preparers


def check_coherence() -> None:
    """Raise Misdeclared for a part freer than its whole, or an act that sets a column while it is frozen."""
    for rule in RULES.values():
        if rule.part_of:
            check_part(rule)
    for step in ACTS.values():
        if step.model in RULES:
            check_frozen(step, RULES[step.model])


def check_part(rule: Rule) -> None:
    """A part is written and seen by offices that prepare and see its whole, in states that the whole has."""
    whole, where = rule.part_of[1], f"the rule of {rule.model.__name__}"
    if whole not in RULES:
        raise Misdeclared(f"{where} is part of {whole.__name__}, which has no rule; declare it")
    check_states(whole, rule.open_while, f"open_while of {where}")
    allowed = {"view": RULES[whole].view, "write": {*preparers(whole), *RULES[whole].edit}}
    for verb, offices in (("view", rule.view), ("write", rule.create | rule.edit | rule.delete)):
        if freer := offices - allowed[verb]:
            raise Misdeclared(f"{where} lets {sorted(role.value for role in freer)} {verb} it, who may not {verb} its "
                              f"{whole.__name__}; take them out or add them to the whole's rule")


def check_frozen(step: Act, rule: Rule) -> None:
    """An act sets a column of the content only where it leaves a state in which the content is open."""
    closed = {state for state in step.moves if rule.edit_while and state not in rule.edit_while}
    if closed and (frozen := sorted(set(step.sets) & set(rule.content))):
        raise Misdeclared(f"the act {step.name} sets {frozen[0]!r} of {rule.model.__name__} in "
                          f"{sorted(state.value for state in closed)}, where the rule freezes it; take it out of the "
                          "rule's content or add the states to its edit_while")
