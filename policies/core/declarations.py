"""What a rule or an act may not declare: a fault stops the start, says which one and how to mend it."""

from collections.abc import Iterable

from models.base.columns import Words

KINDS = frozenset({"text", "long_text", "choice", "number", "yes_no", "file", "sheet", "day", "record"})


class Misdeclared(TypeError):
    """A declaration that contradicts the models or itself; for whoever writes the code, in English."""


def check_rule(rule: object) -> None:
    """Refuse a rule over columns or states that its table does not have."""
    where = f"the rule of {rule.model.__name__}"
    for part in ("edits", "content", "once", "derives"):
        check_columns(rule.model, getattr(rule, part), f"{part} of {where}")
    check_states(rule.model, rule.edit_while, f"edit_while of {where}")
    if rule.born is not None:
        check_states(rule.model, {rule.born}, f"born of {where}")
    if rule.part_of:
        check_columns(rule.model, rule.part_of[:1], f"part_of of {where}")


def check_act(step: object) -> None:
    """Refuse an act over columns or states that its tables do not have."""
    where = f"the act {step.name}"
    check_states(step.model, step.moves, f"moves of {where}")
    for targets in step.moves.values():
        check_states(step.model, targets, f"moves of {where}")
    check_columns(step.model, step.sets, f"sets of {where}")
    check_stamps(step, f"stamps of {where}")
    for model, columns in step.touches.items():
        check_columns(model, columns, f"touches of {where}")


def check_stamps(step: object, where: str) -> None:
    """Refuse to stamp a column that does not say what PostgreSQL writes in it."""
    check_columns(step.model, step.stamps, where)
    for name in step.stamps:
        if "written" not in step.model.__mapper__.columns[name].info:
            raise Misdeclared(f"{where} names {name!r}; declare it with author(), author_office() or instant()")


def check_ask(ask: object) -> None:
    """Refuse a question of a kind that no form draws, or for a list of no known length."""
    if ask.kind not in KINDS:
        raise Misdeclared(f"the question {ask.name} is of no known kind: {ask.kind!r}; use one of {sorted(KINDS)}")
    if ask.kind == "sheet" and not ask.most:
        raise Misdeclared(f"the question {ask.name} takes a file of any length; say its `most` rows")


def check_columns(model: type, names: Iterable[str], where: str) -> None:
    """Refuse names that are not columns of the model; `where` says in which declaration they stand."""
    if isinstance(names, str):
        raise Misdeclared(f"{where} is one text; write a tuple of column names")
    for name in names:
        if name not in model.__mapper__.columns:
            raise Misdeclared(f"{where} names {name!r}, which is no column of {model.__name__}")


def check_states(model: type, states: Iterable, where: str) -> None:
    """Refuse states that are not members of the model's vocabulary of states."""
    for state in states:
        if not isinstance(state, Words):
            raise Misdeclared(f"{where} gives the state {state!r} as text; use the member of its vocabulary")
        known = model.__mapper__.columns["state"].type.enums if "state" in model.__mapper__.columns else ()
        if state.value not in known:
            raise Misdeclared(f"{where} names the state {state!r}, which {model.__name__} does not have")
