"""Batches: the list, the record with its progress and its report, the samples, the annex on paper."""

from collections.abc import Iterator
from decimal import Decimal

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload

import policies
from admin_views.acts import acting
from admin_views.core.base import VERBS, PolicyView
from admin_views.core.progress import WorkedView
from admin_views.core.words import money
from admin_views.corrections import accumulated, answered
from admin_views.corrections.papers import batch_facts
from admin_views.output import sheets
from admin_views.output.papers import Paper, declare_paper
from admin_views.procedures.labels import say_effects, say_inputs
from admin_views.records.proofs import place_facts
from models import db
from models.base.people import Role
from models.batches import BatchRow, BatchState, CorrectionBatch
from models.corrections import Correction
from models.procedures import RULING, ProcedureVersion
from models.queries import batches as find
from models.tariffs import Service
from policies.batches.acts import prepare_batch
from policies.batches.batching import lacking
from policies.core.signing_acts import asked_if_sent, content_hash, signed_text
from policies.core.trays import Tray
from policies.corrections.outdated import changed_rows

VERBS |= {"prepare_view": "view", "unbilled_view": "view"}

SAMPLED = 10            # rows drawn, and as many of the dearest
PRINTED = 2000          # rows that the annex holds; beyond them, their file
COMPUTED = tuple(state for state in BatchState if state not in (
    BatchState.DRAFT, BatchState.COMPUTING, BatchState.WITHDRAWN))
BESIDE = {"submit_batch", "sign_batch", "apply_batch"}      # the acts whose page shows what is decided
say_inputs(CorrectionBatch.inputs, BatchRow.inputs)
say_effects(BatchRow.effects)


class CorrectionBatchView(WorkedView):
    """Article 58, fraction II, for an error that reached many bills at once."""

    menu_entry = "Correcciones"
    column_list = ("folio", "subject", "state", "anomaly_type", "bills", "proceeding", "amount", "moved",
                   "drafted_at")
    column_default_sort = ("id", True)
    filters_by = ("state", "anomaly_type", "drafted_at", "amount", "moved", "drafted_by", "supply_zone", "folio",
                  "subject")
    search_in, numbered_by = ("folio", "subject"), ("folio",)
    record_template = "correction_batch.html"
    creates_here = lists_related = shows_proofs = False
    working = {BatchState.COMPUTING: "Recibos calculados", BatchState.APPLYING: "Recibos aplicados"}
    when_empty = "Un lote se prepara desde un procedimiento vigente, con «Preparar lote»."
    facts = (("Qué se corrige", ("subject", "anomaly_type", "procedure_version", "reason")),
             ("Qué recibos", ("period_from", "period_to", "supply_zone", "route", "tariff_class")),
             ("Trámite", ("revision", "drafted_by", "drafted_at", "run_by", "submitted_at", "decision_reason")))

    def tray_row(self, tray: Tray, record: CorrectionBatch) -> dict:
        """A batch as a row of its tray, with its subject and MXN."""
        return super().tray_row(tray, record) | {"secondary": record.subject, "figure": money(abs(record.amount))}

    @property
    def links(self) -> tuple:
        """Its other page, for whoever prepares batches."""
        return () if policies.not_by(prepare_batch, g.actor) else (("Preparar lote", ".prepare_view"),)

    @expose("/preparar/")
    def prepare_view(self) -> ResponseReturnValue:
        """The page of the procedures from which a batch may begin, each with the causes that it corrects."""
        found = db.session.scalars(select(ProcedureVersion).where(ProcedureVersion.state.in_(RULING))
                                   .order_by(ProcedureVersion.id)).all()
        return self.show("batch_prepare.html", step=prepare_batch, why=policies.not_by(prepare_batch, g.actor),
                         versions=sorted(found, key=str))

    def page_of(self, record: CorrectionBatch) -> dict:
        """The context of the page of a batch."""
        page = super().page_of(record) | {
            "captured": captured(record), "unbilled": record.unbilled, "signatures": signatures(record),
            "signed": sum(place.signature is not None for place in record.places_now),
            "missing": lacking(record) if record.state in (BatchState.DRAFT, BatchState.COMPUTED) else ()}
        return page | figures_of(record) if record.state in COMPUTED else page

    def so_far(self, batch: CorrectionBatch) -> tuple[int, int]:
        """(bills done, of how many)."""
        return batch.done, batch.bills if batch.state == BatchState.COMPUTING else batch.proceeding

    @expose("/<int:key>/acto/<step_name>/", methods=("GET", "POST"))
    def act_view(self, key: int, step_name: str) -> ResponseReturnValue:
        """The page of an act on a batch; those that decide on it show what they decide on."""
        record = self.get_one(key)
        if step_name not in BESIDE:
            return acting.run(self, record, step_name)
        return acting.run(self, record, step_name, template="batch_act.html", every=changed_rows(record))

    @expose("/<int:key>/sin-recibo.csv")
    def unbilled_view(self, key: int) -> ResponseReturnValue:
        """The CSV of the accounts of its file that have no bill in the batch."""
        return sheets.table("csv", ("Cuenta",), [(number,) for number in self.get_one(key).unbilled],
                            "Cuentas sin recibo", f"lote-{key}-sin-recibo", self.model)


