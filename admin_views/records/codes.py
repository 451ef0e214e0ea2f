"""What the trail's readers see of columns that keep codes, or JSON with keys of the program's own.

Each area declares its columns with `say_codes`; a column that nobody declares is said as it is kept.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy.orm import InstrumentedAttribute

from models.base.people import Role

ROLES = {role.value: role.label for role in Role}
MANY = 3        # items of a list beyond which it is said by their number


class Codes(NamedTuple):
    """The words of one column: of its values, and of the keys of its JSON objects; `parts` is what such an object is
    counted in, where its content is too long to be said."""

    words: Callable[[], Mapping[str, str]] = dict
    keys: Callable[[], Mapping[str, str]] = dict
    parts: str = ""


DECLARED: dict[tuple[str, str], Codes] = {}     # (table, column) → its words


def say_codes(*columns: InstrumentedAttribute, words: Callable[[], Mapping[str, str]] = dict,
              keys: Callable[[], Mapping[str, str]] = dict, parts: str = "") -> None:
    """Declare how these columns are said; `words` and `keys` are called in each request and may read the database."""
    for column in columns:
        DECLARED[column.class_.__tablename__, column.key] = Codes(words, keys, parts)


def read_ahead(columns: Iterable[tuple[str, str]]) -> None:
    """Call what says these (table, column) pairs, so that the records that it loads are in the session from then on."""
    for column in columns:
        if column in DECLARED:
            DECLARED[column].words()
            DECLARED[column].keys()


def word_of(table: str, column: str, value: object) -> object | None:
    """The word of a value of a column that declares words, or the value; None where the column declares none."""
    codes = DECLARED.get((table, column))
    return codes.words().get(value, value) if codes and codes.words is not dict else None


def of_list(table: str, column: str, items: list) -> str | list:
    """The items of a JSON list in words; how many they are, where they are many or are objects."""
    if len(items) > MANY or any(isinstance(item, dict) for item in items):
        return f"{len(items)} renglones"
    words = ROLES | DECLARED.get((table, column), Codes()).words()
    return [words.get(item, item) for item in items]


def of_object(table: str, column: str, content: dict) -> str | dict:
    """A JSON object with its keys and its codes in words, or how many parts it has."""
    codes = DECLARED.get((table, column), Codes())
    if codes.parts:
        return f"{len(content)} {codes.parts}"
    words, keys = ROLES | codes.words(), codes.keys()
    return {keys.get(name, name): words.get(part, part) if isinstance(part, str) else part
            for name, part in content.items()}
