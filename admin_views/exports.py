"""The screen of long exports that a person ordered: how far each is, and its file for a day."""

from collections.abc import Iterator
from urllib.parse import parse_qsl

from flask.typing import ResponseReturnValue
from flask_admin import expose
from werkzeug.datastructures import MultiDict

from admin_views.core.base import VERBS
from admin_views.core.progress import WorkedView
from admin_views.core.screens import screens
from admin_views.core.words import label_of
from admin_views.lists.lists import asked_of
from admin_views.output import kept
from models.base.columns import now
from models.base.exports import ExportOrder, ExportState

VERBS |= {"download_view": "view"}

THE_FILE = ("El archivo", ("written", "size", "sha256", "ready_at", "expires_at"))
THOUSAND, UNITS = 1000, ("KB", "MB", "GB")


class ExportOrderView(WorkedView):
    """The exports that this person ordered."""

    working = {ExportState.ORDERED: "Renglones escritos", ExportState.RUNNING: "Renglones escritos"}
    column_list = ("screen", "kind", "state", "written", "size", "asked_at", "expires_at")
    column_default_sort = ("id", True)
    filters_by = ("state", "kind", "asked_at")
    when_empty = "Una exportación larga se pide desde su lista, con CSV o Excel; las cortas se bajan ahí mismo."
    record_template = "export_order.html"
    creates_here = beside_others = findable = False
    facts = (("Qué se pidió", ("screen", "kind", "query", "asked_at", "run_as")), THE_FILE)

    def so_far(self, record: ExportOrder) -> tuple[int, int]:
        """(rows written, rows expected)."""
        return record.written, record.expected

    def page_of(self, record: ExportOrder) -> dict:
        """The context of an order's page: its acts while there are any; its file once there was one."""
        facts = super().page_of(record)
        return facts | {"acts": facts["acts"] if record.state in self.working else [],
                        "groups": facts["groups"] if record.sha256 else facts["groups"][:1],
                        "lasts": record.expires_at is not None and record.expires_at > now()}

    def cell(self, record: ExportOrder, name: str) -> str:
        """The words of a cell."""
        if name in SPOKEN:
            return SPOKEN[name](record)
        return super().cell(record, name)

    @expose("/<int:key>/descargar/")
    def download_view(self, key: int) -> ResponseReturnValue:
        """The file."""
        return kept.download(self.get_one(key))


def screen_name(record: ExportOrder) -> str:
    """The name of the list."""
    view = screens().get(record.screen)
    return view.name if view else record.screen


def query_words(record: ExportOrder) -> str:
    """The filters, order and columns of the list, in the words of its screen."""
    view = screens().get(record.screen)
    if view is None:
        return "—"
    asked = asked_of(view, MultiDict(parse_qsl(record.query)))
    said = [f"Busca «{asked.search}»"] if asked.search else []
    said += [" o bien ".join(", ".join(map(str, group)) for group in asked.groups)] if asked.groups else []
    name = asked.sort.removeprefix("-")
    said += [f"Por «{label_of(view.model, name)}»{', al revés' if name != asked.sort else ''}"] if name else []
    return ". ".join([*said, f"Columnas: {', '.join(label_of(view.model, column) for column in asked.columns)}"]) + "."


def size_words(record: ExportOrder) -> str:
    """The size of its file in words: «1.2 MB»."""
    size = record.size / THOUSAND
    for unit in UNITS:
        if size < THOUSAND or unit == UNITS[-1]:
            return f"{size:,.1f} {unit}" if size else "—"
        size /= THOUSAND


SPOKEN = {"screen": screen_name, "query": query_words, "size": size_words,
          "written": lambda record: f"{record.written:,}"}


def views() -> Iterator[WorkedView]:
    """The screen of the area."""
    yield ExportOrderView(ExportOrder, url="/mis-exportaciones")