class BatchRowView(PolicyView):
    """The report of a batch, row by row; narrowed by its batch, it is the batch's list of bills."""

    column_list = ("account", "bill", "eligible", "amount", "refusals", "left_out", "batch")
    column_default_sort = ("bill_id", False)
    filters_by = ("batch", "eligible", "amount", "account", "left_out")
    narrowed_by = ("batch",)
    record_template = "batch_row.html"
    creates_here = lists_related = findable = False
    when_empty = "Los renglones nacen cuando se calcula un lote."
    facts = (("Renglón", ("batch", "bill", "account", "eligible", "refusals", "left_out")),
             ("Cálculo", ("volume_before", "volume_after", "amount", "instalments", "inputs", "row_hash")))

    def cell(self, record: BatchRow, name: str) -> str:
        """The words of a cell; what was typed stands under its questions."""
        if name == "inputs":
            return "; ".join(f"{question}: {answer}" for question, answer in answered.in_words(
                [record.batch.procedure_version], record.inputs))
        return super().cell(record, name)

    def page_of(self, record: BatchRow) -> dict:
        """The context of the page of a row: its lines, and the correction that came of it."""
        return super().page_of(record) | {"lines": [line_words(line) for line in record.lines],
            "correction": db.session.scalar(select(Correction).where(Correction.batch_row_id == record.id))}


def captured(batch: CorrectionBatch) -> list[tuple[str, str]]:
    """(question, answer) of what was typed once for all its bills."""
    payments = [("Pagos de cada cargo", f"hasta {batch.instalments} parcialidades mensuales")]
    return [*answered.in_words([batch.procedure_version], batch.inputs), *(payments if batch.instalments > 1 else [])]


def figures_of(batch: CorrectionBatch) -> dict:
    """What was found of all its rows: sums in MXN, reasons, samples, and the hash that is signed."""
    loads = (joinedload(BatchRow.bill), joinedload(BatchRow.account))
    asked = [{"position": place.position, "role": place.role, "band": place.rule, "deputies": place.deputies or ()}
             for place in batch.places_now or asked_if_sent(batch)]
    drawn, dearest = (db.session.scalars(found(batch, SAMPLED).options(*loads)).all()
                      for found in (find.random_sample, find.largest_rows))
    return {
        "accumulated": accumulated.sentence(batch, [slot["role"] for slot in asked]),
        "refused": db.session.execute(find.refusals(batch)).all(),
        "by_class": db.session.execute(find.by_class(batch)).all(),
        "by_zone": db.session.execute(find.by_zone(batch)).all(),
        "drawn": drawn, "dearest": dearest, "changed": changed_rows(batch, [row.id for row in (*drawn, *dearest)]),
        "left_out": db.session.scalar(find.count_of(find.excluded_rows(batch))),
        "born": db.session.scalar(find.count_of(find.corrections_of(batch))),
        "asked": asked,
        "content_hash": content_hash(batch), "office": lambda role: Role(role).label,
        "canonical": signed_text(batch),
        "report": lambda **terms: url_for("batch_rows.index_view", batch=batch.id, **terms)}


def signatures(batch: CorrectionBatch) -> list[dict]:
    """Every signature that the present revision asks for, and those that the former ones got, in order."""
    return [place_facts(place, batch) for place in batch.places if place.signature or place.revision == batch.revision]


def line_words(line: dict) -> tuple[str, Decimal, Decimal, Decimal]:
    """(service, MXN before, MXN after, difference) of one line of a row, with tax."""
    before, after = (Decimal(line[f"amount_{when}"]) + Decimal(line[f"tax_{when}"]) for when in ("before", "after"))
    return Service(line["service"]).label, before, after, after - before


def annex_facts(record: CorrectionBatch) -> dict:
    """What the annex of a batch says: its figures, and its rows where paper can hold them."""
    rows = db.session.scalars(find.rows_of(record).order_by(BatchRow.bill_id).options(
        joinedload(BatchRow.bill), joinedload(BatchRow.account))).all() if record.bills <= PRINTED else []
    return batch_facts(record, figures_of(record) | {"captured": captured(record)}, signatures(record), rows)


declare_paper(Paper(
    CorrectionBatch, "batch.typ", name="anexo", label="Anexo en PDF", facts=annex_facts,
    called=lambda record: f"{record.folio or f'lote-{record.id}'}-anexo",
    hinders=lambda record: None if record.state in COMPUTED else (
        "El lote todavía no se calcula; el anexo existe cuando hay qué firmar.")))


def views() -> Iterator[PolicyView]:
    """The screens of the area."""
    yield CorrectionBatchView(CorrectionBatch, url="/lotes")
    yield BatchRowView(BatchRow, url="/renglones-de-lote")
