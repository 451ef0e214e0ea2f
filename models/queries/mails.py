"""What the sender of e-mails asks as the gate: whom to tell of what waits, and what is due to leave."""

from datetime import date, datetime

from sqlalchemy import Select, and_, exists, select
from sqlalchemy.dialects.postgresql import Insert, insert

from models.base.mails import Mail, MailState
from models.base.people import Login, Person


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
    """(mail, its address) of the one that has waited longest, held for this worker; the address is NULL where the
    access was closed."""
    return (select(Mail, Login.email)
            .outerjoin(Login, and_(Login.person_id == Mail.person_id, Login.active))
            .where(Mail.state == MailState.WAITING, Mail.try_at <= instant)
            .order_by(Mail.try_at, Mail.id).limit(1).with_for_update(of=Mail, skip_locked=True))
