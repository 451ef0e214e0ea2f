"""The billing correction (article 58, II): drafted, proven, sent to be signed, applied."""

from sqlalchemy import ARRAY, BigInteger, DateTime, Integer, Text, and_
from sqlalchemy.orm import object_session

from models.base.attachments import Attachment
from models.base.documents import Document
from models.billing import Bill, NoteKind
from models.corrections import Correction, CorrectionLine
from models.corrections import CorrectionState as S
from models.customers import Account
from models.notices import Notice
from models.queries import billing as bills
from models.queries import corrections as find
from models.queries import gathering, trays
from models.queries.folios import next_folio
from policies.core.attaching import Words, attaching
from policies.core.beside import Beside, beside
from policies.core.guard import settle
from policies.core.letters import Letter, leaves
from policies.core.offices import CORRECTION_READERS, EVERYONE, NAME_READERS, STAFF
from policies.core.refusals import refuses
from policies.core.rules import Rule, act, declare
from policies.core.sql.functions import PUBLIC, may_call
from policies.core.sql.readings import reading
from policies.corrections import applying, drafting, instalments, limits, proposals
from policies.corrections.beginning import BEGINS
from policies.notices import APPLIED, FIELDS

CONTENT = ("bill_id", "account_id", "anomaly_type_id", "procedure_version_id", "reversal_of_id",
           "folio", "reason", "inputs", "eligible", "refusals", "volume_before", "volume_after",
           "amount", "memoria", "effects", "sources", "instalments", "instalments_most", "drafted_by_id",
           "verification_code")
FIGURES = ("eligible", "refusals", "volume_before", "volume_after", "amount", "memoria", "effects",
           "sources", "instalments", "instalments_most")
LINE = ("position", "amount_before", "tax_before", "amount_after", "tax_percent_after",
        "tax_after")
SEEN = dict(view=CORRECTION_READERS, export=CORRECTION_READERS)

refuses(
    undone_by_another="Una corrección la deja sin efecto solo su propia reversa firmada.",
    correction_not_its_lines="Los importes no corresponden a los renglones del recibo; calcule de nuevo y envíe.",
    reversal_goes_elsewhere="La reversa no vuelve a los importes anteriores; calcule de nuevo y envíe.",
    applied_without_note="Una corrección se aplica con su nota; nada se guardó.",
    reversal_applied_apart="Una corrección y su reversa se aplican juntas; nada se guardó.",
    note_over_unsigned="La nota se emite sobre una corrección con todas sus firmas; nada se guardó.",
    note_not_signed="La nota no es la que se firmó o el recibo cambió; nada se guardó.",
    note_line_not_signed="Un renglón de la nota no es el que se firmó; nada se guardó.",
    frequency_passed="El procedimiento no admite otra corrección de esta cuenta dentro de ese plazo; nada se guardó.",
    line_against="Un renglón se mueve en sentido contrario al de la corrección; corríjalo aparte, con otro "
                 "procedimiento.",
    period_not_corrected=limits.OUT_OF_BOUNDS,
    note_incomplete="La nota no tiene todos los renglones que se firmaron; nada se guardó.")

declare(
    Rule(Correction, **SEEN, content=CONTENT, edit_while=frozenset({S.DRAFT}), born=S.DRAFT, guarded=True, kept=True,
         once=("folio",), begins=BEGINS,
         arrives=and_(Correction.batch_row_id.is_not(None), Correction.state == S.APPLIED)),
    Rule(CorrectionLine, **SEEN, part_of=("correction_id", Correction)),
    Rule(Attachment, **SEEN, personal_to=NAME_READERS),
    Rule(Document, view=CORRECTION_READERS, grows=True),
)
may_call("console.accumulated(bigint, bigint)", "console.broken_limits(bigint)", "console.changed_sources(bigint)",
         by=EVERYONE)
may_call("console.sources(integer[], integer, integer)", by=STAFF)
reading("out_of_bounds", bills.out_of_bounds, by=EVERYONE, bill=Integer)
reading("holds", bills.holds, bill=Integer)
reading("standing_lines", gathering.standing_lines, bills=ARRAY(Integer))
reading("agrees_with_bill", gathering.agrees_with_bill, by=CORRECTION_READERS, correction=BigInteger)
reading("decisions_since", trays.decisions_since, by=CORRECTION_READERS, since=DateTime(timezone=True), most=Integer)
reading("verify_code", find.verify_code, by=(PUBLIC,), code=Text)
beside(Beside(Account, Correction, told=True), Beside(Bill, Correction))


