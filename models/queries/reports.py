"""The views that auditors and reporting tools read, with Spanish names and personal data masked: one SELECT each."""

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import aliased

from models.base.columns import Words
from models.base.people import Person
from models.base.signing import Signature, SignaturePlace
from models.base.trail import AuditEntry, SealedEntry
from models.billing import Bill, CreditNote, NoteForm
from models.corrections import Correction, CorrectionLine
from models.customers import Account
from models.fiscal import CancelReason, FiscalRecord, FiscalState, Instalment
from models.organization import Municipality, Neighborhood, SupplyZone
from models.procedures import AnomalyType, Procedure, ProcedureVersion


def accounts() -> Select:
    """Each account with what it owes, MXN."""
    balance = select(func.coalesce(func.sum(Bill.balance), 0).label("sum")).where(
        Bill.account_id == Account.id).lateral("owed").c.sum
    return select(
        Account.number.label("cuenta"), Account.holder_initials.label("titular_iniciales"),
        Account.tariff_class.label("uso"), Account.status.label("situacion"), Neighborhood.name.label("colonia"),
        Municipality.name.label("municipio"), SupplyZone.code.label("zona_abasto"),
        func.greatest(balance, 0).label("adeudo"), func.greatest(-balance, 0).label("saldo_a_favor")).where(
        Neighborhood.id == Account.neighborhood_id, Municipality.id == Neighborhood.municipality_id,
        SupplyZone.id == Account.supply_zone_id)


def bills() -> Select:
    """Each bill of each account."""
    return select(
        Bill.folio.label("recibo"), Account.number.label("cuenta"), Bill.period_start.label("periodo_desde"),
        Bill.period_end.label("periodo_hasta"), Bill.tariff_class.label("uso"), Bill.volume.label("consumo_m3"),
        Bill.total.label("total"), Bill.balance.label("saldo")).where(Account.id == Bill.account_id)


def corrections() -> Select:
    """Each correction, with the hash of its content as it stands."""
    undone = aliased(Correction)
    return select(
        Correction.folio.label("folio"), Account.number.label("cuenta"), Bill.folio.label("recibo"),
        AnomalyType.name.label("causa"), Procedure.name.label("procedimiento"),
        ProcedureVersion.number.label("procedimiento_version"), Correction.state.label("estado"),
        Correction.revision.label("revision"), Correction.volume_before.label("consumo_facturado_m3"),
        Correction.volume_after.label("consumo_corregido_m3"), Correction.amount.label("diferencia_mxn"),
        Person.name.label("elaboro"), Correction.drafted_at.label("elaborada"),
        Correction.submitted_at.label("enviada_a_firma"),
        func.console.content_hash("corrections", Correction.id).label("sha256_contenido"),
        undone.folio.label("reversa_de")).select_from(Correction).join(
        Account, Account.id == Correction.account_id).join(Bill, Bill.id == Correction.bill_id).join(
        AnomalyType, AnomalyType.id == Correction.anomaly_type_id).join(
        ProcedureVersion, ProcedureVersion.id == Correction.procedure_version_id).join(
        Procedure, Procedure.id == ProcedureVersion.procedure_id).join(
        Person, Person.id == Correction.drafted_by_id).outerjoin(undone, undone.id == Correction.reversal_of_id)


def correction_lines() -> Select:
    """What each correction changes in each service of its bill, MXN."""
    return select(
        Correction.folio.label("folio"), CorrectionLine.service.label("concepto"),
        CorrectionLine.amount_before.label("importe_facturado"), CorrectionLine.tax_before.label("iva_facturado"),
        CorrectionLine.amount_after.label("importe_corregido"), CorrectionLine.tax_after.label("iva_corregido")).where(
        Correction.id == CorrectionLine.correction_id)


def signatures() -> Select:
    """Each signature of a correction, over which hash, and in whose place."""
    absent = aliased(Person)
    return select(
        Correction.folio.label("folio"), Signature.revision.label("revision"),
        SignaturePlace.position.label("orden"), SignaturePlace.rule.label("regla"), Signature.role.label("cargo"),
        Person.name.label("firmo"), Signature.acting.label("encargado_de_despacho"), Signature.letter.label("oficio"),
        Signature.signed_at.label("firmada"), Signature.content_hash.label("sha256_firmado"),
        absent.name.label("por_ausencia_de"),
        case((Signature.role != SignaturePlace.role, SignaturePlace.role)).label("en_suplencia_de")).select_from(
        Signature).join(SignaturePlace, SignaturePlace.id == Signature.place_id).join(
        Correction, and_(Signature.subject == Correction.__tablename__, Correction.id == Signature.subject_id)).join(
        Person, Person.id == Signature.signer_id).outerjoin(absent, absent.id == Signature.absent_id)


def notes() -> Select:
    """Each note of a correction."""
    return select(
        CreditNote.folio.label("nota"), CreditNote.kind.label("tipo"), Correction.folio.label("correccion"),
        Bill.folio.label("recibo"), CreditNote.amount.label("importe"), CreditNote.issued_at.label("emitida"),
        in_words(CreditNote.form, NoteForm).label("documento"), Correction.instalments.label("parcialidades")).where(
        Correction.id == CreditNote.correction_id, Bill.id == CreditNote.bill_id)


def instalments() -> Select:
    """Each payment of a debit note, MXN."""
    return select(CreditNote.folio.label("nota"), Instalment.number.label("parcialidad"),
                  Instalment.due_on.label("vence"), Instalment.amount.label("importe")).where(
        CreditNote.id == Instalment.note_id)


def fiscal_records() -> Select:
    """The CFDI of each note and how far the cancellation of the original is."""
    return select(
        CreditNote.folio.label("nota"), FiscalRecord.original_uuid.label("folio_fiscal_original"),
        FiscalRecord.substitute_uuid.label("folio_fiscal_nuevo"),
        in_words(FiscalRecord.reason, CancelReason, "No se cancela").label("motivo"),
        in_words(FiscalRecord.state, FiscalState).label("estado"),
        FiscalRecord.needs_acceptance.label("pide_aceptacion"), FiscalRecord.opened_at.label("abierto")).where(
        CreditNote.id == FiscalRecord.note_id)


def trail() -> Select:
    """The trail, with the name of whoever wrote each entry and the number of its seal."""
    return select(
        AuditEntry.id.label("asiento"), AuditEntry.at.label("fecha"), Person.name.label("quien"),
        AuditEntry.role.label("cargo"), AuditEntry.act.label("acto"), AuditEntry.request_id.label("solicitud"),
        AuditEntry.db_user.label("usuario_bd"), AuditEntry.program.label("programa"),
        AuditEntry.table_name.label("tabla"), AuditEntry.row_id.label("registro"),
        AuditEntry.operation.label("operacion"), AuditEntry.old.label("antes"), AuditEntry.new.label("despues"),
        SealedEntry.number.label("sello")).select_from(AuditEntry).outerjoin(
        Person, Person.id == AuditEntry.actor_id).outerjoin(SealedEntry, SealedEntry.seq == AuditEntry.id)


def in_words(column: ColumnElement, vocabulary: type[Words], none: str | None = None) -> ColumnElement:
    """The Spanish word of each value of a vocabulary."""
    return case({word.value: word.label for word in vocabulary}, value=column, else_=none)
