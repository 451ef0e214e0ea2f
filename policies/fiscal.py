"""What follows a note: its CFDI, registered step by step by staff, and its instalments.

The stamping system stamps and cancels; the console says what and why, and keeps what came back. The
order is the tax authority's (models/fiscal.py), refused by PostgreSQL to any program.
"""

import re

from sqlalchemy import Integer, or_
from sqlalchemy.orm import aliased

from models.billing import CreditNote
from models.fiscal import ACCEPTANCE_OVER, BARE, CancelReason, FiscalRecord, Instalment
from models.fiscal import FiscalState as F
from models.queries import fiscal as find
from models.queries import reports as shown
from policies.core.beside import Beside, beside
from policies.core.needs import Filled, Holds
from policies.core.offices import CASE_READERS, EVERYONE, STAFF
from policies.core.refusals import refuses
from policies.core.rules import Actor, Ask, Broken, Rule, act, declare
from policies.core.sql.readings import reading
from policies.core.sql.reports import reports

SEEN = dict(view=CASE_READERS, export=CASE_READERS)
UUID = re.compile(r"([0-9A-F]{8})([0-9A-F]{4})([0-9A-F]{4})([0-9A-F]{4})([0-9A-F]{12})")
WHY_BARE = {CancelReason.WITHOUT_SUBSTITUTE: "El recibo tenía errores y ninguno lo sustituye (02)",
            CancelReason.NOT_CARRIED_OUT: "No hubo servicio que cobrar (03)"}
ORDER = "AG024"      # a step before its turn

refuses(
    cfdi_of_another="Ese folio fiscal es de otro documento; revíselo en el acuse del timbrado.",
    instalments_not_signed="Las parcialidades no suman exactamente la nota que se firmó; nada se guardó.")

declare(
    Rule(FiscalRecord, **SEEN, born=F.PENDING, guarded=True, kept=True, derives=("reason",)),
    Rule(Instalment, **SEEN, grows=True),
)
reading("note_form", find.note_form, by=EVERYONE, bill=Integer)
reading("standing_cfdi", find.standing_cfdi, bill=Integer)
reports(parcialidades=shown.instalments(), comprobantes_fiscales=shown.fiscal_records())
beside(Beside(CreditNote, Instalment), Beside(CreditNote, FiscalRecord))


def tidied(typed: str) -> str:
    """A fiscal folio as the tax authority writes it, in capitals with hyphens, however it was typed; raises Broken."""
    found = UUID.fullmatch(re.sub(r"[\s\-‐-―{}]", "", typed).upper())
    if found is None:
        raise Broken("El folio fiscal tiene 32 cifras hexadecimales (0 a 9 y A a F), como "
                     "1B2C3D4E-0000-4000-8000-1234567890AB; cópielo del acuse del timbrado.")
    return "-".join(found.groups())


def ask_uuid(record: FiscalRecord, actor: Actor) -> tuple[Ask, ...]:
    """The question of the fiscal folio."""
    return (Ask("uuid", "Folio fiscal del comprobante timbrado", help="El UUID del acuse, 36 caracteres con "
                "guiones; da igual con mayúsculas o minúsculas."),)


# Of a note: the corrected bills of the same bill that were made before it.
NOTE = aliased(CreditNote)
EARLIER = find.earlier_unstamped(NOTE).where(NOTE.id == FiscalRecord.note_id)
STAMPED = (
    Holds("El recibo corregido no deja nada por cobrar: no lleva comprobante que lo sustituya.", "left_to_charge",
          or_(FiscalRecord.reason.is_(None), FiscalRecord.reason == CancelReason.WITH_SUBSTITUTE), code=ORDER),
    Holds("Este recibo se corrigió antes y aquel comprobante aún no se registra; regístrelo primero.", "earlier",
          ~EARLIER.exists(), code=ORDER),
    Filled("Escriba el folio fiscal del comprobante que se timbró.", column="substitute_uuid", code=ORDER))


