"""Files, signatures, letters and whatever else hangs from records of any kind: whoever reads the record reads them.

Each mechanism says whose records carry its rows (`carries`); nobody says who reads them. Once every area has declared,
the rule of such a table takes the readers of all those records, and the row scope of each office (scopes.py) leaves the
rows of the records that it reads.
"""

from dataclasses import replace

from models.base.columns import Named
from models.base.documents import Document
from models.base.records import AboutAnyRecord
from models.base.roles import Role
from policies.core.declarations import Misdeclared
from policies.core.parts import references
from policies.core.rules import RULES, Rule

CARRIERS: dict[type, set[type]] = {}    # table of rows about any record → the tables whose records carry them


def carries(whole: type[Named], *carried: type[AboutAnyRecord]) -> None:
    """Say that the records of `whole` carry rows of these tables."""
    for model in carried:
        CARRIERS.setdefault(model, set()).add(whole)


def carriers(model: type) -> list[type]:
    """The tables whose records carry these rows, by their names."""
    return sorted(CARRIERS.get(model, ()), key=lambda whole: whole.__tablename__)


def read_wholes(model: type, role: Role) -> list[type]:
    """Those of them that an office reads."""
    return [whole for whole in carriers(model) if role in RULES[whole].view]


def take_readers() -> None:
    """Give its readers to the rule of each table whose rows records carry, and to that of the stored files, which is
    read with whatever names a file; raises Misdeclared.
    """
    for model in CARRIERS:
        RULES[model] = with_readers(RULES[model])
    naming = [rule.view for model, rule in RULES.items() if references(model, Document)]
    RULES[Document] = replace(RULES[Document], view=frozenset().union(*naming))


def with_readers(rule: Rule) -> Rule:
    """The rule with the offices that read some record that carries its rows. `export` is theirs that export one, unless
    the rule says fewer; `personal_to`, those that read the personal columns of every such record that they read.
    """
    name, wholes = rule.model.__name__, carriers(rule.model)
    if rule.view or rule.personal_to:
        raise Misdeclared(f"the rule of {name} says who reads it, and its rows are read by whoever reads the record "
                          "that they are about; take view and personal_to out")
    for whole in wholes:
        if whole not in RULES:
            raise Misdeclared(f"{whole.__name__} carries rows of {name} and has no rule; declare it")
    view = frozenset(role for role in Role if read_wholes(rule.model, role))
    taken = frozenset().union(*(RULES[whole].export for whole in wholes))
    has_names = any("personal" in column.info for column in rule.model.__table__.columns)
    return replace(rule, view=view, export=rule.export or taken, personal_to=frozenset(
        role for role in view if has_names and reads_names(rule.model, role)))


def reads_names(model: type, role: Role) -> bool:
    """Whether an office reads the personal columns of the rows of a table; raises Misdeclared where it would for some
    records and not for others, because PostgreSQL grants the columns of a whole table.
    """
    named = {role in RULES[whole].personal_to: whole.__name__ for whole in read_wholes(model, role)}
    if len(named) > 1:
        raise Misdeclared(f"{role.value} reads the personal data of {named[True]} and not those of {named[False]}, and "
                          f"{model.__name__} holds both in the same columns; add it to personal_to of the rule of "
                          f"{named[False]} or take it out of its view")
    return True in named
