"""Loads the demonstration once: what is there is never touched, what is missing is made."""

from sqlalchemy import func, select

from deploy.demo import bills, catalogues, ground, people, plots, tariffs
from deploy.demo import corrections as stories
from deploy.demo.accounts import contract
from deploy.demo.accounts import load as load_contracts
from deploy.demo.months import months_until_now
from deploy.demo.owner import alone, owner_session
from models.areas import modules
from models.bands import ApprovalBand, ApprovalWindow
from models.base.calendar import CalendarYear, Holiday
from models.base.drafts import DraftState
from models.base.people import Person
from models.base.signing import Signature
from models.billing import Bill, BillLine, CreditNote
from models.corrections import Correction
from models.customers import Account
from models.meters import Reading
from models.organization import Municipality, Neighborhood, SupplyZone
from models.procedures import AnomalyType, ProcedureVersion, VersionState
from models.tariffs import Tariff

# Each part of the load, and the rows whose absence asks for it. A person's own drafts are never
# authorised by a later run: only while nothing at all is in force.
STAGES = (
    (Municipality, None, ground.load),
    (Tariff, None, tariffs.load),
    (AnomalyType, None, catalogues.load_causes),
    (Holiday, None, catalogues.draft_holidays),
    (Holiday, DraftState.IN_FORCE, catalogues.authorize_holidays),
    (CalendarYear, None, catalogues.draft_calendars),
    (CalendarYear, DraftState.IN_FORCE, catalogues.authorize_calendars),
    (ApprovalBand, None, catalogues.draft_bands),
    (ApprovalBand, DraftState.IN_FORCE, catalogues.authorize_bands),
    (ApprovalWindow, None, catalogues.draft_windows),
    (ApprovalWindow, DraftState.IN_FORCE, catalogues.authorize_windows),
    (ProcedureVersion, None, catalogues.draft_procedures),
    (ProcedureVersion, VersionState.AUTHORIZED, catalogues.sign_procedures),
)
COUNTED = {"personas": Person, "municipios": Municipality, "zonas": SupplyZone,
           "colonias": Neighborhood, "causas": AnomalyType, "días inhábiles": Holiday,
           "niveles de firma": ApprovalBand, "ventanas": ApprovalWindow, "procedimientos": ProcedureVersion,
           "cuentas": Account, "lecturas": Reading, "recibos": Bill, "renglones": BillLine,
           "correcciones": Correction, "firmas": Signature, "notas": CreditNote}


def load(app, accounts=2000, months=24, corrections=True):
    """Make the demonstration office; the dict says what was made, empty when nothing was.

    A database with people of its own is no demonstration: nothing is written there.
    """
    if accounts < plots.LAST_KNOWN or months < plots.LEAST_MONTHS:
        raise ValueError(f"The demonstration needs {plots.LAST_KNOWN} accounts and "
                         f"{plots.LEAST_MONTHS} months at least.")
    with app.app_context(), alone(app):
        before = row_counts(app)
        if people.load(app):
            fill(app, accounts, months_until_now(months))
            if corrections:
                stories.load(app, accounts)
            for area in modules("deploy.demo"):
                getattr(area, "demonstrate", lambda app: None)(app)
        return {word: count - before[word] for word, count in row_counts(app).items()
                if count > before[word]}


def row_counts(app):
    """How many rows there are of each thing that the demonstration makes."""
    with owner_session(app) as session:
        return {word: session.scalar(select(func.count()).select_from(model))
                for word, model in COUNTED.items()}


def fill(app, accounts, months):
    """Take the steps that are needed, and load the commercial system's rows where it has none."""
    for step in needed(app):
        step(app)
    with owner_session(app) as session:
        if absent(session, Account):
            load_commercial(session, accounts, months)


def needed(app):
    """The steps whose rows are missing, in order."""
    with owner_session(app) as session:
        return [step for model, state, step in STAGES if absent(session, model, state)]


def absent(session, model, state=None):
    """Whether no row exists, or none in that state."""
    rows = select(model.id) if state is None else select(model.id).where(model.state == state)
    return session.scalar(rows.limit(1)) is None


def load_commercial(session, accounts, months):
    """What the commercial system brings: contracts and meters, then readings and bills."""
    contracts = [contract(row, months) for row in range(1, accounts + 1)]
    load_contracts(session, contracts, ground.places(session))
    bills.load(session, contracts, months)
