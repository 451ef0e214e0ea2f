"""What a file brings, asked of PostgreSQL by the thousand rows: names, repeats, impossible rows."""

import re

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
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

from models.base.imports import ImportBatch

EXACT, LOOSE = ("number", "folio"), ("name", "code")   # what people call a row by


def brought(names, rows):
    """Rows of text as a table of PostgreSQL's, numbered from 1: one statement, however many."""
    columns = [cast(list(column), ARRAY(Text)) for column in zip(*rows, strict=True)]
    return func.unnest(*columns).table_valued(*names, with_ordinality="place",
                                              name="brought").render_derived()


def typed(model, source, name):
    """A column of brought text, as the table's own type."""
    return cast(source.c[name], model.__table__.c[name].type).label(name)


def called(target, words):
    """(word, key) of every row of `target` that one of the words names, accents and case aside.

    A number or a folio is compared as it is, which its index answers.
    """
    source, table = brought(["word"], [(word,) for word in words]), target.__table__
    known = {column.name: column for column in table.c if not column.info.get("personal")}
    matches = [known[name] == source.c.word for name in EXACT if name in known]
    said = [known[name] for name in LOOSE if name in known]
    if len(said) == 2:
        said.append(known["code"] + " " + known["name"])
    matches += [func.console.normalise(text) == func.console.normalise(source.c.word) for text in said]
    return union(*(select(source.c.word, table.c.id).join(table, match) for match in matches))


def unique_sets(model, names):
    """[(constraint's name, its columns)] that the brought columns decide by themselves."""
    table = model.__table__
    kept = [(item.name, list(item.columns)) for item in table.constraints if isinstance(item, UniqueConstraint)]
    kept += [(item.name, list(item.expressions)) for item in table.indexes
             if item.unique and not item.dialect_options["postgresql"]["where"]]
    return [(name, [column.name for column in columns]) for name, columns in kept
            if all(isinstance(column, Column) and column.name in names for column in columns)]


def standing_already(model, columns, rows):
    """The places, from 1, of the rows whose values a row of the table already has.

    A name is the same in capitals, with two spaces, or with its accents as letters of their own.
    """
    source, table = brought(columns, rows), model.__table__
    fresh, kept = (once(name, select(*more, *(comparable(side.c[column], table.c[column]) for column in columns)))
                   for name, side, more in (("fresh", source, (source.c.place,)), ("kept", table, ())))
    return select(fresh.c.place).join(kept, and_(*(fresh.c[column] == kept.c[column] for column in columns)))


def once(name, query):
    """The rows of a query, each computed once and not for each row that it is compared with."""
    return query.cte(name).prefix_with("MATERIALIZED")


def comparable(value, column):
    """A value of a column, brought or kept, as it is compared with another."""
    typed_value = cast(value, column.type)
    return (alike(typed_value) if is_name(column) else typed_value).label(column.name)


def is_name(column):
    """Whether a column holds words as people write them, and no official number."""
    return isinstance(column.type, Text) and not column.info.get("coded")


def alike(words):
    """Words as SQL, equal to others of the same letters and accents."""
    return func.lower(func.regexp_replace(func.normalize(words), r"\s+", " ", "g"))


def checks(model, names):
    """[(constraint's name, its SQL)] that speak of the brought columns alone."""
    others = {column.name for column in model.__table__.c} - set(names)
    return [(f"ck_{model.__tablename__}_{item.name}".replace(f"ck_{model.__tablename__}_" * 2,
                                                            f"ck_{model.__tablename__}_"), item.sqltext)
            for item in model.__table__.constraints if isinstance(item, CheckConstraint)
            and isinstance(item.sqltext, TextClause) and not others & set(re.findall(r"\w+", item.sqltext.text))]


def outside(model, check, names, rows):
    """The places, from 1, of the rows that a check of the table would refuse."""
    source = brought(names, rows)
    row = select(source.c.place, *(typed(model, source, name) for name in names)).subquery()
    return select(row.c.place).where(literal_column(f"NOT ({check.text})"))


def standing(model, sha256):
    """The batches that this very file already made in this list and nobody took back."""
    return select(ImportBatch).where(
        ImportBatch.screen == model.__tablename__, ImportBatch.sha256 == sha256,
        ImportBatch.undone_at.is_(None)).order_by(ImportBatch.id)
