"""What the sender of e-mails asks as the gate: whom to tell of what waits, and what is due to leave."""

from datetime import date, datetime

from sqlalchemy import Select, and_, exists, func, select, true
from sqlalchemy.dialects.postgresql import Insert, insert

from models.base.mails import Mail, MailState
from models.base.people import Login, Person

# What an e-mail takes from the record that it is about, as console.mail_of() gives it.
SAID = ("address", "addressee", "folio", "written_at", "body")


def people_without_mail(day: date) -> Select:
    """(person_id, name) of those with a working access who have no e-mail of that day."""
    return (select(Person.id, Person.name).join(Login, Login.person_id == Person.id)
            .where(Person.active, Login.active, ~exists().where(Mail.person_id == Person.id, Mail.day == day))
            .order_by(Person.id))


def new_mail(person_id: int, day: date, subject: str, body: str) -> Insert:
    """An e-mail to leave at once; nothing where another worker wrote it first."""
    return (insert(Mail).values(person_id=person_id, day=day, subject=subject, body=body)
            .on_conflict_do_nothing().returning(Mail.id))


def next_due(instant: datetime) -> Select:
    """(mail, its address, and what it takes from its record, if it has one) of the one that has waited longest, held
    for this worker; the address is NULL where the access was closed."""
    told = func.console.mail_of(Mail.about, Mail.about_id).table_valued(*SAID).lateral("told")
    return (select(Mail, func.coalesce(told.c.address, Login.email).label("email"), told.c.addressee, told.c.folio,
                   told.c.written_at.label("dated"), told.c.body.label("words"))
            .outerjoin(Login, and_(Login.person_id == Mail.person_id, Login.active))
            .outerjoin(told, true())
            .where(Mail.state == MailState.WAITING, Mail.try_at <= instant)
            .order_by(Mail.try_at, Mail.id).limit(1).with_for_update(of=Mail, skip_locked=True))
