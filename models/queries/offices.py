"""Who holds which office, and who has a key without one."""

from datetime import date
from functools import cache, lru_cache

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    Date,
    FromClause,
    Integer,
    Select,
    String,
    Text,
    bindparam,
    case,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import DATERANGE
from sqlalchemy.orm import aliased

from models.base.access import WebSession
from models.base.drafts import DraftState
from models.base.people import Appointment, Delegation, Login, Person
from models.base.preferences import ListSetting, SavedView
from models.base.proposals import ProposalState as P
from models.exclusions import ExclusiveOffices

HOLDER, DELEGATE = aliased(Person), aliased(Person)     # of a delegation: who is absent, and who signs


def holding(day: date) -> tuple[ColumnElement, ...]:
    """The conditions of an appointment held on that day, both ends included, by an active person."""
    return (Appointment.state == P.CONFIRMED, Appointment.valid_from <= day, Person.active,
            or_(Appointment.valid_to.is_(None), Appointment.valid_to >= day))


def offices_of(person_id: int | ColumnElement) -> Select:
    """(role, acting, absent_id, letter, dates, letter by which it is lent, name of who is absent) of every way in
    which a person holds an office today; of one office, first the way that counts (console.held)."""
    way = ways_of(person_id)
    return (select(*columns_of(way)).outerjoin(Person, Person.id == way.c.absent_id).order_by(*first_that_counts(way)))


@cache
def session_of() -> Select:
    """(session, login, whether anything is kept of a `screen` for its person, then the same of each way in which they
    hold an office today) of a browser's session, by its `key_hash`; without a login or an office, the rest is NULL."""
    way = ways_of(WebSession.person_id).lateral()
    return (select(WebSession, Login, kept_of_list(WebSession.person_id), *columns_of(way))
            .outerjoin(Login, Login.person_id == WebSession.person_id)
            .outerjoin(way, true()).outerjoin(Person, Person.id == way.c.absent_id)
            .where(WebSession.key_hash == bindparam("key_hash")).order_by(*first_that_counts(way)))


def kept_of_list(person_id: ColumnElement) -> ColumnElement[bool]:
    """Whether a person chose how they see the list of a `screen`, or anybody's views of it may be theirs."""
    screen = bindparam("screen", type_=String)
    chosen = exists().where(ListSetting.person_id == person_id, ListSetting.screen == screen)
    saved = exists().where(SavedView.screen == screen,
                           or_(SavedView.person_id == person_id, SavedView.role.is_not(None)))
    return or_(chosen, saved).label("kept")


def ways_of(person_id: int | ColumnElement) -> FromClause:
    """Every way in which a person holds an office today, as a table."""
    return func.console.offices_of(person_id).table_valued(
        column("role", String), column("acting", Boolean), column("absent_id", Integer),
        column("letter", String), column("valid_from", Date), column("valid_to", Date),
        column("lent_by", String)).render_derived()


def columns_of(way: FromClause) -> tuple[ColumnElement, ...]:
    """The columns of a way, and the name of who is absent."""
    return (way.c.role, way.c.acting, way.c.absent_id, way.c.letter, way.c.valid_from, way.c.valid_to, way.c.lent_by,
            Person.name.label("absent_name"))


def first_that_counts(way: FromClause) -> tuple[ColumnElement, ...]:
    """The order of the ways to hold one office: the one that counts goes first."""
    return way.c.absent_id.is_not(None), way.c.acting, way.c.valid_from.desc(), way.c.letter.desc(), way.c.role


def holds(person_id: int | ColumnElement, role: str) -> Select:
    """Whether a person holds that office today, in any way."""
    way = func.console.held(person_id, role).table_valued(column("letter", String)).render_derived()
    return select(exists().select_from(way))


def delegates_on(day: date) -> Select:
    """The delegations by which a delegate signs on that day, by office: both people are active and the holder holds the
    office in their own right.
    """
    named = select(Appointment.id).where(
        Appointment.person_id == Delegation.holder_id, Appointment.role == Delegation.role,
        Appointment.state == P.CONFIRMED, ~Appointment.acting, Appointment.valid_from <= day,
        or_(Appointment.valid_to.is_(None), Appointment.valid_to >= day)).correlate(Delegation)
    return (select(Delegation).join(HOLDER, HOLDER.id == Delegation.holder_id)
            .join(DELEGATE, DELEGATE.id == Delegation.delegate_id)
            .where(Delegation.state == P.CONFIRMED, Delegation.valid_from <= day, Delegation.valid_to >= day,
                   HOLDER.active, DELEGATE.active, named.exists())
            .order_by(Delegation.role, Delegation.id))


def appointments_on(day: date) -> Select:
    """The appointments of that day, by office; its holder before the acting one."""
    return (select(Appointment).join(Appointment.person).where(*holding(day))
            .order_by(Appointment.role, Appointment.acting, Appointment.id))


