"""Batches for systemic errors: one proposal over many bills, computed and applied by the worker,
signed once, each bill with its own correction, note and memoria."""

from sqlalchemy import ARRAY, BigInteger, Integer, and_, delete, select
from sqlalchemy.orm import object_session

from models.batches import BatchRow, CorrectionBatch
from models.batches import BatchState as B
from models.corrections import Correction, CorrectionLine
from models.procedures import ProcedureVersion
from models.queries import applying
from models.queries import batches as find
from models.queries.folios import next_folio
from models.queries.procedures import mending
from policies.batches import batching, computing
from policies.batches.applying import WRITTEN, apply_rows
from policies.batches.needs import AS_ITS_ROWS, FINISHED, RULED, STILL_UP_TO_DATE, UP_TO_DATE, of_batch
from policies.batches.signatures import BATCH, IN_PART, WORDS, applied_in_part
from policies.core.attaching import Words, attaching
from policies.core.guard import settle
from policies.core.imports import allow_long_statements
from policies.core.needs import Holds
from policies.core.offices import CASE_READERS, EVERYONE, NAME_READERS, SIGNERS, STAFF
from policies.core.refusals import refuses
from policies.core.rules import Actor, Rule, act, declare
from policies.core.signing_acts import signing
from policies.core.sql.arrivals import arriving
from policies.core.sql.functions import may_call
from policies.core.sql.readings import reading
from policies.corrections import drafting, instalments
from policies.corrections.cases import definition_of

TERMS = ("subject", "anomaly_type_id", "reason", "period_from", "period_to", "supply_zone_id", "route",
         "tariff_class", "accounts", "file_notes", "unbilled", "inputs")
FIGURES = ("bills", "proceeding", "amount", "done", "trouble")
RUN = ("run_by_id", "run_as", "trouble")
CHUNK = 2000            # bills in one transaction of the worker
SEEN = dict(view=CASE_READERS, export=CASE_READERS)

refuses(
    batch_applied_in_part=IN_PART,
    child_born_otherwise="Una corrección de un lote nace aplicada y en su primera revisión; nada se guardó.",
    batch_not_signed="Ese lote no se está aplicando con todas sus firmas; nada se guardó.",
    batch_of_another="Ese lote lo aplica otra persona; use «Reanudar» para continuarlo a su nombre.",
    child_not_its_row="Una corrección no es el renglón del lote que se firmó; nada se guardó.",
    child_line_not_its_row="Un renglón no es el que se firmó en el lote; nada se guardó.",
    child_incomplete="A una corrección del lote le falta su nota o algún renglón; nada se guardó.",
    bill_moved="Un recibo del lote cambió desde que se calculó; nada se guardó.")

declare(
    Rule(CorrectionBatch, **SEEN, personal_to=NAME_READERS, born=B.DRAFT, guarded=True, kept=True, once=("folio",),
         content=(*TERMS, "instalments", "procedure_version_id", "drafted_by_id"),
         edit_while=frozenset({B.DRAFT, B.COMPUTED}),
         begins=(Holds("Ese procedimiento no rige o no atiende esa causa; elija otro.", "procedure", mending(
             CorrectionBatch.procedure_version_id, CorrectionBatch.anomaly_type_id).exists(), code="AG008"),)),
    # Born while their batch is computed, gone when it is computed again; later they only say that they were left out.
    Rule(BatchRow, **SEEN, loads=True, guarded=True, once=("left_out",), begins=(of_batch(B.COMPUTING),),
         obeys=(of_batch(B.APPLYING),), ends=(of_batch(B.COMPUTING),)),
)
# PostgreSQL asks of every correction that is born of a batch, and of its lines, that they are what was signed.
arriving(Correction, "child_not_its_row", applying.SIGNED, which=lambda fresh: fresh.c.batch_row_id.is_not(None),
         expected=lambda fresh: applying.signed_rows(and_(
             BatchRow.id.in_(select(fresh.c.batch_row_id)), BatchRow.eligible, BatchRow.left_out.is_(None))))
