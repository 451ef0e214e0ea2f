"""The facts of a correction's sheet and of a corrected bill, in words, for paper and for the page behind its code."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Row

from admin_views.core.words import moment, money, number, say, signed_by
from admin_views.door.verification import PublicStatus, public_status
from models.base.attachments import Attachment
from models.batches import BatchRow, CorrectionBatch
from models.billing import CreditNote
from models.corrections import Correction, CorrectionLine, CorrectionState
from models.fiscal import Instalment
from policies.notices import document_of


def sheet_facts(correction: Correction, signatures: Sequence[dict], content_hash: str | None, content: str | None,
                accumulated: str) -> dict:
    """What the printed sheet of a correction says: texts and lists of texts."""
    bill = correction.bill
    return {
        "title": f"Corrección {correction}", "folio": str(correction), "hash": content_hash or "",
        "content": content or "", "state": correction.state.label,
        "revision": str(correction.revision),
        "effect": "A favor del usuario" if correction.amount < 0 else "A cargo del usuario",
        "amount": money(abs(correction.amount)),
        "facts": [["Cuenta", correction.account.number], ["Recibo", bill.folio],
                  ["Periodo", f"{say(bill.period_start)} a {say(bill.period_end)}"],
                  ["Causa", str(correction.anomaly_type)],
                  ["Procedimiento", str(correction.procedure_version)],
                  ["Motivo", correction.reason],
                  *([["Reversa de", str(correction.reversal_of)]] if correction.reversal_of else []),
                  *([["Lote", f"{correction.batch_row.batch}, firmado en conjunto"]]
                    if correction.batch_row_id else []),
                  *([["Acumulado", accumulated]] if accumulated else []),
                  *(["Documento", said_note(note, correction)] for note in correction.notes),
                  *([["Pago de la diferencia", f"en {correction.instalments} parcialidades mensuales"]]
                    if correction.instalments > 1 else []),
                  ["Elaboró", f"{correction.drafted_by}, {moment(correction.drafted_at)}"]],
        "lines": [*(line_words(line) for line in correction.lines), total_words(correction.lines)],
        "code": correction.verification_code,
        "memoria": [[row["label"], row["how"], row["figure"]] for row in correction.memoria],
        "evidence": [evidence_words(item) for item in (
            correction.batch_row.batch if correction.batch_row_id else correction).attachments],
        "signatures": [signature_words(item) for item in signatures if item["current"]]}


def said_note(note: CreditNote, correction: Correction) -> str:
    """A note as papers call it: «Recibo corregido, movimiento NC-2026-000001», or «Nota de crédito NC-2026-000001»."""
    said = document_of(note.form, note.kind)
    return f"{said} {note.folio}" if said == note.kind.label else f"{said}, movimiento {note.folio}"


def corrected_bill_facts(note: CreditNote, holder: str, due: tuple[date, bool], payments: Sequence[Instalment]) -> dict:
    """What a corrected bill says as its note left it; `due` is (day, whether it is the bill's own)."""
    correction, bill = note.correction, note.bill
    day, kept = due
    return {
        "title": "Recibo corregido", "bill": bill.folio, "correction": str(correction),
        "total": money(sum(line.amount_after + line.tax_after for line in correction.lines)),
        "due": f"Vence el {say(day)}" + ("" if kept else ", nueva fecha de vencimiento"),
        "code": correction.verification_code,
        "facts": [["Cuenta", correction.account.number], ["Titular", holder],
                  ["Periodo", f"{say(bill.period_start)} a {say(bill.period_end)}"],
                  *([["Consumo", f"{say_volume(correction.volume_before)}; corregido, "
                      f"{say_volume(correction.volume_after)}"]]
                    if None not in (correction.volume_before, correction.volume_after) else []),
                  ["Emitido", moment(note.issued_at)], ["Movimiento", f"{note.kind.label} {note.folio}"],
                  *([["Folio fiscal anterior", bill.fiscal_uuid]] if bill.fiscal_uuid else [])],
        "lines": [*(line_words(line) for line in correction.lines), total_words(correction.lines)],
        "payments": [[str(payment.number), say(payment.due_on), money(payment.amount)] for payment in payments],
        "why": [f"{correction.anomaly_type}, conforme al procedimiento «{correction.procedure_version}».",
                "Se entrega un recibo corregido y no una nota porque al emitirlo no se había pagado nada del "
                "recibo anterior, que queda sin efecto."]}


def say_volume(value: Decimal) -> str:
    """A volume with its unit: 34 m³."""
    return f"{number(value)} m³"


def batch_facts(batch: CorrectionBatch, figures: dict, signatures: Sequence[dict], rows: Sequence[BatchRow]) -> dict:
    """What the annex of a batch says; `rows` is empty where they are too many for paper."""
    asked = [{**item, "current": True} for item in signatures if item["revision"] == batch.revision]
    where = [batch.supply_zone and f"zona {batch.supply_zone}", batch.route and f"ruta {batch.route}",
             batch.tariff_class and f"uso {batch.tariff_class.label}"]
    return {
        "title": f"Anexo del lote {batch}", "folio": str(batch), "hash": figures["content_hash"],
        "content": figures["canonical"], "state": batch.state.label, "revision": str(batch.revision),
        "effect": "A favor del usuario" if batch.effect < 0 else "A cargo del usuario" if batch.effect else
                  "Sin diferencia",
        "amount": money(abs(batch.effect)),
        "facts": [["Asunto", batch.subject], ["Causa", str(batch.anomaly_type)],
                  ["Procedimiento", str(batch.procedure_version)], ["Motivo", batch.reason],
                  ["Recibos que terminan", f"{say(batch.period_from)} a {say(batch.period_to)}"],
                  ["Filtro", ", ".join(filter(None, where)) or "sin zona, ruta ni uso"],
                  *([question, answer] for question, answer in figures["captured"]),
                  *([["Acumulado", figures["accumulated"]]] if figures["accumulated"] else []),
                  ["Recibos revisados", f"{batch.bills:,}"], ["Proceden", f"{batch.proceeding:,}"],
                  ["Elaboró", f"{batch.drafted_by}, {moment(batch.drafted_at)}"]],
        "refused": [[why, f"{count:,}"] for why, count in figures["refused"]],
        "money": [[say(name), f"{count:,}", money(favour), money(against)]
                  for name, count, favour, against in (*figures["by_class"], *figures["by_zone"])],
        "samples": [[str(row.account), str(row.bill), "no se aplicó" if row.left_out else money(row.amount)]
                    for row in (*figures["drawn"], *figures["dearest"])],
        "rows": [[str(row.account), str(row.bill), "no se aplicó" if row.left_out else
                  money(row.amount) if row.eligible else "no procede",
                  row.left_out or " ".join(row.refusals)] for row in rows],
        "evidence": [evidence_words(item) for item in batch.attachments],
        "signatures": [signature_words(item) for item in asked]}


def total_words(lines: Iterable[CorrectionLine]) -> list[str]:
    """The row of the totals with tax."""
    before = sum(line.amount_before + line.tax_before for line in lines)
    after = sum(line.amount_after + line.tax_after for line in lines)
    return ["Total con IVA", money(before), "", money(after), "", money(after - before)]


def line_words(line: CorrectionLine) -> list[str]:
    """The row of one line: its service, amounts and taxes before and after, and what it moves."""
    return [line.service.label, *(money(value) for value in (
        line.amount_before, line.tax_before, line.amount_after, line.tax_after,
        line.difference))]


def evidence_words(item: Attachment) -> list[str]:
    """An attached document: what it proves, with what was found in the file, and its hash."""
    label = f"{item.label}. {item.document.warning}" if item.document.warning else item.label
    return [label, item.document.sha256]


def signature_words(item: dict) -> list[str]:
    """A signature on paper: its order, the office, who signed and when, or that it is pending."""
    signed = item["signature"]
    if signed is None:
        return [str(item["position"]), item["role"], "Pendiente", ""]
    return [str(item["position"]), item["role"], signed_by(signed), moment(signed.signed_at)]


def told_to_anybody(row: Row) -> dict[str, object]:
    """label → what whoever has the printed code is told of a correction; no personal data."""
    batch = {"Firmado en el lote": row.batch} if row.batch else {}
    other = next((f"; {how} {folio}" for how, folio in (
        ("revertida por", row.reversed_by), ("reversa de", row.reversal_of)) if folio), "")
    return {"Folio": row.folio, "Estado": f"{CorrectionState(row.state).label}{other}", "Revisión": row.revision,
            "Firmas": f"{row.signatures} de {row.required}", **batch,
            "Enviado a firma": moment(row.submitted_at) or "—"}


public_status(PublicStatus(Correction, "verify_code", told_to_anybody, content_hash=lambda row: row.content_hash))
