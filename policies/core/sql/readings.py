"""Functions of PostgreSQL made of named SELECTs, so that its guards, other programs and the pages read the same one.

An area says `reading("open_cases", find.open_cases, person=Integer, by=EVERYONE)`: the SELECT is built with the
function's arguments in the place of values, and the function runs with its owner's rights, whoever calls it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Numeric, Select, String, literal_column
from sqlalchemy.types import NullType, TypeEngine, to_instance

from models.base.roles import Role
from policies.core.declarations import Misdeclared
from policies.core.sql.clauses import DEFINER, DIALECT
from policies.core.sql.functions import may_call

READINGS = {}       # name and types of the arguments → Reading


@dataclass(frozen=True)
class Reading:
    """One function: its arguments, in order, with their types or the model whose row they are."""

    name: str
    query: Callable[..., Select]
    arguments: dict = field(default_factory=dict)
    many: bool = False      # several rows, although of one column

    @property
    def signature(self) -> str:
        """«console.name(integer, date)»: how a grant names it."""
        return f"console.{self.name}({', '.join(map(type_name, self.arguments.values()))})"

    def select(self) -> Select:
        """The SELECT over the function's own arguments."""
        return self.query(**{name: argument(place, kind)
                             for place, (name, kind) in enumerate(self.arguments.items(), 1)})


class RowArgument:
    """An argument that is a row of a table: `row.amount` is its column."""

    def __init__(self, place: int, model: type):
        self.place, self.columns = place, model.__table__.columns

    def __getattr__(self, name: str):
        return literal_column(f"(${self.place}).{name}", self.columns[name].type)


def reading(name: str, query: Callable[..., Select], by: Iterable[Role | str] = (), many: bool = False,
            **arguments: type) -> None:
    """Declare a function over a SELECT, and which offices or logins may call it besides PostgreSQL's own functions."""
    made = Reading(name, query, arguments, many)
    if made.signature in READINGS:
        raise Misdeclared(f"the function {made.signature} is declared twice; give one another name")
    READINGS[made.signature] = made
    if by:
        may_call(made.signature, by=by)


def argument(place: int, kind: type) -> object:
    """What stands for an argument in the SELECT."""
    return RowArgument(place, kind) if hasattr(kind, "__table__") else literal_column(f"${place}", to_instance(kind))


def type_name(kind: type | TypeEngine) -> str:
    """The type as PostgreSQL says it."""
    if hasattr(kind, "__table__"):
        return kind.__table__.fullname
    kind = to_instance(kind)
    if isinstance(kind, String | Numeric):
        return "text" if isinstance(kind, String) else "numeric"
    return str(kind.compile(dialect=DIALECT)).lower()


def statements() -> Iterator[str]:
    """Every function, in the order of their names."""
    for _, made in sorted(READINGS.items()):
        query = made.select()
        taken = ", ".join(f"{name} {type_name(kind)}" for name, kind in made.arguments.items())
        text = query.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
        named = f"console.{made.name}({taken})"
        yield (f"CREATE OR REPLACE FUNCTION {named} RETURNS {returned(made, query)}\n"
               f"  LANGUAGE sql STABLE {DEFINER} AS $$\n{text} $$;")


def returned(made: Reading, query: Select) -> str:
    """What the function returns: one value, many of one column, or a table."""
    columns = query.subquery().c
    for column in columns:
        if isinstance(column.type, NullType):
            raise Misdeclared(f"the column {column.name} of {made.signature} has no type; give it one, or cast it")
    columns = [(column.name, type_name(column.type)) for column in columns]
    if len(columns) == 1:
        return f"{'SETOF ' if made.many else ''}{columns[0][1]}"
    return "TABLE ({})".format(", ".join(f'"{name}" {kind}' for name, kind in columns))
