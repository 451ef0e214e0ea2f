"""What a batch asks of a person, and what still keeps it from going on."""

from sqlalchemy.orm import Session, object_session

from models.batches import MOST_BILLS, CorrectionBatch
from models.customers import TariffClass
from models.organization import SupplyZone
from models.procedures import RULING, ProcedureVersion
from models.queries import batches as find
from models.queries.billing import causes
from policies.batches.files import accounts_of
from policies.core.rules import Actor, Ask, Broken
from policies.core.signing_acts import asked_if_sent
from policies.corrections import instalments
from policies.corrections.cases import definition_of
from policies.corrections.drafting import NO_BAND, captured_by_people, input_asks
from policies.procedures.evidence import missing_evidence

LONGEST_PERIOD = 366    # days


# ---- which bills

def not_ruling(version: ProcedureVersion, actor: Actor) -> str | None:
    """Why no batch begins with this version, or None."""
    if version.state not in RULING:
        return "Esta versión del procedimiento no está autorizada; un lote usa una que rija o haya regido."
    return None


def ask_terms(version: ProcedureVersion, actor: Actor, kept: CorrectionBatch | None = None) -> tuple[Ask, ...]:
    """The questions that say which bills a batch covers; `kept` is the batch whose answers are already there."""
    listed = tuple((str(cause.id), cause.name) for cause in object_session(version).scalars(causes())
                   if cause.code in version.anomaly_codes)
    uses = tuple((use.value, use.label) for use in TariffClass)

    def was(name):
        return getattr(kept, name, None)
    return (
        Ask("subject", "Asunto", value=was("subject"), help="Como lo llamará quien firma: «Sin servicio en el "
            "Sector Abastos, marzo»."),
        Ask("anomaly_type", "Causa", "choice", choices=listed, value=kept and str(kept.anomaly_type_id)),
        Ask("reason", "Motivo", "long_text", value=was("reason"),
            help="Qué pasó, cómo se supo y a quién alcanzó; lo leerán quienes firman."),
        Ask("period_from", "Recibos que terminan desde", "day", value=was("period_from")),
        Ask("period_to", "Recibos que terminan hasta", "day", value=was("period_to"),
            help="Un año como máximo. Rige la versión vigente el último día de cada recibo."),
        Ask("supply_zone", "Zona de abasto", "record", required=False, target=SupplyZone,
            value=was("supply_zone_id"), help="Sin zona ni ruta ni archivo, el lote abarca todas las cuentas."),
        Ask("route", "Ruta", required=False, value=was("route")),
        Ask("tariff_class", "Uso", "choice", required=False, choices=uses, value=kept and kept.tariff_class
            and kept.tariff_class.value),
        Ask("file", "Archivo de cuentas", "sheet", required=False, most=MOST_BILLS,
            help=file_help(version, kept)))


def file_help(version: ProcedureVersion, kept: CorrectionBatch | None) -> str:
    """The help beside the file: the headings of the columns that are read."""
    columns = ["Cuenta", *(field.label for field in captured_by_people(definition_of(version)))]
    words = f"CSV o Excel (.xlsx), opcional. Columnas que se usan: {', '.join(f'«{name}»' for name in columns)}."
    return words if kept is None else f"{words} Sin archivo nuevo, el lote deja de tener cuentas de archivo."


def ask_changes(batch: CorrectionBatch, actor: Actor) -> tuple[Ask, ...]:
    """The questions of ask_terms() with the answers of this batch."""
    return ask_terms(batch.procedure_version, actor, batch)


def understood(session: Session, version: ProcedureVersion, terms: dict) -> dict:
    """The columns of a batch from what was typed; raises Broken, which says what is wrong."""
    start, end, file = terms["period_from"], terms["period_to"], terms.get("file")
    if end < start:
        raise Broken("El periodo termina antes de empezar; corrija las fechas.")
    if (end - start).days > LONGEST_PERIOD:
        raise Broken("El periodo pasa de un año; acote las fechas o prepare varios lotes.")
    accounts, notes = accounts_of(session, definition_of(version), file) if file else ({}, [])
    return {
        "subject": terms["subject"], "reason": terms["reason"], "period_from": start, "period_to": end,
        "anomaly_type_id": int(terms["anomaly_type"]), "supply_zone_id": terms.get("supply_zone"),
        "route": terms.get("route") or None, "tariff_class": TariffClass(terms["tariff_class"])
        if terms.get("tariff_class") else None,
        "accounts": accounts, "file_notes": notes}


def unbilled(session: Session, batch: CorrectionBatch) -> list[str]:
    """The accounts of its file, in order, that have no bill among those that the batch covers."""
    if not batch.accounts:
        return []
    billed = set(session.scalars(find.accounts_with_bills(batch, list(batch.accounts))))
    return sorted(batch.accounts.keys() - billed)


def bounded(session: Session, batch: CorrectionBatch) -> int:
    """How many bills the batch covers; raises Broken where there is none or there are more than MOST_BILLS."""
    query = find.bills(batch)
    if batch.id is not None:
        session.flush()
        query = find.bills_of(batch)
    elif batch.accounts:
        query = find.of_accounts(query, list(batch.accounts))
    count = session.scalar(find.count_of(query))
    if count == 0:
        raise Broken("Ningún recibo termina en esas fechas con ese filtro; revise las fechas, la zona, la ruta, el "
                     "uso o el archivo.")
    if count > MOST_BILLS:
        raise Broken(f"El filtro abarca {count:,} recibos y un lote admite {MOST_BILLS:,}; acote las fechas o la "
                     "zona, o prepare varios lotes.")
    return count


# ---- computing it

def ask_shared(batch: CorrectionBatch, actor: Actor) -> tuple[Ask, ...]:
    """The questions whose answers all the bills share: what the procedure asks of a person and the file does not bring.
    """
    definition = definition_of(batch.procedure_version)
    given = set(object_session(batch).scalars(find.names_in_file(batch)))
    return (*(ask for ask in input_asks(definition, batch.inputs, {}) if ask.name not in given),
            *instalments.ask_of_many(definition, batch))


def ask_why(batch: CorrectionBatch, actor: Actor) -> tuple[Ask, ...]:
    """The question of why the work is stopped."""
    return (Ask("why", "Motivo", "long_text", help="Queda en el lote, para quien lo continúe."),)


def already_theirs(batch: CorrectionBatch, actor: Actor) -> str | None:
    """Why this person does not take the work over: it already goes on in their name. None otherwise."""
    return "El trabajo ya va a su nombre." if batch.run_by_id == actor.id else None


# ---- its documents

def lacking(batch: CorrectionBatch) -> list[str]:
    """A sentence for each document that the procedure still asks for."""
    attached = {item.kind for item in batch.attachments}
    return missing_evidence(definition_of(batch.procedure_version), attached, batch.inputs)


# ---- sending it

def not_ready(batch: CorrectionBatch, actor: Actor) -> str | None:
    """Why it is not sent yet, or None. Whether its bills changed takes long to find out and is asked when it is sent.
    """
    if not batch.proceeding:
        return "Ningún recibo del lote procede; revise los motivos en el reporte y cambie los datos."
    if documents := lacking(batch):
        return " ".join(documents)
    if not asked_if_sent(batch):
        return NO_BAND
    return None


def refuse_stale(session: Session, batch: CorrectionBatch) -> None:
    """Raise Broken where bills of the batch changed, or have another correction, since it was computed."""
    if stale := session.scalar(find.stale(batch)):
        raise Broken(f"{stale:,} recibos del lote cambiaron o tienen otra corrección desde que se calculó; "
                     "calcúlelo de nuevo.")
