"""What applying corrections writes: notes with their lines, payments of charges that are divided, and letters.

One correction and the thousands of a batch are written by the same statements and told in the same words.
"""

from sqlalchemy import ColumnElement, insert
from sqlalchemy.orm import Session

from models.billing import CreditNote, CreditNoteLine
from models.fiscal import Instalment
from models.notices import Notice
from models.procedures import ProcedureVersion
from models.queries import applying as find
from policies.corrections import instalments
from policies.notices import APPLIED, letter, template_now

WRITES = (CreditNote, CreditNoteLine, Instalment, Notice)


def write(session: Session, which: ColumnElement, version: ProcedureVersion) -> None:
    """Write all that follows from the corrections of that condition, which one version of a procedure computed."""
    session.execute(find.notes(which))
    session.execute(find.note_lines(which))
    made = session.execute(find.noted(which)).all()
    payments = instalments.of(session, made)
    if payments:
        session.execute(insert(Instalment), [payment for each in payments.values() for payment in each])
    template = template_now(session, APPLIED)
    session.execute(find.write_letters([letter(template, version, one, payments.get(one.note_id, ())) for one in made]))
