"""Figures of the first page: what each counts, and the list behind it. Each screen declares its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from flask import url_for
from sqlalchemy import Select

from admin_views.lists.counts import figure


@dataclass
class Card:
    """A figure with its list; `tone` says whether it asks for attention, and `rows` name the first."""

    label: str
    figure: str
    href: str
    help: str = ""
    tone: str = ""
    rows: list = field(default_factory=list)


@dataclass(frozen=True)
class Figures:
    """Cards for some offices: what to count on a day, by name, and the cards that the counts give.

    The counts of all the screens of an office come in one statement.
    """

    for_: frozenset
    queries: Callable[[date], dict[str, Select]]
    cards: Callable[[dict[str, int], date], Iterator[Card]]


@dataclass(frozen=True)
class Panel:
    """A part of the first page of some offices: its template, and the facts that it draws."""

    for_: frozenset
    template: str
    facts: Callable[[], dict]


def card(label: str, count: int, endpoint: str, help: str = "", calm: bool = False, **terms) -> Card:
    """A count that asks for something unless it is zero, or is only told."""
    tone = "" if calm else "wait" if count else "good"
    return Card(label, figure(count), url_for(f"{endpoint}.index_view", **terms), help, tone)
