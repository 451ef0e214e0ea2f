"""Accounts, bills and notes: the commercial system's ground, read; corrections start here."""

from sqlalchemy import or_, select

from admin_views.base import PolicyView
from admin_views.outputs import charts
from models import db
from models.billing import Bill, CreditNote
from models.customers import Account
from models.meters import Meter
from models.notices import Notice
from models.queries import billing as ask
from models.queries import corrections as find

MONTHS = 24


class AccountView(PolicyView):
    """Found by number, by holder (accents and case do not matter) or by meter."""

    column_list = ("number", "holder_name", "holder_initials", "tariff_class", "neighborhood",
                   "supply_zone", "status")
    column_default_sort = ("number", False)
    filters_by = ("tariff_class", "status")
    search_in = ("number",)
    endings, creates_here = "a", False
    record_template = "account.html"
    facts = (("Cuenta", ("number", "holder_name", "street", "neighborhood", "tariff_class",
                         "status")),
             ("Servicio", ("supply_zone", "route", "opened_on")))

    def readable(self, names):
        """Who reads the name needs no initials."""
        names = super().readable(names)
        return [name for name in names if not (
            name == "holder_initials" and self.reads_personal())]

    def search(self, query, words):
        if not self.reads_personal():
            return query.where(or_(Account.number == words, Account.id.in_(
                select(Meter.account_id).where(Meter.serial == words.upper()))))
        found = ask.accounts_found(words)
        return query.where(found.whereclause).order_by(Account.search_name)

    def picked(self, record):
        """A number says little: the holder's name beside it, or the initials."""
        return f"{record.number} · " + (record.holder_name if self.reads_personal()
                                        else record.holder_initials)

    def prefixed(self, query, words):
        return ask.accounts_picked(query, words, self.reads_personal())

    def named(self, query, words):
        return query.where(ask.account_called(words, self.reads_personal()))

    def page_of(self, record):
        bills = db.session.scalars(ask.latest_bills(record, MONTHS)).all()
        return super().page_of(record) | {
            "bills": bills, "debt": db.session.scalar(ask.debt(record)),
            "chart": charts.consumption(bills),
            "meter": db.session.scalar(ask.meter_on(record.id, bills[0].period_end))
            if bills else None,
            "corrections": db.session.scalars(find.of_account(record)).all()}


class BillView(PolicyView):
    column_list = ("folio", "account", "period_end", "tariff_class", "volume", "total", "balance")
    column_default_sort = ("period_end", True)
    filters_by, search_in = ("tariff_class",), ("folio",)
    creates_here = False
    record_template = "bill.html"
    facts = (("Recibo", ("account", "period_start", "period_end", "tariff_class", "volume",
                         "previous_reading", "current_reading")),
             ("Importes", ("issued_on", "due_on", "total", "balance")))

    def page_of(self, record):
        return super().page_of(record) | {"corrections": db.session.scalars(
            find.of_account(record.account).where(find.Correction.bill_id == record.id)).all()}


class CreditNoteView(PolicyView):
    column_list = ("folio", "kind", "bill", "amount", "issued_at")
    column_default_sort = ("id", True)
    filters_by, search_in = ("kind",), ("folio",)
    endings, creates_here = "a", False
    facts = (("Nota", ("folio", "kind", "bill", "amount", "issued_at")),)


class NoticeView(PolicyView):
    column_list = ("subject", "account", "state", "written_at")
    column_default_sort = ("id", True)
    filters_by, search_in = ("state",), ("subject",)
    endings, creates_here = "a", False
    facts = (("Carta", ("subject", "account", "correction", "state", "written_at", "body")),)


def views():
    yield AccountView(Account, name="Cuentas", endpoint="accounts", url="/cuentas")
    yield BillView(Bill, name="Recibos", endpoint="bills", url="/recibos")
    yield CreditNoteView(CreditNote, name="Notas de crédito y cargo", endpoint="credit_notes",
                         url="/notas")
    yield NoticeView(Notice, name="Cartas por enviar", endpoint="notices", url="/cartas")
