"""One box: a folio, a number or a meter goes straight to its page; words go to the accounts."""

from flask import g, redirect, request, url_for
from sqlalchemy import select

import policies
from models import db
from models.billing import Bill, CreditNote
from models.corrections import Correction
from models.customers import Account
from models.meters import Meter

# What each kind of official number names: (model whose page opens, its SELECT by that number).
NUMBERED = (
    (Account, lambda words: select(Account.id).where(Account.number == words)),
    (Account, lambda words: select(Meter.account_id).where(Meter.serial == words)),
    (Correction, lambda words: select(Correction.id).where(Correction.folio == words)),
    (Bill, lambda words: select(Bill.id).where(Bill.folio == words)),
    (CreditNote, lambda words: select(CreditNote.id).where(CreditNote.folio == words)))


def install(app):
    app.add_url_rule("/buscar/", "search", find)


def find():
    """The page of what was typed, if it is exactly one thing's number; else a list to choose."""
    words = request.args.get("q", "").replace("\x00", "")[:200].strip()
    for model, by_number in NUMBERED:
        if not policies.allows(g.actor, "view", model):
            continue
        key = db.session.scalar(by_number(words.upper()))
        if key is not None:
            return redirect(url_for(f"{model.__tablename__}.details_view", key=key))
    if not policies.allows(g.actor, "view", Account):
        raise policies.Denied("Su cargo no consulta cuentas.")
    return redirect(url_for("accounts.index_view", q=words))
