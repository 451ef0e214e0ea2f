"""Rows that are written from what was signed: exactly those of a SELECT, asked of each statement that adds some.

An area says `arriving(…)` with the SELECT by which it writes them itself; PostgreSQL refuses any other row to any
program. `fresh` are the rows that a statement adds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, TableClause, column, select, table

from policies.core.declarations import Misdeclared, check_columns
from policies.core.refusals import REFUSALS
from policies.core.sql.clauses import DEFINER, DIALECT

ARRIVALS = []


@dataclass(frozen=True)
class Arrival:
    """The rows of a table that must be those of a SELECT; `rule` names the refusal, of `code`."""

    model: type
    rule: str
    columns: tuple                                          # those that are compared, in the order of the SELECT
    expected: Callable[[TableClause], Select]               # what may be added, of the fresh rows
    which: Callable[[TableClause], ColumnElement]           # the fresh rows that are asked
    code: str

    @property
    def fresh(self) -> TableClause:
        """The rows that the statement adds, as the SELECTs name them."""
        return table("fresh", *(column(one.name, one.type) for one in self.model.__table__.columns))

    def strangers(self) -> str:
        """SQL of the fresh rows that the SELECT does not give."""
        fresh = self.fresh
        added = select(*(fresh.c[name] for name in self.columns)).where(self.which(fresh))
        return str(added.except_(self.expected(fresh)).compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))


def arriving(model: type, rule: str, columns: tuple, expected: Callable, which: Callable, code: str = "AG008") -> None:
    """Declare it; the start refuses columns that the table does not have and a refusal without sentence."""
    check_columns(model, columns, f"what arrives in {model.__name__}")
    if rule not in REFUSALS:
        raise Misdeclared(f"what arrives in {model.__name__} is refused by {rule!r}, which has no sentence; say it with"
                          " refuses()")
    ARRIVALS.append(Arrival(model, rule, columns, expected, which, code))


def statements() -> Iterator[str]:
    """The function and the trigger of each."""
    for one in sorted(ARRIVALS, key=lambda one: one.rule):
        name = f"console.arrive_{one.rule}"
        yield (f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql\n  {DEFINER} AS $$\nBEGIN\n"
               f"  IF EXISTS ({one.strangers()}) THEN\n    PERFORM console.refuse('{one.code}', '{one.rule}', NULL);\n"
               "  END IF;\n  RETURN NULL;\nEND $$;")
        yield (f"CREATE OR REPLACE TRIGGER f_{one.rule} AFTER INSERT ON {one.model.__table__.fullname}\n"
               f"  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION {name}();")
