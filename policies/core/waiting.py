"""What waits for each office, as SELECTs of keys: the counts beside the menu and the trays of the home.

Drafts that one office types and another puts in force are found in the rules and acts themselves, so
a new catalogue reaches its decider's menu by being declared.
"""

from datetime import timedelta

from sqlalchemy import and_, or_, select

from models.base.handovers import Handover
from models.base.people import Appointment, Login
from models.base.proposals import ProposalState
from models.batches import BatchState, CorrectionBatch
from models.corrections import Correction
from models.corrections import CorrectionState as S
from models.notices import Notice, NoticeState
from models.procedures import ProcedureVersion, VersionState
from models.queries import batches, offices, procedures
from models.queries.corrections import waiting_for
from policies.core.offices import ADMINISTRATOR, COMMERCIAL, CONFIRMERS, SIGNERS, STAFF, UNIT_HEAD
from policies.core.rules import ACTS, RULES

SOON = timedelta(days=30)   # an appointment that ends within it asks for its successor


def decides(role):
    """{table: state} of the drafts that this office puts in force and another office types, and of the passwords
    that another office handed."""
    handed = {Handover: ProposalState.PROPOSED} if role in CONFIRMERS else {}
    return handed | {step.model: RULES[step.model].born for step in ACTS.values()
            if role in step.by and RULES[step.model].create
            and role not in RULES[step.model].create and RULES[step.model].born in step.moves}


def waiting(role, today):
    """{table: SELECT of keys} of everything that waits for this office today."""
    found = {model: select(model.id).where(model.state == state)
             for model, state in decides(role).items()}
    if role in SIGNERS:
        found[Correction] = waiting_for(role).order_by(None).with_only_columns(Correction.id)
        found[CorrectionBatch] = batches.waiting_for(role)
    if role in UNIT_HEAD | COMMERCIAL:
        found[ProcedureVersion] = procedures.waiting_for(1 if role in UNIT_HEAD else 2)
    if role in STAFF:
        found |= desk()
    if role in ADMINISTRATOR:
        found |= {Login: offices.logins_without_office(today),
                  Appointment: offices.ending(today, today + SOON).with_only_columns(Appointment.id)}
    return found


def desk():
    """What staff has to take up again: returned, or to apply; and the letters that have to leave."""
    returned = and_(Correction.state == S.DRAFT, Correction.revision > 1)
    back = and_(ProcedureVersion.state == VersionState.DRAFT, ProcedureVersion.revision > 1)
    many = and_(CorrectionBatch.state == BatchState.DRAFT, CorrectionBatch.revision > 1)
    return {Correction: select(Correction.id).where(or_(returned, Correction.state == S.SIGNED)),
            CorrectionBatch: select(CorrectionBatch.id).where(or_(many, CorrectionBatch.state == BatchState.SIGNED)),
            ProcedureVersion: select(ProcedureVersion.id).where(back),
            Notice: select(Notice.id).where(Notice.state == NoticeState.WAITING)}
