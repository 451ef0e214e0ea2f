"""The rows of a list as its page draws them: made here, for a template takes several times longer."""

from typing import NamedTuple

from flask_admin.contrib.sqla import ModelView
from markupsafe import escape

from admin_views.core.words import is_numeric, label_of


class Cell(NamedTuple):
    """What a line says of one column; figures stand to the right."""

    label: str
    figure: bool
    said: object


class Line(NamedTuple):
    """A row: the key of its record, how its link is called, where it leads, and the other columns."""

    key: int
    called: object
    address: str
    cells: list


def lines_of(view: ModelView, rows: list, columns: list) -> list[Line]:
    """A line of each record; without a word in its first column, the record says its own name."""
    first, *others = columns
    heads = [(name, escape(label_of(view.model, name)), is_numeric(view.model, name)) for name in others]
    lines = []
    for row in rows:
        shown = view.cell(row, first)
        cells = [Cell(label, figure, view.value(row, name)) for name, label, figure in heads]
        lines.append(Line(row.id, str(row) if shown == "—" else shown, view.page(row.id), cells))
    return lines
