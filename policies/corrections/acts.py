"""The billing correction (article 58, II): drafted, proven, sent to be signed, applied."""

from sqlalchemy import ARRAY, BigInteger, Date, DateTime, Integer, Text, and_, select, true
from sqlalchemy.orm import object_session

from models.billing import Bill, CreditNote, CreditNoteLine, NoteKind
from models.corrections import Correction, CorrectionLine
from models.corrections import CorrectionState as S
from models.customers import Account
from models.notices import Notice
from models.queries import billing as bills
from models.queries import corrections as find
from models.queries import gathering, trays
from models.queries.accumulated import standing_money
from models.queries.applying import NOTE_LINE, signed_note_lines
from models.queries.folios import next_folio
from policies.core.attaching import Words, attaching
from policies.core.beside import Beside, beside
from policies.core.guard import settle
from policies.core.letters import Letter, leaves
from policies.core.offices import CASE_READERS, EVERYONE, NAME_READERS, STAFF
from policies.core.refusals import refuses
from policies.core.rules import Actor, Rule, act, declare
from policies.core.sql.arrivals import arriving
from policies.core.sql.functions import PUBLIC, may_call
from policies.core.sql.readings import reading
from policies.corrections import applying, drafting, instalments, limits, proposals
from policies.corrections.beginning import BEGINS, OBEYS
from policies.notices import APPLIED, FIELDS

CONTENT = ("bill_id", "account_id", "anomaly_type_id", "procedure_version_id", "reversal_of_id",
           "folio", "reason", "inputs", "eligible", "refusals", "volume_before", "volume_after",
           "amount", "memoria", "effects", "sources", "instalments", "instalments_most", "drafted_by_id",
           "verification_code")
FIGURES = ("eligible", "refusals", "volume_before", "volume_after", "amount", "memoria", "effects",
           "sources", "instalments", "instalments_most")
LINE = ("position", "amount_before", "tax_before", "amount_after", "tax_percent_after",
        "tax_after")
SEEN = dict(view=CASE_READERS, export=CASE_READERS)

refuses(
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
    Rule(Correction, **SEEN, personal_to=NAME_READERS, content=CONTENT, edit_while=frozenset({S.DRAFT}), born=S.DRAFT,
         guarded=True, kept=True, once=("folio",), begins=BEGINS, obeys=OBEYS,
         arrives=and_(Correction.batch_row_id.is_not(None), Correction.state == S.APPLIED)),
    Rule(CorrectionLine, **SEEN, part_of=("correction_id", Correction)),
)
arriving(CreditNoteLine, "note_line_not_signed", NOTE_LINE, which=lambda fresh: true(),
         expected=lambda fresh: signed_note_lines(CreditNote.id.in_(select(fresh.c.credit_note_id))))
may_call("console.accumulated(bigint, bigint)", "console.broken_limits(bigint)", "console.changed_sources(bigint)",
         by=EVERYONE)
may_call("console.sources(integer[], integer, integer)", by=STAFF)
reading("out_of_bounds", bills.out_of_bounds, by=EVERYONE, bill=Integer)
reading("holds", bills.holds, bill=Integer)
reading("standing_money", standing_money, wanted=ARRAY(Integer), since=Date)
reading("standing_lines", gathering.standing_lines, bills=ARRAY(Integer))
reading("agrees_with_bill", gathering.agrees_with_bill, by=CASE_READERS, correction=BigInteger)
reading("decisions_since", trays.decisions_since, by=CASE_READERS, since=DateTime(timezone=True), most=Integer)
reading("verify_code", find.verify_code, by=(PUBLIC,), code=Text)
beside(Beside(Account, Correction, told=True), Beside(Bill, Correction))


@act("Iniciar corrección", Bill, {}, by=STAFF, creates=(Correction, CorrectionLine), starts=True,
     touches={Correction: FIGURES}, asks=drafting.ask_cause, hinders=drafting.bill_is_taken)
def start_correction(bill: Bill, actor: Actor, way: str, reason: str) -> Correction:
    """Begin the correction of a bill, with the version of the procedure that ruled on its last day."""
    cause, version = drafting.chosen_way(bill, way)
    correction = Correction(bill=bill, account_id=bill.account_id, anomaly_type_id=cause.id,
                            procedure_version=version, drafted_by_id=actor.id, reason=reason)
    object_session(bill).add(correction)
    settle(correction)
    proposals.recompute(correction)
    return correction


@act("Iniciar reversa", Correction, {}, by=STAFF, creates=(Correction, CorrectionLine),
     starts=True, touches={Correction: FIGURES}, asks=drafting.ask_reversal,
     hinders=drafting.cannot_reverse)
def start_reversal(applied: Correction, actor: Actor, reason: str) -> Correction:
    """Begin a correction that takes the bill from after back to before the one that is undone; it is signed and applied
    like any other.
    """
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
def calculate(correction: Correction, actor: Actor, reason: str, **inputs) -> None:
    """Keep what the procedure asks of a person, and write what the engine proposes before and after."""
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
def submit(correction: Correction, actor: Actor) -> None:
    """Freeze the content, so that signers read what was written, and give it a folio; PostgreSQL writes who must sign.
    """
    if correction.folio is None:
        correction.folio = object_session(correction).scalar(next_folio("UAS-COR"))


@act("Retirar borrador", Correction, {S.DRAFT: {S.WITHDRAWN}}, by=STAFF, grave=True,
     together=True)
def withdraw(correction: Correction, actor: Actor) -> None:
    """Withdraw a draft that nobody will send; it stays on file and its bill may have another."""


def kind_of_note(correction: Correction) -> NoteKind:
    """Whether its note is a credit for the user or a debit."""
    return NoteKind.CREDIT if correction.amount < 0 else NoteKind.DEBIT


@act("Aplicar", Correction, {S.SIGNED: {S.APPLIED}}, by=STAFF, creates=applying.WRITES, bulk=applying.WRITES,
     touches={Correction: ("reversed_by_id",)}, hinders=limits.not_applicable, grave=True, leads=True,
     together=True)
def apply(correction: Correction, actor: Actor) -> None:
    """Write its note with its lines, once; the balance of the bill follows it, and its letter is drafted.

    PostgreSQL says the form of the note (a bill of which nothing was paid is corrected, another keeps its CFDI) and
    opens its fiscal record.
    """
    session = object_session(correction)
    applying.write(session, Correction.id == correction.id, correction.procedure_version)
    session.refresh(correction.bill)
    if correction.reversal_of is not None:
        correction.reversal_of.reversed_by_id = correction.id
    settle(correction)


leaves(Letter(APPLIED, on=apply, kept_in=Notice, fields=FIELDS, to=("account_id",)))