@lru_cache(maxsize=8)
def wearing(day: date) -> Select:
    """(person_id, role, name, acting, letter, absent_id, absent_name) of everybody in each office that they may wear
    on that day, in the order in which their capacity counts."""
    own = appointments_on(day).order_by(None).with_only_columns(
        Appointment.person_id, Appointment.role, Person.name, Appointment.acting, Appointment.letter,
        null().label("absent_id"), null().label("absent_name"), literal(0).label("place"))
    others = delegates_on(day).order_by(None).with_only_columns(
        Delegation.delegate_id, Delegation.role, DELEGATE.name, false(), Delegation.letter, Delegation.holder_id,
        HOLDER.name, Delegation.id)
    every = union_all(own, others).subquery().c
    return select(*[column for column in every if column.key != "place"]).order_by(
        every.absent_id.is_not(None), every.acting, case((every.place == 0, every.name), else_=""), every.role,
        every.place)


def ending(day: date, until: date) -> Select:
    """The appointments that end within these days, the next first, and that nobody follows in the same office."""
    later = Appointment.__table__.alias()
    followed = exists().where(
        later.c.person_id == Appointment.person_id, later.c.role == Appointment.role,
        later.c.id != Appointment.id, later.c.state.in_((P.PROPOSED, P.CONFIRMED)),
        or_(later.c.valid_to.is_(None), later.c.valid_to > until),
        later.c.valid_from <= until).correlate(Appointment)
    return (select(Appointment).join(Appointment.person)
            .where(*holding(day), Appointment.valid_to <= until, ~followed)
            .order_by(Appointment.valid_to, Appointment.id))


def logins_without_office(day: date) -> Select:
    """Open logins of people who hold no office on that day: they can do nothing."""
    office = (select(Appointment.id).join(Appointment.person)
              .where(Appointment.person_id == Login.person_id, *holding(day)).correlate(Login).exists())
    by_letter = (delegates_on(day).with_only_columns(Delegation.id).order_by(None)
                 .where(Delegation.delegate_id == Login.person_id).correlate(Login).exists())
    return select(Login.id).where(Login.active, ~office, ~by_letter)


def offices_without_login(day: date) -> Select:
    """Appointments of that day whose person has no open login: an office that cannot act here."""
    # EXISTS over one column: SELECT * would need columns that only the gate's login may read.
    key = (select(Login.id).where(Login.person_id == Appointment.person_id, Login.active)
           .correlate(Appointment).exists())
    return select(Appointment.id).join(Appointment.person).where(*holding(day), ~key)


def given_offices() -> CompoundSelect:
    """Every way in which somebody has, or is proposed for, an office: the row that gives it, and its days."""
    def of(model, person):
        days = func.daterange(model.valid_from, model.valid_to, "[]", type_=DATERANGE)
        return select(literal(model.__tablename__, Text).label("source"), model.id, person.label("person_id"),
                      cast(model.role, Text).label("role"), days.label("days")).where(
                          model.state.in_((P.PROPOSED, P.CONFIRMED)))
    return union_all(of(Appointment, Appointment.person_id), of(Delegation, Delegation.delegate_id))


def incompatible() -> Select:
    """Who has two offices that exclude one another on some same day, each case once from either side."""
    pair, one, other = ExclusiveOffices, ways_given("one"), ways_given("other")
    rules = func.daterange(pair.valid_from, pair.valid_to, "[]")
    days = one.c.days.op("*")(other.c.days)
    return (select(one.c.person_id, one.c.source, one.c.id, one.c.role, other.c.role.label("other_role"),
                   days.label("days"), pair.id.label("pair_id"))
            .where(pair.state == DraftState.IN_FORCE, one.c.role.in_((pair.first_role, pair.second_role)),
                   other.c.person_id == one.c.person_id, days.op("&&")(rules), other.c.role == case(
                       (one.c.role == pair.first_role, pair.second_role), else_=pair.first_role)))


def ways_given(name: str) -> FromClause:
    """The rows of given_offices() as PostgreSQL gives them to any office."""
    return func.console.given_offices().table_valued(
        column("source", Text), column("id", Integer), column("person_id", Integer), column("role", String),
        column("days", DATERANGE)).render_derived(name)


def holding_both(pair: ExclusiveOffices) -> Select:
    """The name of somebody who has, or is proposed for, both offices of a pair on a day on which it would rule."""
    one, other = ways_given("one"), ways_given("other")
    rules = func.daterange(literal(pair.valid_from, Date), literal(pair.valid_to, Date), "[]")
    return (select(Person.name).join(one, one.c.person_id == Person.id)
            .join(other, other.c.person_id == one.c.person_id)
            .where(one.c.role == pair.first_role, other.c.role == pair.second_role,
                   one.c.days.op("&&")(other.c.days), (one.c.days.op("*")(other.c.days)).op("&&")(rules))
            .order_by(Person.name).limit(1))
