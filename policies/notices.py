"""Letters: their words, written with the act that causes them, and what happens to them after it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Integer, Row, and_, select
from sqlalchemy.orm import Session, object_session

from models.base.columns import HERE, Named, today
from models.base.drafts import DraftState
from models.billing import NoteForm, NoteKind
from models.customers import Account
from models.notices import LETTER_DELIVERY, LetterTemplate, Notice
from models.notices import NoticeState as N
from models.procedures import ProcedureVersion
from models.queries import letters as find
from models.queries.calendar import escalated, is_late
from policies.core.balances import balance_words
from policies.core.beside import Beside, beside
from policies.core.figures import day, money
from policies.core.letters import in_force, merged, unknown_field
from policies.core.mailing import Mailing, mailing, no_server
from policies.core.offices import ADMINISTRATOR, AUDITOR, CASE_READERS, SIGNERS, STAFF, UNIT_HEAD
from policies.core.refusals import refuses
from policies.core.rules import Actor, Ask, Broken, Rule, act, declare, plain_act
from policies.core.sql.functions import may_call
from policies.core.sql.readings import reading
from policies.core.terms import deadline
from policies.core.trays import Reader, Tray, declare_trays

WORDS = ("subject", "body")
refuses(
    folio_not_issued="El folio lo da la consola, uno tras otro; envíe de nuevo sin escribirlo.")

declare(
    Rule(Notice, born=N.DRAFTED, guarded=True, derives=("mailed_at", "mail_trouble")),
    Rule(LetterTemplate, view=CASE_READERS | ADMINISTRATOR, export=ADMINISTRATOR | AUDITOR, create=ADMINISTRATOR,
         edit=ADMINISTRATOR, edits=("code", *WORDS, "reason"), content=("code", *WORDS, "reason"),
         edit_while=frozenset({DraftState.DRAFT}), born=DraftState.DRAFT))
may_call("console.write_letters(jsonb)", by=STAFF)
reading("postal_address", find.postal_address, account=Integer)
mailing(Mailing(Notice, on=N.SENT, says=find.as_mail, subject="NEW.folio || ': ' || NEW.subject"))
beside(Beside(Account, Notice, told=True, place=1))
WHY = {NoteForm.CORRECTED_BILL: "porque del recibo no se ha pagado nada",
       NoteForm.NOTE: "porque el recibo ya tiene pagos"}
APPLIED = "correction_applied"
# The merge fields of the letter of an applied correction: (what it is, an example).
FIELDS = {
    "account": ("número de cuenta", "100234"), "bill": ("folio del recibo", "R-2026-000123"),
    "procedure": ("procedimiento y versión", "Fuga oculta, versión 1"),
    "effect": ("a su favor o a su cargo", "a su favor"),
    "amount": ("importe de la diferencia", "$500.82"), "note": ("folio de la nota", "NC-2026-000001"),
    "received": ("qué documento recibe y por qué", "Recibe una nota de crédito, porque el recibo ya tiene pagos."),
    "correction": ("folio de la corrección", "UAS-COR-2026-000001"), "code": ("código de verificación", "0" * 32)}
PAYMENTS = "La diferencia se paga en {count} parcialidades: {dates}."
FAVOUR = "El recibo queda con un {balance}."
PAYMENT = "{number}) {amount}, a más tardar el {day}"


def document_of(form: NoteForm, kind: NoteKind) -> str:
    """What the user receives, in words: a corrected bill, or a note of credit or debit."""
    return form.label if form == NoteForm.CORRECTED_BILL else kind.label


def letter(template: LetterTemplate, version: ProcedureVersion, noted: Row, payments: Sequence[dict]) -> dict:
    """The letter that tells the user what changed on their bill and how to check it: columns of Notice.

    `noted` is a row of queries.applying.noted(); `payments` those of its note that is divided.
    """
    said = {"account": noted.account, "bill": noted.bill, "procedure": version, "note": noted.note,
            "effect": effect_of(noted.kind), "amount": money(abs(noted.amount)), "correction": noted.folio,
            "code": noted.verification_code,
            "received": " ".join((received(noted.form, noted.kind).format(total=money(noted.balance)),
                                  *favour_of(noted.balance), *parts_of(payments)))}
    return {"about_id": noted.id, "template_id": template.id,
            "subject": merged(template.subject, said), "body": merged(template.body, said)}


def letter_about(record: Named, code: str, said: Mapping[str, object]) -> Notice:
    """The letter of that kind about a record, in the words of the template in force; `said` is merge field → value.

    Raises Broken where no template is in force.
    """
    template = template_now(object_session(record), code)
    return Notice(about_id=record.id, template_id=template.id, subject=merged(template.subject, said),
                  body=merged(template.body, said))


def template_now(session: Session, code: str) -> LetterTemplate:
    """The template of a kind of letter in force; raises Broken where none is."""
    return in_force(session.scalar(find.template_in_force(code)), code)


def effect_of(kind: NoteKind) -> str:
    """Whether a note is for or against the user, as the letter says it."""
    return "a su favor" if kind == NoteKind.CREDIT else "a su cargo"


def received(form: NoteForm, kind: NoteKind) -> str:
    """Which document the user receives and why; {total} is what is left to pay."""
    if form == NoteForm.CORRECTED_BILL:
        return (f"Recibe un recibo corregido, {WHY[form]}: sustituye al anterior y el total por pagar "
                "es de {total}.")
    return f"Recibe una {kind.label.lower()}, {WHY[form]}."


def favour_of(balance: Decimal) -> Iterator[str]:
    """The sentence of what the bill leaves in the user's favour, where its balance (MXN) is below zero."""
    if balance < 0:
        yield FAVOUR.format(balance=balance_words(balance).lower())


