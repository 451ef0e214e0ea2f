"""Letters: written with the act that causes them, and leaving after it."""

from models.notices import Notice
from policies.offices import CORRECTION_READERS, NAME_READERS
from policies.procedures.figures import money
from policies.rules import Rule, declare

declare(Rule(Notice, view=CORRECTION_READERS, export=CORRECTION_READERS,
             personal_to=NAME_READERS))


def letter(correction, note):
    """The letter that tells the user what changed on their bill and how to check it."""
    credit = correction.amount < 0
    effect = "a su favor" if credit else "a su cargo"
    body = (
        f"Estimado usuario de la cuenta {correction.account.number}:\n\n"
        f"Le informamos que el recibo {correction.bill.folio} fue corregido conforme al "
        f"procedimiento «{correction.procedure_version}». La diferencia {effect} es de "
        f"{money(abs(correction.amount))} y quedó registrada en la nota {note.folio}.\n\n"
        f"El folio de la corrección es {correction.folio}. Puede comprobar su estado con el "
        f"código {correction.verification_code} en la página de verificación de INTERAPAS o en "
        "la Unidad de Atención Social.\n\n"
        "Atentamente,\nUnidad de Atención Social\nINTERAPAS")
    return Notice(account_id=correction.account_id, correction_id=correction.id, body=body,
                  subject=f"Corrección {correction.folio} al recibo {correction.bill.folio}")
