"""The facts of a correction's sheet, in words, for paper."""

from admin_views.words import moment, money, say, signed_by


def sheet_facts(correction, signatures, content_hash, content):
    """What the printed sheet says: texts and lists of texts, nothing else."""
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
                  *(["Nota", f"{note.kind.label} {note.folio}"] for note in correction.notes),
                  ["Elaboró", f"{correction.drafted_by}, {moment(correction.drafted_at)}"]],
        "lines": [*(line_words(line) for line in correction.lines), total_words(correction.lines)],
        "code": correction.verification_code,
        "memoria": [[row["label"], row["how"], row["figure"]] for row in correction.memoria],
        "evidence": [[item.label, item.document.sha256] for item in correction.evidence],
        "signatures": [signature_words(item) for item in signatures if item["current"]]}


def total_words(lines):
    before = sum(line.amount_before + line.tax_before for line in lines)
    after = sum(line.amount_after + line.tax_after for line in lines)
    return ["Total con IVA", money(before), "", money(after), "", money(after - before)]


def line_words(line):
    return [line.service.label, *(money(value) for value in (
        line.amount_before, line.tax_before, line.amount_after, line.tax_after,
        line.difference))]


def signature_words(item):
    signed = item["signature"]
    if signed is None:
        return [str(item["position"]), item["role"], "Pendiente", ""]
    return [str(item["position"]), item["role"], signed_by(signed), moment(signed.signed_at)]

