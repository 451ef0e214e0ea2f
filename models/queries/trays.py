"""Where each open correction rests, since when, and for whom it waits; the oldest first."""

from sqlalchemy import Date, and_, case, func, literal, select
from sqlalchemy.orm import contains_eager, defer, joinedload

from models.base.people import Contribution, Person
from models.corrections import OPEN, Correction
from models.corrections import CorrectionState as S
from models.queries.corrections import waiting_for
from models.signatures import Signature, SignatureSlot

HERE = "America/Mexico_City"
RETURNED = and_(Correction.state == S.DRAFT, Correction.revision > 1)
# What the list of a tray does not say, and weighs: the figures and their reasons.
UNSAID = (Correction.memoria, Correction.inputs, Correction.refusals, Correction.reason, Correction.sources)


def last_step():
    """The instant of the last step: born, returned, sent to be signed, or signed once more.

    A returned correction begins its revision with its author's hand on it, in the same
    transaction; the contributions keep that instant.
    """
    signed = (select(func.max(Signature.signed_at)).where(
        Signature.correction_id == Correction.id, Signature.revision == Correction.revision)
        .correlate(Correction).scalar_subquery())
    returned = (select(func.min(Contribution.at)).where(
        Contribution.subject == Correction.__tablename__, Contribution.subject_id == Correction.id,
        Contribution.revision == Correction.revision).correlate(Correction).scalar_subquery())
    return case((RETURNED, returned), (Correction.state == S.DRAFT, Correction.drafted_at),
                else_=func.coalesce(signed, Correction.submitted_at))


def awaited():
    """The office of the first signature that is missing; NULL when none is."""
    return (select(SignatureSlot.role).outerjoin(Signature, Signature.slot_id == SignatureSlot.id)
            .where(SignatureSlot.correction_id == Correction.id, Signature.id.is_(None),
                   SignatureSlot.revision == Correction.revision)
            .order_by(SignatureSlot.position).limit(1).correlate(Correction).scalar_subquery())


def staff_tray(person_id):
    """Which tray of the Unit's desk an open correction is in."""
    return case((RETURNED, "returned"), (Correction.state == S.SIGNED, "to_apply"),
                (Correction.state == S.SUBMITTED, "in_sign"),
                (Correction.drafted_by_id == person_id, "mine"), else_="office")


def of_staff(person_id, late, shown):
    """The desk: late ones in a tray of their own, the person's first, then oldest and dearest."""
    rows = select(Correction.id, staff_tray(person_id).label("tray"), local_day(last_step()).label("since"),
                  (Correction.drafted_by_id == person_id).label("own"),
                  Correction.amount).where(Correction.state.in_(OPEN)).subquery()
    tray = case((rows.c.since <= late, "late"), else_=rows.c.tray)
    return ranked(select(rows, tray.label("place")).subquery(), ("own", "since", "amount"), shown)


def of_signer(role, shown):
    """What waits for this office's signature, oldest and dearest first."""
    rows = (waiting_for(role).order_by(None).with_only_columns(
        Correction.id, local_day(last_step()).label("since"), Correction.amount,
        literal("decide").label("place"), literal(True).label("own")).subquery())
    return ranked(rows, ("since", "amount"), shown)


def ranked(rows, terms, shown):
    """(correction, tray, since, how many in the tray, whom it waits for): few of each, one SELECT."""
    order = {"own": rows.c.own.desc(), "since": rows.c.since, "amount": func.abs(rows.c.amount).desc()}
    window = {"partition_by": rows.c.place}
    place = func.row_number().over(order_by=[*(order[term] for term in terms), rows.c.id], **window)
    few = select(rows.c.id, rows.c.place, rows.c.since, place.label("rank"),
                 func.count().over(**window).label("total"),
                 func.sum(func.abs(rows.c.amount)).over(**window).label("worth")).subquery()
    return (select(Correction, few.c.place, few.c.since, few.c.total, few.c.worth, awaited())
            .join(few, few.c.id == Correction.id).where(few.c.rank <= shown)
            .options(*said()).order_by(few.c.place, few.c.rank))


def said():
    """What a row of a tray says of its correction, brought in the same SELECT."""
    return (joinedload(Correction.account, innerjoin=True),
            joinedload(Correction.anomaly_type, innerjoin=True),
            joinedload(Correction.drafted_by, innerjoin=True),
            *(defer(column) for column in UNSAID))


def decided_since(moment, shown):
    """(correction, act, who, office, when) of what signers did since then, newest first."""
    found = func.console.decisions_since(moment, shown).table_valued(
        "correction_id", "act", "person_id", "role", "at").render_derived()
    return (select(Correction, found.c.act, Person.name, found.c.role, found.c.at)
            .join(found, found.c.correction_id == Correction.id)
            .join(Person, Person.id == found.c.person_id)
            .options(contains_eager(Correction.account), *(defer(column) for column in UNSAID))
            .join(Correction.account).order_by(found.c.at.desc()))


def ageing(starts):
    """(tray, band, how many, MXN) of open corrections; `starts` are the days that begin a band.

    Bands count from 0, the youngest; MXN is the sum of the differences, whichever their sign.
    """
    since = local_day(last_step())
    band = case(*((since <= day, place) for place, day in reversed(list(enumerate(starts, 1)))), else_=0)
    rows = select(staff_tray(0).label("tray"), band.label("band"), Correction.amount).where(
        Correction.state.in_(OPEN)).subquery()
    return select(rows.c.tray, rows.c.band, func.count(), func.sum(func.abs(rows.c.amount))).group_by(
        rows.c.tray, rows.c.band)


def local_day(moment):
    """The civil day in San Luis Potosí."""
    return func.timezone(HERE, moment).cast(Date)
