"""Exports too long for a request: ordered by who may export the list, written by the worker, read by who ordered."""

from sqlalchemy import and_

from models.base.exports import ExportOrder
from models.base.exports import ExportState as E
from policies.core.offices import ADMINISTRATOR, CORRECTION_READERS
from policies.core.refusals import refuses
from policies.core.rules import Rule, act, declare
from policies.core.scopes import CALLER
from policies.core.sql.functions import GATE, may_call

# Whoever exports some list; which ones, the door asks when one is ordered and again when it is written.
EXPORTERS = CORRECTION_READERS | ADMINISTRATOR

refuses(
    exports_at_once="Ya tiene tres exportaciones en preparación, o veinte guardadas; espere a que una termine o "
                    "venza, o cancele alguna en «Mis exportaciones».",
    order_kept="El pedido de una exportación no se borra; cancélelo en «Mis exportaciones».",
    order_as_asked="Lo que se pidió en una exportación no se cambia; pida otra.",
    order_ended="Esta exportación ya terminó y no cambia; pida otra.",
    file_incomplete="El archivo está listo cuando se conocen su tamaño y su SHA-256; pida la exportación de nuevo.")


def own(office):
    """An ordered export is its person's, in the office that ordered it: nobody else reads or moves it."""
    return and_(ExportOrder.run_by_id == CALLER, ExportOrder.run_as == office)


declare(Rule(ExportOrder, view=EXPORTERS, create=EXPORTERS, born=E.ORDERED, rows={EXPORTERS: own},
             unattended=True))
may_call("console.close_exports(text)", by=(GATE,))


def order(session, actor, **terms):
    """A new order; the worker takes it from there. PostgreSQL says how many a person has at once."""
    made = ExportOrder(run_by_id=actor.id, run_as=actor.role, **terms)
    session.add(made)
    session.flush()
    return made


@act("Escribir el archivo", ExportOrder, {E.ORDERED: {E.RUNNING}, E.RUNNING: {E.RUNNING, E.READY}}, by=EXPORTERS,
     sets=("expected", "written", "size", "sha256"), job=True, otherwise="stop_export")
def write_export(order, actor, expected=None, written=0, size=0, sha256=None):
    """How many rows are written, or all of them and the file that holds them."""
    order.expected = order.expected if expected is None else expected
    order.written, order.size, order.sha256 = written, size, sha256
    return E.READY if sha256 else E.RUNNING


@act("Cancelar exportación", ExportOrder, {E.ORDERED: {E.FAILED}, E.RUNNING: {E.FAILED}}, by=EXPORTERS,
     sets=("trouble",))
def stop_export(order, actor, why=None):
    """It ends here and its file is removed; the list may be ordered again."""
    order.trouble = why or f"{actor.name} la canceló."
