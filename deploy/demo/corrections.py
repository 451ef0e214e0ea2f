"""Corrections in every state, each walked there by the offices through their acts."""

from sqlalchemy import select

from deploy.demo import plots
from deploy.demo.anomalies import folio
from deploy.demo.people import actor
from deploy.demo.seed import chance, pick
from deploy.demo.walk import STEPS, Case
from models import db
from models.billing import Bill
from models.corrections import Correction
from policies import speaks

PREPARED = "start calculate prove"
SENT = f"{PREPARED} submit"
SIGNED = f"{SENT} signed"
APPLIED = f"{SIGNED} apply"
# The account (its row), and the steps taken on the bill that is wrong there.
STORIES = {
    38: "start", 39: PREPARED, 40: SENT, 41: SENT, 42: f"{SENT} return:comercial", 43: SIGNED,
    44: APPLIED, 45: f"{SENT} reject:comercial", 46: "start calculate withdraw",
    47: f"{APPLIED} reverse submit signed apply", 48: f"{SENT} sign:titular sign:comercial",
    49: f"{SENT} sign:encargado apply", 50: APPLIED,
}
# What became of some of the anomalies that lie scattered beyond the known accounts.
ENDINGS = (APPLIED, APPLIED, SIGNED, SENT)


def stories(accounts):
    """(row, steps) of every correction that the demonstration tells."""
    yield from STORIES.items()
    for row in range(plots.LAST_KNOWN + 1, accounts + 1):
        if plots.of_row(row) and chance(40, row, "told"):
            yield row, pick(ENDINGS, row, "ending")


def load(app, accounts):
    """Begin each correction and take it, act by act, to the state of its story."""
    for row, steps in stories(accounts):
        case = begun(app, row)
        for word in steps.split() if case else ():
            step, _, mailbox = word.partition(":")
            case = STEPS[step](case, mailbox)


def begun(app, row):
    """The story of a bill on which nothing was started yet, else None."""
    with speaks(db.session, actor("personal"), "demo") as session:
        bill_id = session.scalar(select(Bill.id).where(
            Bill.folio == folio(row, plots.of_row(row)),
            ~select(Correction.id).where(Correction.bill_id == Bill.id).exists()))
    return Case(row, app.config["FILES"], bill_id) if bill_id else None