arriving(CorrectionLine, "child_line_not_its_row", ("correction_id", "position", *applying.LINE),
         which=lambda fresh: fresh.c.correction_id.in_(
             select(Correction.id).where(Correction.batch_row_id.is_not(None))),
         expected=lambda fresh: applying.signed_lines(Correction.id.in_(select(fresh.c.correction_id))))
may_call("console.outdated_rows(integer, integer[])", "console.outdated_in(integer, boolean)", by=EVERYONE)
may_call("console.unfit_rows(integer, integer[])", "console.leave_out(integer[])", by=STAFF)
reading("batch_rows_hash", find.rows_hash, by=EVERYONE, batch=BigInteger)
reading("moved_rows", find.moved_rows, many=True, wanted=ARRAY(Integer))


@act("Preparar lote", ProcedureVersion, {}, by=STAFF, creates=(CorrectionBatch,), starts=True,
     asks=batching.ask_terms, hinders=batching.not_ruling)
def prepare_batch(version: ProcedureVersion, actor: Actor, **terms) -> CorrectionBatch:
    """Begin a batch: which bills it covers, by this procedure, and why. Nothing is computed yet."""
    session = object_session(version)
    batch = CorrectionBatch(procedure_version=version, drafted_by_id=actor.id,
                            **batching.understood(session, version, terms))
    batching.bounded(session, batch)
    batch.unbilled = batching.unbilled(session, batch)
    session.add(batch)
    settle(batch)
    return batch


@act("Cambiar los datos", CorrectionBatch, {B.DRAFT: {B.DRAFT}, B.COMPUTED: {B.DRAFT}}, by=STAFF,
     sets=TERMS, asks=batching.ask_changes)
def change_batch(batch: CorrectionBatch, actor: Actor, **terms) -> None:
    """Change which bills it covers or its words; what was computed no longer counts."""
    session = object_session(batch)
    for name, value in batching.understood(session, batch.procedure_version, terms).items():
        setattr(batch, name, value)
    batching.bounded(session, batch)
    batch.unbilled = batching.unbilled(session, batch)


@act("Calcular lote", CorrectionBatch, {B.DRAFT: {B.COMPUTING}, B.COMPUTED: {B.COMPUTING}}, by=STAFF,
     sets=("inputs", "instalments", "unbilled", *FIGURES, *RUN), asks=batching.ask_shared)
def compute_batch(batch: CorrectionBatch, actor: Actor, **inputs) -> None:
    """Keep the figures that all the bills share and begin the computation, which the worker does in the name of this
    person.
    """
    batch.instalments = instalments.offered(inputs.pop(instalments.ASKED, None))
    batch.inputs = drafting.kept_inputs(inputs)
    batch.unbilled = batching.unbilled(object_session(batch), batch)    # bills may have arrived meanwhile
    batch.bills = batch.proceeding = batch.amount = batch.done = 0
    runs(batch, actor)


def runs(batch: CorrectionBatch, actor: Actor) -> None:
    """Write in whose name the worker goes on with the batch."""
    batch.run_by_id, batch.run_as, batch.trouble = actor.id, actor.role, None


@act("Calcular una parte", CorrectionBatch, {B.COMPUTING: {B.COMPUTING, B.COMPUTED}}, by=STAFF, job=True,
     otherwise="stop_computing", needs=(AS_ITS_ROWS,), creates=(BatchRow,), removes=(BatchRow,), bulk=(BatchRow,),
     sets=FIGURES)
def compute_chunk(batch: CorrectionBatch, actor: Actor) -> B:
    """Compute the next bills in the order of their keys, after that of the last row written; returns the state."""
    session = object_session(batch)
    allow_long_statements(session)
    if not batch.bills:
        session.execute(delete(BatchRow).where(BatchRow.batch_id == batch.id))
        batch.bills = batching.bounded(session, batch)
        return B.COMPUTING
    bills = session.execute(find.following(batch, CHUNK)).all()
    if bills:
        definition = definition_of(batch.procedure_version)
        session.execute(computing.insert_rows(batch, computing.rows_for(session, batch, definition, bills)))
        batch.done += len(bills)
        return B.COMPUTING
    batch.bills, batch.proceeding, batch.amount = session.execute(find.totals(batch)).one()
    return B.COMPUTED


