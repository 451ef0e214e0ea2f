"""The summary of each working day: what waits for each person in each of their offices, from the same trays as the
first page."""

from collections.abc import Iterator
from datetime import date, datetime

from flask import current_app

import policies
from admin_views.core.screens import screen_of
from admin_views.door.offices import actor_in, each_once
from admin_views.lists import counts
from models import db
from models.base.columns import HERE
from models.base.people import Person
from models.queries.calendar import days_off
from models.queries.mails import new_mail, people_without_mail
from models.queries.offices import offices_of
from policies.core import jobs
from policies.core.mails import Waiting, summary
from policies.core.rules import Actor
from policies.core.working_days import works

HOUR = 7        # of San Luis Potosí, from which a day's summaries leave
looked = {}     # person → the day on which they were last looked at: nothing waited, so not again that day


def write_due(moment: datetime) -> int:
    """Write the summaries of that day that nobody has yet, from seven in the morning of a working day; how many."""
    here = moment.astimezone(HERE)
    if current_app.extensions["mail_server"] is None or here.hour < HOUR or not works(here.date(), off()):
        return 0
    day, many = here.date(), 0
    with db.engines["gate"].connect() as connection:
        people = connection.execute(people_without_mail(day)).all()
    for person in people:
        if looked.get(person.id) != day:
            looked[person.id] = day
            many += write_one(person, day)
    return many


def off() -> set:
    """The days that a signed calendar takes out of every term."""
    with policies.speaks(db.session, jobs.LOOKER, "resumen", read_only=True) as session:
        found = set(session.scalars(days_off()))
    db.session.remove()
    return found


def write_one(person: Person, day: date) -> bool:
    """Write the summary of one person, if anything waits for them."""
    with db.engines["gate"].connect() as connection:
        worn = each_once(connection.execute(offices_of(person.id)))
    offices = [(row.role.label, list(waiting_in(actor_in(person.id, person.name, row), day))) for row in worn]
    said = summary(person.name, offices, current_app.config["PUBLIC_URL"])
    if said is None:
        return False
    with db.engines["gate"].begin() as connection:
        return connection.scalar(new_mail(person.id, day, *said)) is not None


def waiting_in(actor: Actor, day: date) -> Iterator[Waiting]:
    """The trays that hold something for a person in one office, counted with the rights of that office."""
    with policies.speaks(db.session, actor, "resumen", read_only=True):
        found, late = counts.counted_for(actor, day)
    db.session.remove()
    for tray, count in found.items():
        if count and tray.listed:
            view = screen_of(tray.model)
            yield Waiting(tray.title, counts.figure(count), late.get(tray, 0),
                          f"{current_app.config['PUBLIC_URL']}{view.url}/?bandeja={tray.key}")
