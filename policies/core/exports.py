"""Exports too long for a request: ordered by who may export the list, written by the worker, read by who ordered."""

from sqlalchemy import and_

from models.base.exports import ExportOrder
from models.base.exports import ExportState as E
from models.queries.exports import few_at_once
from policies.core.needs import Holds
from policies.core.offices import ADMINISTRATOR, CORRECTION_READERS
from policies.core.rules import Rule, act, declare
from policies.core.scopes import CALLER
from policies.core.sql.functions import GATE, may_call

# Whoever exports some list; which ones, the door asks when one is ordered and again when it is written.
EXPORTERS = CORRECTION_READERS | ADMINISTRATOR

def own(office):
    """An ordered export is its person's, in the office that ordered it: nobody else reads or moves it."""
    return and_(ExportOrder.run_by_id == CALLER, ExportOrder.run_as == office)


FEW = Holds("Ya tiene tres exportaciones en preparación, o veinte guardadas; espere a que una termine o venza, o "
            "cancele alguna en «Mis exportaciones».", "few_at_once", few_at_once(), code="AG060")
WHOLE = Holds("El archivo está listo cuando se conocen su tamaño y su SHA-256; pida la exportación de nuevo.", "whole",
              and_(ExportOrder.sha256.regexp_match("^[0-9a-f]{64}$"), ExportOrder.size > 0), by_effect=True,
              leaving=frozenset({E.RUNNING}))

declare(Rule(ExportOrder, view=EXPORTERS, create=EXPORTERS, born=E.ORDERED, rows={EXPORTERS: own}, unattended=True,
             guarded=True, kept=True, begins=(FEW,)))
may_call("console.close_exports(text)", by=(GATE,))


def order(session, actor, **terms):
    """A new order; the worker takes it from there. PostgreSQL says how many a person has at once."""
    made = ExportOrder(run_by_id=actor.id, run_as=actor.role, **terms)
    session.add(made)
    session.flush()
    return made


@act("Escribir el archivo", ExportOrder, {E.ORDERED: {E.RUNNING}, E.RUNNING: {E.RUNNING, E.READY}}, by=EXPORTERS,
     sets=("expected", "written", "size", "sha256"), job=True, otherwise="stop_export", needs=(WHOLE,))
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