@act("Registrar comprobante sustituto", FiscalRecord, {F.PENDING: {F.SUBSTITUTED}}, by=STAFF,
     sets=("substitute_uuid",), asks=ask_uuid, needs=STAMPED)
def register_substitute(record: FiscalRecord, actor: Actor, uuid: str) -> None:
    """Keep the fiscal folio of the CFDI that the stamping system gave to the note or to the corrected bill; raises
    Broken.
    """
    record.substitute_uuid = tidied(uuid)
    if record.substitute_uuid == record.original_uuid:
        raise Broken("Ese es el folio fiscal del comprobante original; escriba el del que se timbró en su lugar.")


def ask_reason(record: FiscalRecord, actor: Actor) -> tuple[Ask, ...]:
    """The question of which reason, 02 or 03, it is; none once it was asked of the receiver, because that stays."""
    if record.reason not in BARE or record.state == F.REFUSED:
        return ()
    return (Ask("reason", "Motivo de cancelación", "choice", value=record.reason.value,
                choices=tuple((reason.value, WHY_BARE[reason]) for reason in BARE)),)


# Substitute first, then cancel (CFF 29-A; reason 01).
TO_CANCEL = (
    Filled("El recibo no tenía comprobante fiscal; no hay original que cancelar.", column="original_uuid", code=ORDER),
    Holds("El comprobante original sigue vigente: la nota se relaciona con él y no lo cancela.", "reason",
          FiscalRecord.reason.in_((CancelReason.WITH_SUBSTITUTE, *BARE)), code=ORDER),
    Holds("Primero registre el comprobante sustituto; después se pide cancelar el original.", "substitute",
          or_(FiscalRecord.reason.in_(BARE), FiscalRecord.substitute_uuid.is_not(None)), code=ORDER))


@act("Pedir cancelación", FiscalRecord, {F.PENDING: {F.REQUESTED}, F.SUBSTITUTED: {F.REQUESTED},
                                         F.REFUSED: {F.REQUESTED}}, by=STAFF,
     sets=("reason",), asks=ask_reason, needs=TO_CANCEL, grave=True, leads=True)
def request_cancellation(record: FiscalRecord, actor: Actor, reason: str | None = None) -> None:
    """Note that the cancellation of the original was asked for, and by which of 02 and 03 where a person says it."""
    if reason is not None:
        record.reason = CancelReason(reason)


ACCEPTABLE = (Holds(f"El original es de {ACCEPTANCE_OVER:,} MXN o menos y se cancela sin aceptación del receptor.",
                    "acceptance", FiscalRecord.needs_acceptance, code=ORDER),)


@act("Registrar aceptación", FiscalRecord, {F.REQUESTED: {F.ACCEPTED}}, by=STAFF, needs=ACCEPTABLE)
def register_acceptance(record: FiscalRecord, actor: Actor) -> None:
    """Note that the receiver accepted, or let the three working days of the rule pass, which is the same (RMF
    2.7.1.34).
    """


@act("Registrar rechazo", FiscalRecord, {F.REQUESTED: {F.REFUSED}}, by=STAFF, needs=ACCEPTABLE)
def register_refusal(record: FiscalRecord, actor: Actor) -> None:
    """Note that the receiver refused: the original stands until its cancellation is asked for again and accepted."""


ACCEPTED = (Holds(f"El original pasa de {ACCEPTANCE_OVER:,} MXN: registre antes la aceptación del receptor (también "
                  "la hay cuando no contesta en tres días hábiles).", "accepted", ~FiscalRecord.needs_acceptance,
                  leaving=frozenset({F.REQUESTED}), code=ORDER),)


@act("Registrar cancelación", FiscalRecord, {F.REQUESTED: {F.CANCELLED}, F.ACCEPTED: {F.CANCELLED}}, by=STAFF,
     needs=ACCEPTED, grave=True, leads=True)
def register_cancellation(record: FiscalRecord, actor: Actor) -> None:
    """Note that the tax authority's receipt says that the original is cancelled."""
