"""A debit paid in parts: how many a person may choose, what each is, and when it is due."""

from collections import Counter
from collections.abc import Sequence, Set
from datetime import date
from decimal import Decimal

from sqlalchemy import Row
from sqlalchemy.orm import Session

from models.base.columns import HERE
from models.batches import CorrectionBatch
from models.billing import CreditNote
from models.corrections import Correction
from models.queries.calendar import days_off
from policies.core.exact import as_decimal, exact, to_cents
from policies.core.figures import money
from policies.core.rules import Ask, Broken
from policies.core.working_days import months_after, next_working
from policies.procedures.definition import Definition
from policies.procedures.effects import MOST_INSTALMENTS

ASKED = "note.instalments"      # dotted, as no input of a procedure would be by chance


def ask(correction: Correction) -> tuple[Ask, ...]:
    """The question of how many payments, where the result is a debit and its procedure allows more than one."""
    if correction.amount <= 0 or correction.instalments_most == 1:
        return ()
    choices = tuple((str(count), payments_words(correction.amount, count))
                    for count in range(1, correction.instalments_most + 1))
    return (Ask(ASKED, "En cuántos pagos", "choice", choices=choices, value=str(correction.instalments),
                help="El procedimiento no admite más pagos que los periodos que duró el error."),)


def ask_of_many(definition: Definition, batch: CorrectionBatch) -> tuple[Ask, ...]:
    """The question of how many payments at most each charge of a batch is divided into, where its procedure allows more
    than one.
    """
    if definition.instalments is None or definition.result.direction == "credit":
        return ()
    return (Ask(ASKED, "En cuántos pagos cada cargo", "number", value=batch.instalments,
                limits=(0, 1, MOST_INSTALMENTS),
                help=f"De 1 a {MOST_INSTALMENTS}. Cada recibo toma estos o, si su error duró menos, los que admite."),)


def offered(typed: Decimal | None) -> int:
    """The number of payments offered to every bill of a batch, from what was typed; raises Broken."""
    if typed is None:
        return 1
    if typed != int(typed) or not 1 <= typed <= MOST_INSTALMENTS:
        raise Broken(f"Cada cargo se divide en 1 a {MOST_INSTALMENTS} pagos, sin decimales; escriba otro número.")
    return int(typed)


def payments_words(amount: Decimal, count: int) -> str:
    """The label of a choice: «3 pagos: 1 de $33.34 y 2 de $33.33»."""
    if count == 1:
        return f"1 pago de {money(amount)}"
    each = Counter(parts(amount, count))
    if len(each) == 1:
        return f"{count} pagos de {money(amount / count)}"
    return f"{count} pagos: " + " y ".join(f"{many} de {money(part)}" for part, many in each.items())


def admitted(correction: Correction, chosen: str | None) -> int:
    """The number of payments chosen, where the result just computed admits it; 1 for a credit. Raises Broken."""
    if correction.amount <= 0 or chosen is None:
        return 1
    if not (str(chosen).isascii() and str(chosen).isdigit()
            and 1 <= int(chosen) <= correction.instalments_most):
        raise Broken(f"Este resultado admite de 1 a {correction.instalments_most} pagos; elija otro número.")
    return int(chosen)


def parts(amount: Decimal, count: int) -> tuple[Decimal, ...]:
    """MXN of each payment: equal, or a cent more in the first ones, so that they add up to the amount."""
    return tuple(as_decimal(part) for part in to_cents([exact(amount) / count] * count))


def due_days(start: date, count: int, off: Set[date]) -> tuple[date, ...]:
    """The due day of each payment: the day of `start` in each of the following months, or its last day; moved to the
    next working day.
    """
    return tuple(next_working(months_after(start, step), off) for step in range(1, count + 1))


def pay_by(note: CreditNote, off: Set[date]) -> tuple[date, bool]:
    """(day, whether it is the bill's own): the due day of a corrected bill.

    It keeps its day while that has not passed; afterwards it gets as many days as the bill gave from its issue, counted
    from the note and moved to a working day. A proposal of the console: no public rule says it.
    """
    start, bill = note.issued_at.astimezone(HERE).date(), note.bill
    if start <= bill.due_on:
        return bill.due_on, True
    return next_working(start + (bill.due_on - bill.issued_on), off), False


def of(session: Session, noted: Sequence[Row]) -> dict[int, list[dict]]:
    """key of a note → its payments, as columns of Instalment, of the notes that are divided. `noted` are rows of
    queries.applying.noted().
    """
    divided = [one for one in noted if one.instalments > 1]
    off = set(session.scalars(days_off())) if divided else ()
    return {one.note_id: [
        {"note_id": one.note_id, "number": number, "due_on": day, "amount": amount}
        for number, (day, amount) in enumerate(
            zip(due_days(one.issued_at.astimezone(HERE).date(), one.instalments, off),
                parts(abs(one.amount), one.instalments)), start=1)] for one in divided}
