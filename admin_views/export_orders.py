"""The long exports that a person ordered: how far each is, and its file for a day."""

from flask_admin import expose
from markupsafe import Markup

from admin_views.base import VERBS
from admin_views.outputs import ordered
from admin_views.progress import WorkedView
from admin_views.screens import screens
from models.base import now
from models.exports import ExportOrder, ExportState

VERBS |= {"download_view": "view"}

KB = 1000


class ExportOrderView(WorkedView):
    working = {ExportState.ORDERED: "Renglones escritos", ExportState.RUNNING: "Renglones escritos"}
    one, endings = "exportación", "a"
    column_list = ("screen", "kind", "state", "written", "size", "asked_at", "expires_at")
    column_default_sort = ("id", True)
    filters_by = ("state", "kind", "asked_at")
    when_empty = "Una exportación larga se pide desde su lista, con CSV o Excel; las cortas se bajan ahí mismo."
    record_template = "export_order.html"
    creates_here = beside_others = findable = False
    facts = (("Qué se pidió", ("screen", "kind", "query", "asked_at", "run_as")),
             ("El archivo", ("written", "size", "sha256", "ready_at", "expires_at")))

    def so_far(self, record):
        return record.written, record.expected

    def page_of(self, record):
        return super().page_of(record) | {"lasts": record.expires_at is not None and record.expires_at > now()}

    def cell(self, record, name):
        if name == "screen":
            view = screens().get(record.screen)
            return (view.plural or view.name) if view else record.screen
        if name == "size":
            return said_size(record.size) if record.size else "—"
        if name == "query":
            return Markup('<code translate="no">{}</code>').format(record.query)
        return super().cell(record, name)

    @expose("/<int:key>/descargar/")
    def download_view(self, key):
        return ordered.taken(self.get_one(key))


def said_size(size):
    """A size in bytes as people say it."""
    for unit in ("bytes", "KB", "MB"):
        if size < KB:
            return f"{size:,.1f} {unit}" if unit != "bytes" else f"{size} {unit}"
        size /= KB
    return f"{size:,.1f} GB"


def views():
    yield ExportOrderView(ExportOrder, name="Mis exportaciones", endpoint="export_orders", url="/mis-exportaciones")
