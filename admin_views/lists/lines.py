"""The rows of a list as its page draws them: made here, for a template takes several times longer."""

from functools import cache
from typing import NamedTuple

from flask_admin.contrib.sqla import ModelView
from markupsafe import Markup, escape

from admin_views.core.words import is_numeric, label_of


class Line(NamedTuple):
    """A row: the key of its record, how its link is called, where it leads, and the other columns drawn as cells."""

    key: int
    called: Markup
    address: str
    cells: Markup


def lines_of(view: ModelView, rows: list, columns: list) -> list[Line]:
    """A line of each record; without a word in its first column, the record says its own name."""
    first, *others = columns
    heads = [(name, opening(view.model, name)) for name in others]
    return [line_of(view, row, first, heads) for row in rows]


def line_of(view: ModelView, row: object, first: str, heads: list[tuple[str, str]]) -> Line:
    """The line of one record."""
    shown = view.cell(row, first)
    cells = "".join(f"{head}{escape(view.value(row, name))}</td>" for name, head in heads)
    return Line(row.id, escape(str(row) if shown == "—" else shown), view.page(row.id), Markup(cells))


@cache
def opening(model: type, name: str) -> str:
    """How each cell of a column begins; figures stand to the right."""
    figure = ' class="figure"' if is_numeric(model, name) else ""
    return f'<td role="cell" data-label="{escape(label_of(model, name))}"{figure}>'
