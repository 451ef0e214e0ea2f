"""The rows of a list as its page draws them: made here, for a template takes several times longer."""

from functools import cache

from flask_admin.contrib.sqla import ModelView
from markupsafe import Markup, escape

from admin_views.core.words import is_numeric, label_of

# Without JavaScript the glance is the record's link.
LINE = """<tr role="row">
{pick}<th role="rowheader" scope="row"><a class="row-link" href="{address}">{called}</a></th>
{cells}
<td role="cell" class="peek-cell"><a class="peek-link" href="{address}" hx-get="{address}?panel=1" \
hx-target="#peek-body" aria-haspopup="dialog" aria-label="Vistazo de {called}" data-peek>Vistazo</a></td>
</tr>
"""
PICK = """<td role="cell" class="pick" data-label="Seleccionar"><label class="target"><input type="checkbox" \
name="key" value="{key}" form="together" aria-label="Seleccionar {called}" data-pick></label></td>
"""


def lines_of(view: ModelView, rows: list, columns: list) -> Markup:
    """A line of the table for each record; its first column leads to the record."""
    first, *others = columns
    heads = [(name, opening(view.model, name)) for name in others]
    pick = PICK if view.acts_together() else ""
    return Markup("".join(line_of(view, row, first, heads, pick) for row in rows))


def line_of(view: ModelView, row: object, first: str, heads: list[tuple[str, str]], pick: str) -> str:
    """The line of one record; without a word in its first column, the record says its own name."""
    shown = view.cell(row, first)
    called = escape(str(row) if shown == "—" else shown)
    cells = "".join(f"{head}{escape(view.value(row, name))}</td>" for name, head in heads)
    return LINE.format(pick=pick.format(key=row.id, called=called), called=called, address=view.page(row.id),
                       cells=cells)


@cache
def opening(model: type, name: str) -> str:
    """How each cell of a column begins; figures stand to the right."""
    figure = ' class="figure"' if is_numeric(model, name) else ""
    return f'<td role="cell" data-label="{escape(label_of(model, name))}"{figure}>'