def parts_of(payments: Sequence[dict]) -> Iterator[str]:
    """The sentence of when each instalment is due, where there are any."""
    if payments:
        dates = "; ".join(PAYMENT.format(number=payment["number"], amount=money(payment["amount"]),
                                         day=day(payment["due_on"])) for payment in payments)
        yield PAYMENTS.format(count=len(payments), dates=dates)


# ---- templates

def cannot_be_used(template: LetterTemplate, actor: Actor) -> str | None:
    """Why the template is not authorised, or None: its letter must know all of its merge fields."""
    return unknown_field(template.code, template.subject, template.body)


@act("Autorizar plantilla", LetterTemplate, {DraftState.DRAFT: {DraftState.IN_FORCE}}, by=UNIT_HEAD,
     hinders=cannot_be_used)
def authorize_template(template: LetterTemplate, actor: Actor) -> None:
    """From here on the letters of its kind take its words; those already written keep theirs."""


@act("Retirar plantilla", LetterTemplate, {DraftState.IN_FORCE: {DraftState.RETIRED}}, by=UNIT_HEAD, grave=True)
def retire_template(template: LetterTemplate, actor: Actor) -> None:
    """The letters of its kind take the words of the version before it, if one is in force."""


# ---- what happens to a letter

deadline(LETTER_DELIVERY, "Entrega de una carta")


def late(reader: Reader) -> ColumnElement:
    """Condition: its term to be delivered has passed."""
    return is_late(Notice, "deliver_by", reader.day)


declare_trays(
    Tray(Notice, "Cartas por enviar", STAFF, late=late,
         where=lambda reader: and_(Notice.state == N.DRAFTED, Notice.no_address.is_(False))),
    Tray(Notice, "Falta domicilio", STAFF, late=late,
         where=lambda reader: and_(Notice.state == N.DRAFTED, Notice.no_address)),
    Tray(Notice, "Cartas que no salieron por correo", STAFF, late=late,
         where=lambda reader: and_(Notice.state == N.SENT, Notice.mail_trouble.is_not(None))),
    Tray(Notice, "Cartas devueltas", STAFF, lambda reader: Notice.state == N.RETURNED),
    Tray(Notice, "Cartas vencidas que se le escalan", SIGNERS, lambda reader: Notice.id.in_(
        escalated(Notice, "deliver_by", "delivery_rule_id", reader.role, reader.day).order_by(None)), counted=False))


def without_address(notice: Notice, actor: Actor) -> str | None:
    """Why a letter is not printed: it has no address. None where it has one."""
    return "No tiene domicilio; regístrelo antes con «Corregir domicilio»." if notice.no_address else None


@act("Marcar como impresa", Notice, {N.DRAFTED: {N.PRINTED}}, by=STAFF, hinders=without_address, together=True)
def mark_printed(notice: Notice, actor: Actor) -> None:
    """Note that it is on paper and leaves; its address no longer changes."""


def ask_address(notice: Notice, actor: Actor) -> tuple[Ask, ...]:
    """The questions of addressee and address, with what the letter says now; they are personal columns, which only who
    may correct them reads.
    """
    addressee, address = object_session(notice).execute(
        select(Notice.addressee, Notice.address).where(Notice.id == notice.id)).one()
    return (Ask("addressee", "Destinatario", value=addressee),
            Ask("address", "Domicilio", "long_text", value=address,
                help="Calle y número en la primera línea; colonia, municipio y código postal en la segunda."))


def ask_email(notice: Notice, actor: Actor) -> tuple[Ask, ...]:
    """The question of the address to which a letter leaves, with the one to which it left before, if any."""
    known = object_session(notice).scalar(select(Notice.email).where(Notice.id == notice.id))
    return (Ask("email", "Correo electrónico", value=known, help=Notice.__table__.c.email.info["help"]),)


@act("Enviar por correo", Notice, {N.DRAFTED: {N.SENT}, N.RETURNED: {N.SENT}}, by=STAFF, sets=("email",),
     asks=ask_email, hinders=no_server)
def send_by_mail(notice: Notice, actor: Actor, email: str) -> None:
    """PostgreSQL puts it in the outbox, from which the worker sends it; the letter learns whether it left."""
    notice.email = email.strip()


@act("Corregir domicilio", Notice, {N.DRAFTED: {N.DRAFTED}, N.RETURNED: {N.DRAFTED}}, by=STAFF,
     sets=("addressee", "address"), asks=ask_address)
def correct_address(notice: Notice, actor: Actor, addressee: str, address: str) -> None:
    """Change the addressee and the address of this letter alone; the register of accounts is the commercial system's.
    """
    notice.addressee, notice.address = addressee, address


@act("Registrar entrega", Notice, {N.PRINTED: {N.DELIVERED}, N.SENT: {N.DELIVERED}}, by=STAFF,
     sets=("received_by", "delivered_on"),
     asks=lambda notice, actor: (
         Ask("received_by", "Quién la recibió", help="Nombre de quien recibió o firmó el acuse."),
         Ask("delivered_on", "Día de la entrega", "day", value=today())))
def register_delivery(notice: Notice, actor: Actor, received_by: str, delivered_on: date) -> None:
    """Note who received it and when, which proves its delivery; raises Broken for a day before the letter or after
    today.
    """
    if delivered_on > today() or delivered_on < notice.written_at.astimezone(HERE).date():
        raise Broken("La entrega es de un día entre el de la carta y hoy; escriba otro.")
    notice.received_by, notice.delivered_on = received_by, delivered_on


# It came back; it is printed or sent again, with another address.
register_return = plain_act("register_return", "Registrar devolución", Notice,
                            {N.PRINTED: {N.RETURNED}, N.SENT: {N.RETURNED}}, by=STAFF, asks=("return_reason",))
