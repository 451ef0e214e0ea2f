"""Several questions with different columns asked as one statement, and their rows separated again."""

from collections.abc import Iterable, Sequence
from operator import itemgetter

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Numeric,
    Select,
    String,
    cast,
    literal,
    null,
    select,
    union_all,
)

KINDS = (Boolean, Integer, Numeric, Date, String)


class Together:
    """One statement for many named questions; it has, for each type, as many columns as the widest question.

    UNION ALL keeps the order of the rows of each question.
    """

    def __init__(self, **questions):
        kinds = {name: [kind_of(column) for column in asked.selected_columns] for name, asked in questions.items()}
        wide = {kind: max(its.count(kind) for its in kinds.values()) for kind in KINDS}
        self.names = list(questions)
        self.told = [itemgetter(*places(its, wide)) for its in kinds.values()]
        self.statement = union_all(*(branch(number, asked, kinds[name], wide)
                                     for number, (name, asked) in enumerate(questions.items())))

    def answers(self, rows: Iterable[Sequence]) -> dict[str, list[tuple]]:
        """name → its rows, as tuples in the order of its columns."""
        found = [[] for _ in self.names]
        for row in rows:
            found[row[0]].append(self.told[row[0]](row))
        return dict(zip(self.names, found, strict=True))


def kind_of(column: ColumnElement) -> type:
    """The type of a column, by which columns of different questions share a place."""
    return next(kind for kind in KINDS if isinstance(column.type, kind))


def places(its: Sequence[type], wide: dict[type, int]) -> list[int]:
    """The position of each column of a question in a row of the statement, whose first column numbers the question."""
    free, start = {}, 1
    for kind in KINDS:
        free[kind], start = iter(range(start, start + wide[kind])), start + wide[kind]
    return [next(free[kind]) for kind in its]


def branch(number: int, asked: Select, its: Sequence[type], wide: dict[type, int]) -> Select:
    """One question over the columns of all of them, NULL in those that it has not."""
    columns, said = [literal(number)], list(zip(asked.subquery().c, its, strict=True))
    for kind in KINDS:
        own = [column for column, its_kind in said if its_kind is kind]
        columns += own + [cast(null(), kind) for _ in range(wide[kind] - len(own))]
    return select(*(column.label(f"c{place}") for place, column in enumerate(columns)))
