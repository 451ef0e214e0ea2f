"""Catalogues that one office drafts and another authorises, each by its own act."""

from decimal import Decimal
from pathlib import Path

from holidays import Mexico
from sqlalchemy import select

from deploy.demo import files
from deploy.demo.causes import CAUSES
from deploy.demo.months import RULES_BEGIN
from deploy.demo.people import actor, decider
from models import db
from models.bands import ApprovalBand, ApprovalSlot, ApprovalWindow
from models.base.calendar import CalendarYear, Holiday
from models.base.drafts import DraftState
from models.base.people import Role
from models.procedures import AnomalyType, ProcedureVersion, VersionState
from policies import bands, deadlines, organization, perform, procedures, speaks
from policies.core.signing_acts import content_hash
from policies.procedures import authority, drafts
from policies.procedures.parsing import load as read_procedure

ADOPTED = Path(procedures.__file__).parent / "adopted"
YEARS = range(2024, 2028)
# (name, from, to, who signs in order)
BANDS = (
    ("Hasta $1,000.00", "0", "1000", (Role.COMMERCIAL_DIRECTOR,)),
    ("De $1,000.00 a $10,000.00", "1000", "10000", (Role.UNIT_HEAD, Role.COMMERCIAL_DIRECTOR)),
    ("Desde $10,000.00", "10000", None,
     (Role.UNIT_HEAD, Role.COMMERCIAL_DIRECTOR, Role.GENERAL_DIRECTOR)),
)


WINDOW = 90   # days in which what an account adds up counts together


def load_causes(app):
    """Add the causes of correction."""
    add_all("sistemas", [AnomalyType(code=code, name=name, description=description)
                         for code, (name, description) in CAUSES.items()])


def draft_holidays(app):
    """The days of rest of the federal labour law."""
    days = sorted(Mexico(years=YEARS, language="es").items())
    add_all("sistemas", [Holiday(day=day, reason=reason) for day, reason in days])


def authorize_holidays(app):
    """Put the days off in force."""
    decide(Role.UNIT_HEAD, organization.authorize_holiday, Holiday, DraftState.DRAFT)


def draft_calendars(app):
    """Draft the calendar of each year."""
    add_all("sistemas", [CalendarYear(year=year, source="Ley Federal del Trabajo, artículo 74") for year in YEARS])


def authorize_calendars(app):
    """Put the calendars in force."""
    decide(Role.UNIT_HEAD, deadlines.authorize_calendar, CalendarYear, DraftState.DRAFT)


def draft_bands(app):
    """Draft the levels of signature."""
    with speaks(db.session, actor("sistemas"), "demo") as session:
        for name, low, high, signers in BANDS:
            band = ApprovalBand(name=name, from_amount=Decimal(low), valid_from=RULES_BEGIN,
                                to_amount=None if high is None else Decimal(high))
            session.add(band)
            session.flush()
            session.add_all([ApprovalSlot(band_id=band.id, position=position, role=role)
                             for position, role in enumerate(signers, start=1)])
        session.commit()


def authorize_bands(app):
    """Put the levels of signature in force."""
    decide(Role.COMMERCIAL_DIRECTOR, bands.authorize_band, ApprovalBand, DraftState.DRAFT, method="password")


def draft_windows(app):
    """Draft the window in which corrections of one account are added up."""
    add_all("sistemas", [ApprovalWindow(length=WINDOW, valid_from=RULES_BEGIN)])


def authorize_windows(app):
    """Put the window in force."""
    decide(Role.COMMERCIAL_DIRECTOR, bands.authorize_window, ApprovalWindow, DraftState.DRAFT, method="password")


def draft_procedures(app):
    """The office's own versions, from the files that it adopted, each with its authorised document."""
    who = actor("personal")
    with speaks(db.session, who, "demo") as session:
        for path in sorted(ADOPTED.glob("*.yaml")):
            definition = read_procedure(path)
            version = drafts.draft_of(session, definition, "Primera versión, adoptada de la biblioteca.")
            paper = files.paper(app.config["FILES"], path.stem, f"Procedimiento autorizado: {definition.name}.")
            perform(session, drafts.attach_authorized, version, who, {"file": paper})
            perform(session, drafts.send_version, version, who)
        session.commit()


def sign_procedures(app):
    """Its two offices, one after the other, over what each reads."""
    for role in (Role.UNIT_HEAD, Role.COMMERCIAL_DIRECTOR):
        who = decider(role)
        with speaks(db.session, who, "demo") as session:
            for version in session.scalars(select(ProcedureVersion).where(
                    ProcedureVersion.state == VersionState.SUBMITTED).order_by(ProcedureVersion.id)):
                perform(session, authority.endorse_version, version, who, {
                    "seen_hash": content_hash(version), "method": "password"})
            session.commit()


def add_all(mailbox, rows):
    """Add rows as somebody of the demonstration."""
    with speaks(db.session, actor(mailbox), "demo") as session:
        session.add_all(rows)
        session.commit()


def decide(role, step, model, waiting, **answers):
    """One office takes one step on every row that waits for it."""
    who = decider(role)
    with speaks(db.session, who, "demo") as session:
        for row in session.scalars(select(model).where(model.state == waiting).order_by(model.id)):
            perform(session, step, row, who, answers)
        session.commit()
