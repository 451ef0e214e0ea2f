"""Where the headings of a file are: its first line, or below the titles that somebody wrote over them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from policies.core.typed_words import unaccented

MOST_TITLES = 20      # lines over the headings

Row = tuple[int, list[str]]      # the number that a spreadsheet shows, and its cells


@dataclass
class Sheet:
    """The rows of a file that an act asked for, and what a person should know of how they were read."""

    rows: list[Row]
    notes: list[str] = field(default_factory=list)


def under_headings(rows: Iterable[Row], known: set[str]) -> tuple[list[str], Iterator[Row], list[str]]:
    """(headings, the rows below them, notes).

    The headings are the line, among the first, that holds most of the `known` words (as `unaccented` leaves them);
    the first line where none holds any. Rows that hold nothing must not come.
    """
    rows = iter(rows)
    first = list(islice(rows, MOST_TITLES + 1))
    if not first:
        return [], rows, []
    held = [len({unaccented(cell) for cell in cells} & known) for _, cells in first]
    place = held.index(max(held))
    notes = [f"Los encabezados están en el renglón {first[place][0]}; lo que está arriba no se leyó."] if place else []
    headings = [" ".join(cell.split()) for cell in first[place][1]]
    return headings, chain(first[place + 1:], rows), notes
