"""Row scope: which rows of a table an office sees and writes, from what the rules declare in `rows`.

One condition, which the screens add to their queries (PolicyView.scope) and PostgreSQL obeys as a row policy for any
program (policies/core/sql/rows.py). A part has the scope of its whole. Of files, signatures and whatever else hangs
from records of any kind, an office sees the rows of the records that it sees (policies/core/carried.py).
"""

from sqlalchemy import ColumnElement, Integer, and_, func, or_, select

from models.base.records import AboutAnyRecord
from models.base.roles import Role
from policies.core.carried import carriers, read_wholes
from policies.core.declarations import Misdeclared
from policies.core.rules import RULES

# The person whose token the transaction carries; nobody without one. Asked once in a statement, not once a row.
CALLER = select(func.console.token_holder(type_=Integer)).scalar_subquery()


def scope(model: type, role: Role) -> ColumnElement | None:
    """The condition of the rows that an office sees of a table; None where it sees all."""
    rule = RULES.get(model)
    found = [] if rule is None else [rows(role) for offices, rows in rule.rows.items() if role in offices]
    for whole, column in wholes(model):
        if (of_whole := scope(whole, role)) is not None:
            found.append(column.in_(select(whole.id).where(of_whole)))
    if issubclass(model, AboutAnyRecord) and (of_records := carried(model, role)) is not None:
        found.append(of_records)
    return and_(*found) if found else None


def carried(model: type[AboutAnyRecord], role: Role) -> ColumnElement | None:
    """The condition of the rows about records that an office sees; None where it sees the records of every kind that
    carries them, or of none.

    The kinds that it sees whole are told by name alone; a kind that has a scope is asked record by record.
    """
    scopes = {whole: scope(whole, role) for whole in read_wholes(model, role)}
    partly = {whole: of_whole for whole, of_whole in scopes.items() if of_whole is not None}
    if not scopes or not partly and len(scopes) == len(carriers(model)):
        return None
    table, key = model.named_columns()
    entire = table.in_([whole.__tablename__ for whole in scopes if whole not in partly])
    return or_(entire, *(and_(table == whole.__tablename__, select(whole.id).where(whole.id == key, of_whole)
                              .correlate(model).exists()) for whole, of_whole in partly.items()))


def wholes(model: type) -> list[tuple[type, ColumnElement]]:
    """The table of which these rows are parts, as their rule says, with the column that names it."""
    rule = RULES.get(model)
    return [(rule.part_of[1], getattr(model, rule.part_of[0]))] if rule is not None and rule.part_of else []



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
