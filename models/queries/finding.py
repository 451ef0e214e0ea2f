"""Finding rows by what a person types: the beginning of a number, or of each word."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal_column, or_, select

# As literals, so that PostgreSQL recognises the expression of an index of words.
SIMPLE, NO_WORD, BLANK, ALL = (literal_column(text) for text in (
    "'simple'::regconfig", "'[^a-z0-9]+'::text", "' '::text", "'g'::text"))


def has_digit(words: str) -> bool:
    """Whether the words may be an official number: each holds a digit."""
    return any(letter.isdigit() for letter in words)


def is_number(words: str) -> bool:
    """Whether the words are digits alone, spaces aside: they may begin a number, and no person's name holds them."""
    return "".join(words.split()).isdecimal()


def begins(column: ColumnElement, words: str) -> ColumnElement:
    """A condition: the number begins with what was typed; its own index answers (collation C)."""
    return cast(column, Text).op("^@", is_comparison=True)(
        words.strip().upper() or None)


def has_words(columns: Sequence[ColumnElement], words: str) -> ColumnElement:
    """A condition: each word typed begins some word of the columns; accents, case and order do not matter."""
    first, *others = columns
    said = func.concat_ws(" ", *(cast(item, Text) for item in columns)) if others else first
    written = func.regexp_replace(func.console.normalise(said), NO_WORD, BLANK, ALL)
    return func.to_tsvector(SIMPLE, written).op("@@", is_comparison=True)(
        func.to_tsquery(SIMPLE, func.console.prefixes(words)))


def whole(column: ColumnElement, words: str) -> ColumnElement:
    """A condition: the column itself begins with what was typed, a better match than a word in its middle."""
    return func.starts_with(func.console.normalise(cast(column, Text)),
                            func.console.normalise(words.strip()))


def matches(numbers: Sequence[ColumnElement], texts: Sequence[ColumnElement], words: str) -> ColumnElement:
    """A condition: the rows that a list shows for what was typed, by number or by words."""
    return or_(*(begins(column, words) for column in numbers),
               *((has_words(texts, words),) if texts else ()))


def found_first(query: Select, key: ColumnElement, condition: ColumnElement) -> Select:
    """The rows of `query` that meet the condition, by key: found by its indexes before they are sorted.

    Otherwise PostgreSQL may walk the order's index until a page is full: every row, when nothing is found.
    """
    wanted = select(key.label("found_id")).where(condition)
    found = wanted.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    return query.join(found, found.c.found_id == key)
