"""The file for the stamping system: each note that waits for its CFDI, with the contents of that CFDI.

The format is documented in docs/cfdi-export.md. It names accounts by number and holds no person's name.
"""

import json
from collections.abc import Iterable
from typing import BinaryIO

from models.base.columns import now
from models.billing import CreditNote, NoteForm, NoteKind
from models.fiscal import FiscalRecord

FORMAT = "consola-para-timbrar/1"
# Catalogue c_TipoRelacion of the tax authority, by what the note is.
CREDIT_NOTE, DEBIT_NOTE, SUBSTITUTES = "01", "02", "04"


def write(file: BinaryIO, records: Iterable[FiscalRecord]) -> int:
    """Write the notes of the fiscal records as JSON in UTF-8; returns how many."""
    notes = [note_document(record) for record in records]
    document = {"formato": FORMAT, "generado": now().isoformat(timespec="seconds"), "moneda": "MXN", "notas": notes}
    file.write(json.dumps(document, ensure_ascii=False, indent=1).encode())
    return len(notes)


def note_document(record: FiscalRecord) -> dict:
    """One note: the kind of CFDI, the document that it refers to, and its lines; MXN as text with two decimals."""
    note = record.note
    corrected = note.form == NoteForm.CORRECTED_BILL
    lines = corrected_lines(note) if corrected else note_lines(note)
    related = SUBSTITUTES if corrected else CREDIT_NOTE if note.kind == NoteKind.CREDIT else DEBIT_NOTE
    return {"folio": note.folio, "tipo": "E" if related == CREDIT_NOTE else "I", "emitida": note.issued_at.isoformat(
                timespec="seconds"), "cuenta": note.bill.account.number, "recibo": note.bill.folio,
            "correccion": note.correction.folio,
            "relacion": {"tipo": related, "uuid": record.original_uuid} if record.original_uuid else None,
            "motivo_cancelacion": record.reason.value if record.reason else None,
            "pide_aceptacion": record.needs_acceptance,
            "renglones": [{"concepto": service.label, "importe": f"{amount:.2f}", "iva": f"{tax:.2f}"}
                          for service, amount, tax in lines],
            "importe": f"{sum(amount for _, amount, _ in lines):.2f}",
            "iva": f"{sum(tax for *_, tax in lines):.2f}",
            "total": f"{sum(amount + tax for _, amount, tax in lines):.2f}"}


def corrected_lines(note: CreditNote) -> list[tuple]:
    """(service, amount, tax) of the corrected bill, MXN, without the lines that it no longer charges."""
    return [(line.service, line.amount_after, line.tax_after) for line in note.correction.lines
            if line.amount_after or line.tax_after]


def note_lines(note: CreditNote) -> list[tuple]:
    """(service, amount, tax) of the note, MXN."""
    return [(line.service, line.amount, line.tax) for line in note.lines if line.amount or line.tax]