@act("Detener el cálculo", CorrectionBatch, {B.COMPUTING: {B.DRAFT}}, by=STAFF, sets=("trouble",),
     asks=batching.ask_why)
def stop_computing(batch: CorrectionBatch, actor: Actor, why: str) -> None:
    """End the computation; what was computed does not count, and it begins again when somebody asks."""
    batch.trouble = why


@act("Reanudar", CorrectionBatch, {B.COMPUTING: {B.COMPUTING}, B.APPLYING: {B.APPLYING}}, by=STAFF,
     sets=RUN, hinders=batching.already_theirs)
def resume_batch(batch: CorrectionBatch, actor: Actor) -> None:
    """Let the work go on, from where it was, in the name of this person."""
    runs(batch, actor)


attach_to_batch, detach_from_batch = attaching(
    CorrectionBatch, (B.DRAFT, B.COMPUTED), STAFF, drafting.asked_kinds,
    Words(("attach_to_batch", "Agregar documento"), ("detach_from_batch", "Quitar documento"),
          "El lote no tiene documentos que quitar.", "Ese documento ya no está en el lote; actualice la página."))


@act("Enviar a firma", CorrectionBatch, {B.COMPUTED: {B.SUBMITTED}}, by=STAFF, sets=("folio",),
     stamps=("submitted_at",), hinders=batching.not_ready, needs=(AS_ITS_ROWS, RULED, UP_TO_DATE))
def submit_batch(batch: CorrectionBatch, actor: Actor) -> None:
    """Freeze the batch and its rows, give it a folio, and ask for the signatures of the levels in force today."""
    session = object_session(batch)
    allow_long_statements(session)
    batching.refuse_stale(session, batch)
    batch.folio = batch.folio or session.scalar(next_folio("UAS-LOT"))


sign_batch, send_back_batch, reject_batch = signing(BATCH, SIGNERS, WORDS, returned=("submitted", "signed"),
                                                    hinders_back=applied_in_part)


@act("Aplicar lote", CorrectionBatch, {B.SIGNED: {B.APPLYING}}, by=STAFF, sets=("done", *RUN), grave=True,
     leads=True, needs=(STILL_UP_TO_DATE,))
def apply_batch(batch: CorrectionBatch, actor: Actor) -> None:
    """Begin to apply the batch, in the name of this person; what was applied before is not done again."""
    session = object_session(batch)
    batch.done = sum(session.scalar(find.count_of(rows)) for rows in (
        find.corrections_of(batch), find.excluded_rows(batch)))
    runs(batch, actor)


@act("Aplicar una parte", CorrectionBatch, {B.APPLYING: {B.APPLYING, B.APPLIED}}, by=STAFF, job=True,
     otherwise="stop_applying", needs=(FINISHED,), creates=WRITTEN, bulk=WRITTEN, writes=(BatchRow,),
     sets=("done", "trouble"))
def apply_chunk(batch: CorrectionBatch, actor: Actor) -> B:
    """Apply the next rows, each once, by statements for all of them; PostgreSQL checks each against what was signed.

    A bill that changed meanwhile is left out with its reason. Returns the state.
    """
    session = object_session(batch)
    allow_long_statements(session)
    rows = session.scalars(applying.unsettled(batch, CHUNK)).all()
    apply_rows(session, batch, rows)
    batch.done += len(rows)
    return B.APPLYING if len(rows) == CHUNK else B.APPLIED


@act("Detener la aplicación", CorrectionBatch, {B.APPLYING: {B.SIGNED}}, by=STAFF, sets=("trouble",),
     asks=batching.ask_why)
def stop_applying(batch: CorrectionBatch, actor: Actor, why: str) -> None:
    """Stop; what was applied stays, and «Aplicar lote» goes on with the rest."""
    batch.trouble = why


@act("Retirar lote", CorrectionBatch, {B.DRAFT: {B.WITHDRAWN}, B.COMPUTED: {B.WITHDRAWN}}, by=STAFF, grave=True)
def withdraw_batch(batch: CorrectionBatch, actor: Actor) -> None:
    """Withdraw a batch that nobody will send; it stays on file."""
