"""Row scope: which rows of a table an office sees and writes, from what the rules declare in `rows`.

One condition, which the screens add to their queries (PolicyView.scope) and PostgreSQL obeys as a row policy for any
program (policies/core/sql/rows.py). A part has the scope of its whole, and so do files, signatures and whatever else
hangs from a record by table and key.
"""

from sqlalchemy import ColumnElement, Integer, and_, func, or_, select

from models.base.records import PartOfAnyRecord
from models.base.roles import Role
from policies.core.declarations import Misdeclared
from policies.core.rules import ACTS, RULES

# The person whose token the transaction carries; nobody without one. Asked once in a statement, not once a row.
CALLER = select(func.console.token_holder(type_=Integer)).scalar_subquery()


def scope(model: type, role: Role) -> ColumnElement | None:
    """The condition of the rows that an office sees of a table; None where it sees all."""
    rule = RULES.get(model)
    found = [] if rule is None else [rows(role) for offices, rows in rule.rows.items() if role in offices]
    for whole, column in wholes(model):
        if (of_whole := scope(whole, role)) is not None:
            found.append(column.in_(select(whole.id).where(of_whole)))
    if issubclass(model, PartOfAnyRecord):
        for whole in carriers(model):
            if (of_whole := scope(whole, role)) is not None:
                found.append(or_(model.subject != whole.__tablename__,
                                 model.subject_id.in_(select(whole.id).where(of_whole))))
    return and_(*found) if found else None


def wholes(model: type) -> list[tuple[type, ColumnElement]]:
    """The table of which these rows are parts, as their rule says, with the column that names it."""
    rule = RULES.get(model)
    return [(rule.part_of[1], getattr(model, rule.part_of[0]))] if rule is not None and rule.part_of else []


def carriers(model: type) -> list[type]:
    """The tables from whose records these rows hang by table and key: those whose acts create them."""
    found = {step.model for step in ACTS.values() if model in step.creates and step.model is not model}
    return sorted(found, key=lambda whole: whole.__tablename__)


def scoped(model: type) -> dict[Role, ColumnElement]:
    """The offices that do not see all the rows of a table, with the condition of each."""
    found = {role: scope(model, role) for role in sorted(Role)}
    return {role: condition for role, condition in found.items() if condition is not None}


def check_scopes() -> None:
    """Refuse a scope that contradicts the view of its table, is said twice, or is less than that of its parts."""
    for model, rule in RULES.items():
        said = [role for offices in rule.rows for role in offices]
        if unseen := set(said) - rule.view:
            raise Misdeclared(f"rows of the rule of {model.__name__} is for {sorted(unseen)[0].value}, who may not see "
                              "the table; add it to view or take it out of rows")
        if len(said) != len(set(said)):
            raise Misdeclared(f"rows of the rule of {model.__name__} says two conditions for one office; say one")
        check_wholes(model, rule)


def check_wholes(model: type, rule: object) -> None:
    """A part is not freer than its whole: whoever sees the parts of a table with a scope may see that table."""
    for whole, _ in wholes(model):
        if scoped(whole) and (unseen := rule.view - RULES[whole].view):
            raise Misdeclared(f"{model.__name__} is part of {whole.__name__}, which has a scope and which "
                              f"{sorted(unseen)[0].value} may not see; add it to the view of {whole.__name__} or take "
                              f"it out of that of {model.__name__}")