@act("Iniciar corrección", Bill, {}, by=STAFF, creates=(Correction, CorrectionLine), starts=True,
     touches={Correction: FIGURES}, asks=drafting.ask_cause, hinders=drafting.bill_is_taken)
def start_correction(bill, actor, way, reason):
    """A draft is born from a bill, with the procedure version of its last day frozen on it."""
    cause, version = drafting.chosen(bill, way)
    correction = Correction(bill=bill, account_id=bill.account_id, anomaly_type_id=cause.id,
                            procedure_version=version, drafted_by_id=actor.id, reason=reason)
    object_session(bill).add(correction)
    settle(correction)
    proposals.recompute(correction)
    return correction


@act("Iniciar reversa", Correction, {}, by=STAFF, creates=(Correction, CorrectionLine),
     starts=True, touches={Correction: FIGURES}, asks=drafting.ask_reversal,
     hinders=drafting.cannot_reverse)
def start_reversal(applied, actor, reason):
    """Undo is a new document: the same bill, from after back to before, by the same path."""
    reversal = Correction(bill=applied.bill, account_id=applied.account_id,
                          anomaly_type_id=applied.anomaly_type_id,
                          procedure_version_id=applied.procedure_version_id,
                          drafted_by_id=actor.id, reason=reason, reversal_of_id=applied.id)
    object_session(applied).add(reversal)
    settle(reversal)
    proposals.recompute(reversal)
    return reversal


@act("Capturar datos y calcular", Correction, {S.DRAFT: {S.DRAFT}}, by=STAFF,
     creates=(CorrectionLine,), removes=(CorrectionLine,), touches={CorrectionLine: LINE},
     sets=("inputs", "reason", *FIGURES), asks=drafting.ask_inputs)
def calculate(correction, actor, reason, **inputs):
    """The engine proposes before and after; a person types only what the procedure asks."""
    chosen = inputs.pop(instalments.ASKED, None)
    correction.reason, correction.inputs = reason, drafting.kept_inputs(inputs)
    proposals.recompute(correction)
    correction.instalments = instalments.admitted(correction, chosen)


attach, detach = attaching(
    Correction, (S.DRAFT,), STAFF, drafting.asked_kinds,
    Words(("attach", "Agregar evidencia"), ("detach", "Quitar evidencia"), "El borrador no tiene evidencia que quitar.",
          "Ese documento ya no está en el borrador; actualice la página."))


@act("Enviar a firma", Correction, {S.DRAFT: {S.SUBMITTED}}, by=STAFF, sets=("folio",), stamps=("submitted_at",),
     hinders=drafting.not_ready, together=True)
def submit(correction, actor):
    """From here on the content is frozen, so signers read what was written; PostgreSQL writes who signs it."""
    if correction.folio is None:
        correction.folio = object_session(correction).scalar(next_folio("UAS-COR"))


@act("Retirar borrador", Correction, {S.DRAFT: {S.WITHDRAWN}}, by=STAFF, grave=True,
     together=True)
def withdraw(correction, actor):
    """A draft that nobody will send; it stays on file and frees the bill."""


def kind_of_note(correction):
    """What applying it writes: a credit for the user, or a debit."""
    return NoteKind.CREDIT if correction.amount < 0 else NoteKind.DEBIT


@act("Aplicar", Correction, {S.SIGNED: {S.APPLIED}}, by=STAFF, creates=applying.WRITES, bulk=applying.WRITES,
     touches={Correction: ("reversed_by_id",)}, hinders=limits.not_applicable, grave=True, together=True)
def apply(correction, actor):
    """One note with its lines, once; the bill's balance follows it, and the letter waits.

    PostgreSQL says its form (a bill of which nothing was paid is corrected, another keeps its CFDI) and
    opens its fiscal record.
    """
    session = object_session(correction)
    applying.write(session, Correction.id == correction.id, correction.procedure_version)
    session.refresh(correction.bill)
    if correction.reversal_of is not None:
        correction.reversal_of.reversed_by_id = correction.id
    settle(correction)


leaves(Letter(APPLIED, on=apply, kept_in=Notice, fields=FIELDS, to=("account_id",)))
