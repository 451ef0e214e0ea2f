"""Letters: written with the act that causes them, and leaving after it."""

from models.billing import NoteForm, NoteKind
from models.notices import Notice, NoticeState
from policies.billing.balances import balance_words
from policies.core.offices import CORRECTION_READERS, NAME_READERS, STAFF
from policies.core.rules import Rule, declare
from policies.core.trays import Tray, declare_trays
from policies.procedures.figures import day, money

declare(Rule(Notice, view=CORRECTION_READERS, export=CORRECTION_READERS,
             personal_to=NAME_READERS))
declare_trays(Tray(Notice, "Cartas por enviar", STAFF, lambda reader: Notice.state == NoticeState.WAITING))
WHY = {NoteForm.CORRECTED_BILL: "porque del recibo no se ha pagado nada",
       NoteForm.NOTE: "porque el recibo ya tiene pagos"}


# The words of the letter, with the places that PostgreSQL fills in by itself for a whole batch.
SUBJECT = "Corrección {correction} al recibo {bill}"
BODY = ("Estimado usuario de la cuenta {account}:\n\n"
        "Le informamos que el recibo {bill} fue corregido conforme al procedimiento «{procedure}». La "
        "diferencia {effect} es de {amount} y quedó registrada con el folio {note}. {received}\n\n"
        "El folio de la corrección es {correction}. Puede comprobar su estado con el código {code} en la "
        "página de verificación de INTERAPAS o en la Unidad de Atención Social.\n\n"
        "Atentamente,\nUnidad de Atención Social\nINTERAPAS")
PAYMENTS = "La diferencia se paga en {count} parcialidades: {dates}."
FAVOUR = "El recibo queda con un {balance}."
PAYMENT = "{number}) {amount}, a más tardar el {day}"


def document_of(form, kind):
    """What the user receives, in words: a corrected bill, or a note of credit or debit."""
    return form.label if form == NoteForm.CORRECTED_BILL else kind.label


def letter(correction, note, payments=()):
    """The letter that tells the user what changed on their bill and how to check it."""
    said = {"account": correction.account.number, "bill": correction.bill.folio,
            "procedure": correction.procedure_version, "note": note.folio,
            "effect": effect_of(note.kind), "amount": money(abs(correction.amount)),
            "correction": correction.folio, "code": correction.verification_code,
            "received": " ".join((received(note.form, note.kind).format(total=money(note.bill.balance)),
                                  *favour_of(note.bill.balance), *parts_of(payments)))}
    return Notice(account_id=correction.account_id, correction_id=correction.id,
                  subject=SUBJECT.format(**said), body=BODY.format(**said))


def letters_of_many(version):
    """The subject, and by form and kind of note the body, of a batch's letters: what they share is said."""
    return {"subject": SUBJECT} | {f"{form.value} {kind.value}": BODY.replace("{procedure}", str(version)).replace(
                "{effect}", effect_of(kind)).replace("{received}", received(form, kind) + "{favour}{payments}")
            for form in NoteForm for kind in NoteKind} | {"payments": PAYMENTS, "payment": PAYMENT, "favour": FAVOUR}


def effect_of(kind):
    return "a su favor" if kind == NoteKind.CREDIT else "a su cargo"


def received(form, kind):
    """Which document the user receives and why; {total} is what is left to pay."""
    if form == NoteForm.CORRECTED_BILL:
        return (f"Recibe un recibo corregido, {WHY[form]}: sustituye al anterior y el total por pagar "
                "es de {total}.")
    return f"Recibe una {kind.label.lower()}, {WHY[form]}."


def favour_of(balance):
    """What the bill leaves in the user's favour, where its balance (MXN) is below zero."""
    if balance < 0:
        yield FAVOUR.format(balance=balance_words(balance).lower())


def parts_of(payments):
    """When each instalment is due."""
    if payments:
        dates = "; ".join(PAYMENT.format(number=payment.number, amount=money(payment.amount), day=day(payment.due_on))
                          for payment in payments)
        yield PAYMENTS.format(count=len(payments), dates=dates)
