"""Where each open correction rests, since when, and for whom it waits."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Date, Integer, Select, Text, and_, case, cast, func, or_, select
from sqlalchemy.orm import contains_eager, defer, joinedload

from models.base.people import Contribution, Person
from models.base.signing import Signature, SignaturePlace
from models.base.trail import AuditEntry
from models.corrections import OPEN, Correction
from models.corrections import CorrectionState as S
from models.queries.signing import of

HERE = "America/Mexico_City"
RETURNED = and_(Correction.state == S.DRAFT, Correction.revision > 1)
# What the list of a tray does not say, and weighs: the figures and their reasons.
UNSAID = (Correction.memoria, Correction.inputs, Correction.refusals, Correction.reason, Correction.sources)


def last_step() -> ColumnElement:
    """The instant of the last step: born, returned, sent to be signed, or signed once more.

    A returned correction begins its revision with its author's hand on it, in the same
    transaction; the contributions keep that instant.
    """
    signed = (select(func.max(Signature.signed_at)).where(
        of(Signature, Correction)).correlate(Correction).scalar_subquery())
    returned = (select(func.min(Contribution.at)).where(
        Contribution.subject == Correction.__tablename__, Contribution.subject_id == Correction.id,
        Contribution.revision == Correction.revision).correlate(Correction).scalar_subquery())
    return case((RETURNED, returned), (Correction.state == S.DRAFT, Correction.drafted_at),
                else_=func.coalesce(signed, Correction.submitted_at))


def awaited() -> ColumnElement:
    """The office of the first signature that is missing; NULL when none is."""
    return (select(SignaturePlace.role).outerjoin(Signature, Signature.place_id == SignaturePlace.id)
            .where(of(SignaturePlace, Correction), Signature.id.is_(None))
            .order_by(SignaturePlace.position).limit(1).correlate(Correction).scalar_subquery())


def decided_since(moment: datetime, shown: int) -> Select:
    """(correction, act, who, office, when) of what signers did since then, newest first."""
    found = func.console.decisions_since(moment, shown).table_valued(
        "correction_id", "act", "person_id", "role", "at").render_derived()
    return (select(Correction, found.c.act, Person.name, found.c.role, found.c.at)
            .join(found, found.c.correction_id == Correction.id)
            .join(Person, Person.id == found.c.person_id)
            .options(contains_eager(Correction.account), *(defer(column) for column in UNSAID))
            .join(Correction.account).order_by(found.c.at.desc()))


def decisions_since(since: ColumnElement, most: ColumnElement) -> Select:
    """What signers decided lately, for those who prepare corrections: which act, who, when; nothing of the trail
    besides. Read from what changed, so that a decision of another program is told too."""
    signed, moved = AuditEntry.table_name == "console.signatures", AuditEntry.table_name == "console.corrections"
    born, new = AuditEntry.operation == "I", AuditEntry.new
    of_record = func.coalesce(new["subject_id"].astext, new["correction_id"].astext)
    act = case((new["state"].astext == S.DRAFT.value, "send_back"), (new["state"].astext == S.REJECTED.value, "reject"),
               else_="sign")
    return (select(cast(case((born, of_record), else_=AuditEntry.row_id), Integer).label("correction_id"),
                   cast(act, Text).label("act"), AuditEntry.actor_id.label("person_id"),
                   func.replace(AuditEntry.role, "console_", "", type_=Text).label("role"), AuditEntry.at)
            .where(AuditEntry.at >= since, or_(signed, moved), or_(
                and_(signed, born, func.coalesce(new["subject"].astext, "corrections") == "corrections"),
                and_(moved, AuditEntry.operation == "U", new["state"].astext.in_((S.DRAFT.value, S.REJECTED.value)))))
            .order_by(AuditEntry.at.desc()).limit(most))


def ageing(starts: Sequence[date]) -> Select:
    """(place, band, how many, MXN) of open corrections; `starts` are the days that begin a band.

    Bands count from 0, the youngest; MXN is the sum of the differences, whichever their sign.
    """
    since = local_day(last_step())
    band = case(*((since <= day, place) for place, day in reversed(list(enumerate(starts, 1)))), else_=0)
    tray = case((RETURNED, "returned"), (Correction.state == S.SIGNED, "to_apply"),
                (Correction.state == S.SUBMITTED, "in_sign"), else_="drafts")
    rows = select(tray.label("tray"), band.label("band"), Correction.amount).where(
        Correction.state.in_(OPEN)).subquery()
    return select(rows.c.tray, rows.c.band, func.count(), func.sum(func.abs(rows.c.amount))).group_by(
        rows.c.tray, rows.c.band)


def waiting_since() -> ColumnElement:
    """The civil day of the last step."""
    return local_day(last_step())


def rows_of(keys: Sequence[int]) -> Select:
    """(correction, the office that it waits for) of what a tray shows, each with what its row says."""
    return select(Correction, awaited()).where(Correction.id.in_(keys)).options(
        joinedload(Correction.account, innerjoin=True), joinedload(Correction.anomaly_type, innerjoin=True),
        joinedload(Correction.drafted_by, innerjoin=True), *(defer(column) for column in UNSAID))


def local_day(moment: ColumnElement) -> ColumnElement:
    """The civil day in San Luis Potosí."""
    return func.timezone(HERE, moment).cast(Date)
