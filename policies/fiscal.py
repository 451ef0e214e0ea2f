"""What follows a note: its CFDI, registered step by step by staff, and its instalments.

The stamping system stamps and cancels; the console says what and why, and keeps what came back. The
order is the tax authority's (models/fiscal.py), refused by PostgreSQL to any program.
"""

import re

from sqlalchemy.orm import object_session

from models.fiscal import ACCEPTANCE_OVER, CancelReason, FiscalRecord, Instalment
from models.fiscal import FiscalState as F
from models.queries import fiscal as find
from models.queries import reports as shown
from policies.core.offices import CORRECTION_READERS, EVERYONE, STAFF
from policies.core.refusals import refuses
from policies.core.rules import Ask, Broken, Rule, act, declare
from policies.core.sql.functions import may_call
from policies.core.sql.reports import reports

SEEN = dict(view=CORRECTION_READERS, export=CORRECTION_READERS)
UUID = re.compile(r"([0-9A-F]{8})([0-9A-F]{4})([0-9A-F]{4})([0-9A-F]{4})([0-9A-F]{12})")
BARE = (CancelReason.WITHOUT_SUBSTITUTE, CancelReason.NOT_CARRIED_OUT)   # cancelled with nothing in its place
WHY_BARE = {CancelReason.WITHOUT_SUBSTITUTE: "El recibo tenía errores y ninguno lo sustituye (02)",
            CancelReason.NOT_CARRIED_OUT: "No hubo servicio que cobrar (03)"}

refuses(
    fiscal_record_kept="El registro fiscal no se borra; siga los pasos de su cancelación.",
    fiscal_record_as_opened="Lo que dice el registro fiscal ya no se cambia; actualice la página y revise qué paso "
                            "sigue.",
    earlier_bill_unstamped="Este recibo se corrigió antes y aquel comprobante aún no se registra; regístrelo primero.",
    fiscal_step_not_ready="Primero se timbra el comprobante que sustituye, después se pide la cancelación y, si el "
                          "original pasa de 1,000 MXN, se espera la aceptación; actualice la página.",
    cfdi_of_another="Ese folio fiscal es de otro documento; revíselo en el acuse del timbrado.",
    instalments_not_signed="Las parcialidades no suman exactamente la nota que se firmó; nada se guardó.")

declare(
    Rule(FiscalRecord, **SEEN, born=F.PENDING),
    Rule(Instalment, **SEEN, grows=True),
)
may_call("console.note_form(integer)", by=EVERYONE)
reports(parcialidades=shown.instalments(), comprobantes_fiscales=shown.fiscal_records())


def tidied(typed):
    """A fiscal folio as the tax authority writes it: capitals and hyphens, whatever way it was typed."""
    found = UUID.fullmatch(re.sub(r"[\s\-‐-―{}]", "", typed).upper())
    if found is None:
        raise Broken("El folio fiscal tiene 32 cifras hexadecimales (0 a 9 y A a F), como "
                     "1B2C3D4E-0000-4000-8000-1234567890AB; cópielo del acuse del timbrado.")
    return "-".join(found.groups())


def ask_uuid(record, actor):
    return (Ask("uuid", "Folio fiscal del comprobante timbrado", help="El UUID del acuse, 36 caracteres con "
                "guiones; da igual con mayúsculas o minúsculas."),)


def not_stamped(record, actor):
    """Why no CFDI is registered here, or None."""
    if record.reason in BARE:
        return "El recibo corregido no deja nada por cobrar: no lleva comprobante que lo sustituya."
    if object_session(record).scalar(find.earlier_unstamped(record.note).limit(1)):
        return "Este recibo se corrigió antes y aquel comprobante aún no se registra; regístrelo primero."
    return None


@act("Registrar comprobante sustituto", FiscalRecord, {F.PENDING: {F.SUBSTITUTED}}, by=STAFF,
     sets=("substitute_uuid",), asks=ask_uuid, hinders=not_stamped)
def register_substitute(record, actor, uuid):
    """The CFDI that the stamping system gave to the note or to the corrected bill."""
    record.substitute_uuid = tidied(uuid)
    if record.substitute_uuid == record.original_uuid:
        raise Broken("Ese es el folio fiscal del comprobante original; escriba el del que se timbró en su lugar.")


def ask_reason(record, actor):
    """Which of 02 and 03 it is, said once: what was asked of the receiver stays when it is asked again."""
    if record.reason not in BARE or record.state == F.REFUSED:
        return ()
    return (Ask("reason", "Motivo de cancelación", "choice", value=record.reason.value,
                choices=tuple((reason.value, WHY_BARE[reason]) for reason in BARE)),)


def not_to_cancel(record, actor):
    """Why the cancellation is not asked for now, or None: substitute first (CFF 29-A; reason 01)."""
    if record.original_uuid is None:
        return "El recibo no tenía comprobante fiscal; no hay original que cancelar."
    if record.reason is None:
        return "El comprobante original sigue vigente: la nota se relaciona con él y no lo cancela."
    if record.reason == CancelReason.WITH_SUBSTITUTE and record.state == F.PENDING:
        return "Primero registre el comprobante sustituto; después se pide cancelar el original."
    return None


@act("Pedir cancelación", FiscalRecord, {F.PENDING: {F.REQUESTED}, F.SUBSTITUTED: {F.REQUESTED},
                                         F.REFUSED: {F.REQUESTED}}, by=STAFF,
     sets=("reason",), asks=ask_reason, hinders=not_to_cancel, grave=True)
def request_cancellation(record, actor, reason=None):
    """The cancellation of the original was asked for; a person says which of 02 and 03 it is."""
    if reason is not None:
        record.reason = CancelReason(reason)


def not_to_accept(record, actor):
    if not record.needs_acceptance:
        return f"El original es de {ACCEPTANCE_OVER:,} MXN o menos y se cancela sin aceptación del receptor."
    return None


@act("Registrar aceptación", FiscalRecord, {F.REQUESTED: {F.ACCEPTED}}, by=STAFF, hinders=not_to_accept)
def register_acceptance(record, actor):
    """The receiver accepted, or let the three working days of the rule pass, which is the same (RMF 2.7.1.34)."""


@act("Registrar rechazo", FiscalRecord, {F.REQUESTED: {F.REFUSED}}, by=STAFF, hinders=not_to_accept)
def register_refusal(record, actor):
    """The receiver refused: the original stands until the cancellation is asked for again and accepted."""


def not_cancelled_yet(record, actor):
    if record.needs_acceptance and record.state == F.REQUESTED:
        return (f"El original pasa de {ACCEPTANCE_OVER:,} MXN: registre antes la aceptación del receptor (también "
                "la hay cuando no contesta en tres días hábiles).")
    return None


@act("Registrar cancelación", FiscalRecord, {F.REQUESTED: {F.CANCELLED}, F.ACCEPTED: {F.CANCELLED}}, by=STAFF,
     hinders=not_cancelled_yet, grave=True)
def register_cancellation(record, actor):
    """The tax authority's receipt says that the original is cancelled."""
