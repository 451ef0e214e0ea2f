"""The screen of imports: which rows came from which file, and the way to undo one."""

from collections.abc import Iterator

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import select

import policies
from admin_views.acts import acting
from admin_views.core.base import PolicyView
from models import db
from models.base.columns import title_of
from models.base.imports import ImportBatch, ImportRow
from policies.core.imports import table_of

SHOWN = 20


class ImportBatchView(PolicyView):
    """Imports."""

    menu_entry = "Calendario y territorio"
    column_list = ("file_name", "screen", "rows", "imported_by", "imported_at", "undone_at")
    column_default_sort = ("id", True)
    list_template, record_template = "import_batches.html", "import_batch.html"
    creates_here = False
    facts = (("", ("screen", "file_name", "rows", "imported_by", "imported_at", "undone_by", "undone_at",
                   "sha256")),)

    def cell(self, record: ImportBatch, name: str) -> str:
        """The words of a cell; the list is named in Spanish."""
        return title_of(record.screen) if name == "screen" else super().cell(record, name)

    def fillable(self) -> list[PolicyView]:
        """The lists that this person may fill from a file."""
        return [view for view in self.admin._views if getattr(view, "may_import", bool)()]

    @expose("/<int:key>/acto/<step_name>/", methods=("GET", "POST"))
    def act_view(self, key: int, step_name: str) -> ResponseReturnValue:
        """The page of an act; undoing shows the records that it would delete."""
        return acting.run(self, self.get_one(key), step_name, template="import_undo.html")

    def page_of(self, record: ImportBatch) -> dict:
        """The context of an import's page, with the first of its records that remain, if this office may see them."""
        model, rows = table_of(record), []
        if policies.allows(g.actor, "view", model) and record.undone_at is None:
            rows = db.session.scalars(select(model).join(ImportRow, ImportRow.row_id == model.id).where(
                ImportRow.batch_id == record.id).order_by(ImportRow.id).limit(SHOWN)).all()
        return super().page_of(record) | {
            "made": [(str(row), url_for(f"{record.screen}.details_view", key=row.id)) for row in rows]}


def views() -> Iterator[PolicyView]:
    """The screen of the area."""
    yield ImportBatchView(ImportBatch, url="/importaciones")
