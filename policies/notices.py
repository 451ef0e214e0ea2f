"""Letters: written with the act that causes them, and leaving after it."""

from models.notices import Notice
from policies.offices import CORRECTION_READERS, NAME_READERS
from policies.procedures.figures import money
from policies.rules import Rule, declare

declare(Rule(Notice, view=CORRECTION_READERS, export=CORRECTION_READERS,
             personal_to=NAME_READERS))


# The words of the letter, with the places that PostgreSQL fills in by itself for a whole batch.
SUBJECT = "Corrección {correction} al recibo {bill}"
BODY = ("Estimado usuario de la cuenta {account}:\n\n"
        "Le informamos que el recibo {bill} fue corregido conforme al procedimiento «{procedure}». La "
        "diferencia {effect} es de {amount} y quedó registrada en la nota {note}.\n\n"
        "El folio de la corrección es {correction}. Puede comprobar su estado con el código {code} en la "
        "página de verificación de INTERAPAS o en la Unidad de Atención Social.\n\n"
        "Atentamente,\nUnidad de Atención Social\nINTERAPAS")


def letter(correction, note):
    """The letter that tells the user what changed on their bill and how to check it."""
    said = {"account": correction.account.number, "bill": correction.bill.folio,
            "procedure": correction.procedure_version, "note": note.folio,
            "effect": "a su favor" if correction.amount < 0 else "a su cargo",
            "amount": money(abs(correction.amount)), "correction": correction.folio,
            "code": correction.verification_code}
    return Notice(account_id=correction.account_id, correction_id=correction.id,
                  subject=SUBJECT.format(**said), body=BODY.format(**said))


def letter_of_many(version):
    """The letter's body for the corrections of a batch: what all of them share is said already."""
    return BODY.replace("{procedure}", str(version))
