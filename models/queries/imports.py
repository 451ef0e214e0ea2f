"""Questions to PostgreSQL about the rows of a file, by the thousand: names, repeats, values that a check refuses."""

import re
from collections.abc import Sequence

from sqlalchemy import (
    ARRAY,
    CTE,
    CheckConstraint,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    Text,
    TextClause,
    UniqueConstraint,
    and_,
    cast,
    func,
    literal_column,
    select,
    union,
)
from sqlalchemy.schema import Column

from models.base.columns import Model
from models.base.imports import ImportBatch

EXACT, LOOSE = ("number", "folio"), ("name", "code")   # what people call a row by


def rows_as_table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> FromClause:
    """Rows of text as a table of PostgreSQL, numbered from 1: one statement, however many."""
    columns = [cast(list(column), ARRAY(Text)) for column in zip(*rows, strict=True)]
    return func.unnest(*columns).table_valued(*names, with_ordinality="place",
                                              name="brought").render_derived()


def cast_to_column(model: type[Model], source: FromClause, name: str) -> ColumnElement:
    """A text column of the file, cast to the type of the table's column."""
    return cast(source.c[name], model.__table__.c[name].type).label(name)


def rows_called(target: type[Model], words: Sequence[str]) -> CompoundSelect:
    """(word, key) of every row of `target` that one of the words names, without accents or case.

    A number or a folio is compared as it is, which its index answers.
    """
    source, table = rows_as_table(["word"], [(word,) for word in words]), target.__table__
    known = {column.name: column for column in table.c if not column.info.get("personal")}
    matches = [known[name] == source.c.word for name in EXACT if name in known]
    said = [known[name] for name in LOOSE if name in known]
    if len(said) == 2:
        said.append(known["code"] + " " + known["name"])
    matches += [func.console.normalise(text) == func.console.normalise(source.c.word) for text in said]
    return union(*(select(source.c.word, table.c.id).join(table, match) for match in matches))


def unique_sets(model: type[Model], names: Sequence[str]) -> list[tuple[str, list[str]]]:
    """[(constraint's name, its columns)] of the unique constraints over columns of the file alone."""
    table = model.__table__
    kept = [(item.name, list(item.columns)) for item in table.constraints if isinstance(item, UniqueConstraint)]
    kept += [(item.name, list(item.expressions)) for item in table.indexes
             if item.unique and not item.dialect_options["postgresql"]["where"]]
    return [(name, [column.name for column in columns]) for name, columns in kept
            if all(isinstance(column, Column) and column.name in names for column in columns)]


def already_in_table(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Select:
    """The positions, from 1, of the rows whose values a row of the table already has.

    Two names are equal without case, repeated spaces, or the way in which their accents are encoded.
    """
    source, table = rows_as_table(columns, rows), model.__table__
    fresh, kept = (materialized(name, select(
                       *more, *(comparable(side.c[column], table.c[column]) for column in columns)))
                   for name, side, more in (("fresh", source, (source.c.place,)), ("kept", table, ())))
    return select(fresh.c.place).join(kept, and_(*(fresh.c[column] == kept.c[column] for column in columns)))


def materialized(name: str, query: Select) -> CTE:
    """The rows of a query, each computed once and not for each row that it is compared with."""
    return query.cte(name).prefix_with("MATERIALIZED")


def comparable(value: ColumnElement, column: Column) -> ColumnElement:
    """A value of a column, from the file or the table, in the form in which both are compared."""
    typed_value = cast(value, column.type)
    return (equal_words(typed_value) if is_name(column) else typed_value).label(column.name)


def is_name(column: Column) -> bool:
    """Whether a column holds words as people write them, and no official number."""
    return isinstance(column.type, Text) and not column.info.get("coded")


def equal_words(words: ColumnElement) -> ColumnElement:
    """Words in SQL, equal to others of the same letters and accents."""
    return func.lower(func.regexp_replace(func.normalize(words), r"\s+", " ", "g"))


def checks(model: type[Model], names: Sequence[str]) -> list[tuple[str, TextClause]]:
    """[(constraint's name, its SQL)] of the checks over columns of the file alone."""
    others = {column.name for column in model.__table__.c} - set(names)
    return [(f"ck_{model.__tablename__}_{item.name}".replace(f"ck_{model.__tablename__}_" * 2,
                                                            f"ck_{model.__tablename__}_"), item.sqltext)
            for item in model.__table__.constraints if isinstance(item, CheckConstraint)
            and isinstance(item.sqltext, TextClause) and not others & set(re.findall(r"\w+", item.sqltext.text))]


def refused_by_check(model: type[Model], check: TextClause, names: Sequence[str],
                     rows: Sequence[Sequence[str]]) -> Select:
    """The positions, from 1, of the rows that a check of the table would refuse."""
    source = rows_as_table(names, rows)
    row = select(source.c.place, *(cast_to_column(model, source, name) for name in names)).subquery()
    return select(row.c.place).where(literal_column(f"NOT ({check.text})"))


def imports_of_file(model: type[Model], sha256: str) -> Select:
    """The batches that this same file already made in this list and nobody undid."""
    return select(ImportBatch).where(
        ImportBatch.screen == model.__tablename__, ImportBatch.sha256 == sha256,
        ImportBatch.undone_at.is_(None)).order_by(ImportBatch.id)
