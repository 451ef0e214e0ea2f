"""Exports too long for a request: ordered by who may export the list, written by the worker, read by who ordered."""

from sqlalchemy import ColumnElement, DateTime, and_
from sqlalchemy.orm import Session

from models.base.exports import ExportOrder
from models.base.exports import ExportState as E
from models.base.people import Role
from models.queries.exports import few_at_once, unended_exports
from policies.core.needs import Holds
from policies.core.offices import ADMINISTRATOR, CASE_READERS
from policies.core.rules import Actor, Rule, act, declare
from policies.core.scopes import CALLER
from policies.core.sql.functions import GATE, may_call
from policies.core.sql.readings import reading

# Whoever exports some list; which ones, the door asks when one is ordered and again when it is written.
EXPORTERS = CASE_READERS | ADMINISTRATOR

def own(office: Role) -> ColumnElement:
    """Condition of the row scope: an order is seen and moved by the person who ordered it alone, in the office of then.
    """
    return and_(ExportOrder.run_by_id == CALLER, ExportOrder.run_as == office)


FEW = Holds("Ya tiene tres exportaciones en preparación, o veinte guardadas; espere a que una termine o venza, o "
            "cancele alguna en «Mis exportaciones».", "few_at_once", few_at_once(), code="AG060")
WHOLE = Holds("El archivo está listo cuando se conocen su tamaño y su SHA-256; pida la exportación de nuevo.", "whole",
              and_(ExportOrder.sha256.regexp_match("^[0-9a-f]{64}$"), ExportOrder.size > 0), asked_before=False,
              leaving=frozenset({E.RUNNING}))

declare(Rule(ExportOrder, view=EXPORTERS, create=EXPORTERS, born=E.ORDERED, rows={EXPORTERS: own}, unattended=True,
             guarded=True, kept=True, begins=(FEW,)))
may_call("console.close_exports(text)", by=(GATE,))
reading("unended_exports", unended_exports, until=DateTime(timezone=True))


def order(session: Session, actor: Actor, **terms) -> ExportOrder:
    """Add an order of an export, which the worker writes. `terms` are its screen, kind, query and expected rows.

    PostgreSQL refuses it where the person has too many at once.
    """
    made = ExportOrder(run_by_id=actor.id, run_as=actor.role, **terms)
    session.add(made)
    session.flush()
    return made


@act("Escribir el archivo", ExportOrder, {E.ORDERED: {E.RUNNING}, E.RUNNING: {E.RUNNING, E.READY}}, by=EXPORTERS,
     sets=("expected", "written", "size", "sha256"), job=True, otherwise="stop_export", needs=(WHOLE,))
def write_export(order: ExportOrder, actor: Actor, expected: int | None = None, written: int = 0, size: int = 0,
                 sha256: str | None = None) -> E:
    """Keep how many rows are written of how many expected or, once the file is whole, its size in bytes and its
    SHA-256.
    """
    order.expected = order.expected if expected is None else expected
    order.written, order.size, order.sha256 = written, size, sha256
    return E.READY if sha256 else E.RUNNING


@act("Cancelar exportación", ExportOrder, {E.ORDERED: {E.FAILED}, E.RUNNING: {E.FAILED}}, by=EXPORTERS,
     sets=("trouble",))
def stop_export(order: ExportOrder, actor: Actor, why: str | None = None) -> None:
    """End an export without a file, with the reason; its list may be ordered again."""
    order.trouble = why or f"{actor.name} la canceló."
