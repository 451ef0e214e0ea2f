"""How what a person types finds a row: by the beginning of its number, or of each of its words."""

from sqlalchemy import Text, cast, func, or_


def begins(column, words):
    """The number begins with what was typed; its own index answers (collation C)."""
    return cast(column, Text).op("^@", is_comparison=True)(
        words.strip().upper() or None)


def worded(columns, words):
    """Each word typed begins some word of the columns; accents, case and order do not matter."""
    written = func.console.normalise(func.concat_ws(" ", *(cast(item, Text) for item in columns)))
    return func.to_tsvector("simple", func.regexp_replace(written, "[^a-z0-9]+", " ", "g")).op(
        "@@", is_comparison=True)(func.to_tsquery("simple", func.console.prefixes(words)))


def whole(column, words):
    """What was typed is how the column itself begins: nearer than a word in its middle."""
    return func.starts_with(func.console.normalise(cast(column, Text)),
                            func.console.normalise(words.strip()))


def matches(numbers, texts, words):
    """The rows that a list shows for what was typed: by number or by words."""
    return or_(*(begins(column, words) for column in numbers),
               *((worded(texts, words),) if texts else ()))
