"""The screen of fiscal documents: which wait to be stamped, and how far each cancellation is."""

from collections.abc import Iterator

from flask import Response
from flask_admin import expose

from admin_views.core.base import VERBS, PolicyView
from admin_views.fiscal import stamping
from admin_views.output import sheets
from models import db
from models.fiscal import FiscalRecord
from models.queries import fiscal as ask
from policies.core.rules import Broken

MOST_ROWS = 100_000     # notes in one file for the stamping system
VERBS |= {"stamping_view": "export"}


class FiscalRecordView(PolicyView):
    """The CFDI of each note."""

    menu_entry = "Correcciones"
    column_list = ("note", "state", "reason", "needs_acceptance", "original_uuid", "substitute_uuid", "opened_at")
    column_default_sort = ("id", True)
    filters_by = ("state", "reason", "needs_acceptance", "opened_at", "original_uuid", "substitute_uuid")
    narrowed_by = ("opened_at",)
    search_in = numbered_by = ("original_uuid", "substitute_uuid")
    when_empty = "Un comprobante se abre solo cuando se aplica una corrección."
    creates_here = False
    list_template = "fiscal_records.html"
    facts = (("Comprobante", ("note", "state", "opened_at")),
             ("Folios fiscales", ("original_uuid", "substitute_uuid")),
             ("Cancelación del original", ("reason", "needs_acceptance")))

    def cell(self, record: FiscalRecord, name: str) -> str:
        """The words of a cell; a record without a reason cancels nothing, since its note stands beside the original."""
        if name == "reason" and record.reason is None:
            return "No se cancela"
        return super().cell(record, name)

    @expose("/para-timbrar.json")
    def stamping_view(self) -> Response:
        """The file of every note that waits for its CFDI, for the stamping system; logged as an export."""
        records = db.session.scalars(self.scope(ask.to_stamp()).limit(MOST_ROWS + 1)).all()
        if len(records) > MOST_ROWS:
            raise Broken(f"Esperan más de {MOST_ROWS:,} comprobantes; registre los ya timbrados y pida el "
                         "archivo de nuevo.")
        with sheets.temporary_file() as file:
            return sheets.log_and_send(file, "json", stamping.write(file, records), "para-timbrar", self.model)


def views() -> Iterator[FiscalRecordView]:
    """The screen of the area."""
    yield FiscalRecordView(FiscalRecord, url="/comprobantes")
