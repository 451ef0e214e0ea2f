"""Letters: written with the act that causes them, and leaving after it."""

from models.billing import NoteForm
from models.notices import Notice
from policies.offices import CORRECTION_READERS, NAME_READERS
from policies.procedures.figures import day, money
from policies.rules import Rule, declare

declare(Rule(Notice, view=CORRECTION_READERS, export=CORRECTION_READERS,
             personal_to=NAME_READERS))
WHY = {NoteForm.CORRECTED_BILL: "porque del recibo no se ha pagado nada",
       NoteForm.NOTE: "porque el recibo ya tiene pagos"}


def document_of(form, kind):
    """What the user receives, in words: a corrected bill, or a note of credit or debit."""
    return form.label if form == NoteForm.CORRECTED_BILL else kind.label


def letter(correction, note, payments=()):
    """The letter that tells the user what changed on their bill and how to check it."""
    credit = correction.amount < 0
    effect = "a su favor" if credit else "a su cargo"
    body = (
        f"Estimado usuario de la cuenta {correction.account.number}:\n\n"
        f"Le informamos que el recibo {correction.bill.folio} fue corregido conforme al "
        f"procedimiento «{correction.procedure_version}». La diferencia {effect} es de "
        f"{money(abs(correction.amount))} y quedó registrada con el folio {note.folio}. "
        f"{received(note, payments)}\n\n"
        f"El folio de la corrección es {correction.folio}. Puede comprobar su estado con el "
        f"código {correction.verification_code} en la página de verificación de INTERAPAS o en "
        "la Unidad de Atención Social.\n\n"
        "Atentamente,\nUnidad de Atención Social\nINTERAPAS")
    return Notice(account_id=correction.account_id, correction_id=correction.id, body=body,
                  subject=f"Corrección {correction.folio} al recibo {correction.bill.folio}")


def received(note, payments):
    """Which document the user receives and why, and when each instalment is due."""
    if note.form == NoteForm.CORRECTED_BILL:
        sentence = (f"Recibe un recibo corregido, {WHY[note.form]}: sustituye al anterior y el total por pagar "
                    f"es de {money(note.bill.balance)}.")
    else:
        sentence = f"Recibe una {note.kind.label.lower()}, {WHY[note.form]}."
    if not payments:
        return sentence
    dates = "; ".join(f"{payment.number}) {money(payment.amount)}, a más tardar el {day(payment.due_on)}"
                      for payment in payments)
    return f"{sentence} La diferencia se paga en {len(payments)} parcialidades: {dates}."
