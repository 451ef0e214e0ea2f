"""How what a person types finds a row: by the beginning of its number, or of each of its words."""

from sqlalchemy import Text, cast, func, literal_column, or_, select

# As literals, so that PostgreSQL recognises the expression of an index of words.
SIMPLE, NO_WORD, BLANK, ALL = (literal_column(text) for text in (
    "'simple'::regconfig", "'[^a-z0-9]+'::text", "' '::text", "'g'::text"))


def has_digit(words):
    """Every official number holds one; a word without digits begins none."""
    return any(letter.isdigit() for letter in words)


def is_number(words):
    """Digits alone, spaces aside: they may begin a number, and no person's name holds them."""
    return "".join(words.split()).isdecimal()


def begins(column, words):
    """The number begins with what was typed; its own index answers (collation C)."""
    return cast(column, Text).op("^@", is_comparison=True)(
        words.strip().upper() or None)


def worded(columns, words):
    """Each word typed begins some word of the columns; accents, case and order do not matter."""
    first, *others = columns
    said = func.concat_ws(" ", *(cast(item, Text) for item in columns)) if others else first
    written = func.regexp_replace(func.console.normalise(said), NO_WORD, BLANK, ALL)
    return func.to_tsvector(SIMPLE, written).op("@@", is_comparison=True)(
        func.to_tsquery(SIMPLE, func.console.prefixes(words)))


def whole(column, words):
    """What was typed is how the column itself begins: nearer than a word in its middle."""
    return func.starts_with(func.console.normalise(cast(column, Text)),
                            func.console.normalise(words.strip()))


def matches(numbers, texts, words):
    """The rows that a list shows for what was typed: by number or by words."""
    return or_(*(begins(column, words) for column in numbers),
               *((worded(texts, words),) if texts else ()))


def found_first(query, key, condition):
    """The rows of `query` that hold the condition, by their key: found by its indexes before they are put in order.

    Else PostgreSQL may walk the order's index until a page is full: every row, when there is nothing to find.
    """
    wanted = select(key.label("found_id")).where(condition)
    found = wanted.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    return query.join(found, found.c.found_id == key)
