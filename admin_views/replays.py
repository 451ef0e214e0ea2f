"""Screens of replays: how far each is, its results, and every row of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Row
from sqlalchemy.orm import joinedload

from admin_views.core.base import PolicyView
from admin_views.core.progress import WorkedView
from admin_views.corrections import answered
from admin_views.output import charts
from admin_views.output.axes import Drawing
from admin_views.procedures.labels import say_inputs
from models import db
from models.organization import SupplyZone
from models.queries import replays as find
from models.replays import Replay, ReplayRow, ReplayState
from policies.replays.acts import CHANGED, has_changed

SHOWN = 50      # of the bills that change, the dearest
DRAWN = 12      # zones in the picture: those that move the most; the table has all
say_inputs(Replay.inputs)


@dataclass(frozen=True)
class Changing:
    """The largest bills that would change in one direction, how many there are, and the list of all of them."""

    title: str
    rows: list
    count: int
    terms: dict


class ReplayView(WorkedView):
    """Replays."""

    menu_entry = "Reglas para corregir"
    working = {ReplayState.RUNNING: "Recibos probados"}
    column_list = ("procedure_version", "state", "months", "done", "total", "run_by", "asked_at")
    column_default_sort = ("id", True)
    filters_by = ("state", "procedure_version", "asked_at", "run_by", "months")
    when_empty = "Una prueba se inicia desde la versión de un procedimiento: «Probar con recibos anteriores»."
    record_template = "replay.html"
    creates_here = False
    lists_related = False   # its rows are too many for a short list; its page adds them up
    facts = (("Qué se prueba", ("procedure_version", "against", "months", "since", "until")),
             ("La prueba", ("run_by", "run_as", "asked_at", "finished_at", "content_hash")))

    def page_of(self, record: Replay) -> dict:
        """The context of a replay's page."""
        versions = filter(None, (record.against, record.procedure_version))
        seen = {"supposed": answered.in_words(versions, record.inputs),
                "changed": CHANGED if has_changed(record) else ""}
        if record.state == ReplayState.RUNNING:
            return super().page_of(record) | seen
        return super().page_of(record) | seen | results(record)

    def so_far(self, replay: Replay) -> tuple[int, int]:
        """(bills done, bills in all)."""
        return replay.done, replay.total


def results(replay: Replay) -> dict:
    """The results added up: in all, by use, by zone, by rule, and the bills that change."""
    totals = db.session.execute(find.totals(replay.id)).one()
    zones = {zone.id: str(zone) for zone in db.session.scalars(db.select(SupplyZone))}
    by_zone = [(zones[row.value], row) for row in db.session.execute(find.by(ReplayRow.supply_zone_id, replay.id))]
    by_use = [(row.value.label, row) for row in db.session.execute(find.by(ReplayRow.tariff_class, replay.id))]
    return {"totals": totals, "parts": [("Por uso", by_use), ("Por zona de abasto", by_zone)],
            "refusals": db.session.execute(find.refusals(replay.id)).all(), "shown": SHOWN,
            "picture": picture(replay, by_zone[:DRAWN]) if totals.bills else None,
            "picture_of": "Diferencia por zona de abasto" if len(by_zone) <= DRAWN else
                          f"Diferencia en las {DRAWN} zonas de abasto que más mueven",
            "changes": [part for part in changes(replay, totals) if part.rows] if replay.against else []}


def picture(replay: Replay, by_zone: Sequence[tuple[str, Row]]) -> Drawing:
    """The drawing of the MXN that each zone would move."""
    before = [row.moved_before for _, row in by_zone] if replay.against else None
    return charts.comparison([name for name, _ in by_zone], before, [row.moved_after for _, row in by_zone],
                             "Diferencia por zona de abasto, MXN")


def changes(replay: Replay, totals: Row) -> Iterator[Changing]:
    """The bills that would newly proceed, and those that would cease to."""
    for title, eligible in (("Recibos que empezarían a proceder", True), ("Recibos que dejarían de proceder", False)):
        rows = db.session.scalars(find.changed_bills(replay.id, eligible).limit(SHOWN).options(
            joinedload(ReplayRow.bill), joinedload(ReplayRow.account), joinedload(ReplayRow.supply_zone))).all()
        count = db.session.scalar(find.how_many_change(replay.id, eligible))
        terms = {"replay": replay.id, "eligible": say_bool(eligible), "eligible_before": say_bool(not eligible)}
        yield Changing(title, rows, count, terms)


def say_bool(value: bool) -> str:
    """A value of yes or no as the address of a list writes it."""
    return "true" if value else "false"


class ReplayRowView(PolicyView):
    """The rows of replays."""

    column_list = ("replay", "bill", "account", "tariff_class", "supply_zone", "eligible_before", "eligible",
                   "amount_before", "amount", "rule")
    column_default_sort = ("id", True)
    filters_by = ("replay", "eligible", "eligible_before", "tariff_class", "supply_zone", "rule", "amount",
                  "amount_before", "account", "bill")
    narrowed_by = ("replay",)
    when_empty = "Los renglones los escribe cada prueba mientras corre."
    creates_here = False
    beside_others = False   # a bill is tried again and again: its page does not list every time
    facts = (("Recibo", ("replay", "bill", "account", "tariff_class", "supply_zone")),
             ("Con la versión que rige", ("eligible_before", "amount_before")),
             ("Con la versión probada", ("eligible", "amount", "rule")))


def views() -> Iterator[PolicyView]:
    """The screens of the area."""
    yield ReplayView(Replay, url="/pruebas")
    yield ReplayRowView(ReplayRow, url="/renglones-de-prueba")
