"""Screens of accounts, bills and notes, which belong to the commercial system; corrections start here."""


from collections.abc import Iterable, Iterator

from flask import g
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

import policies
from admin_views.billing import charts
from admin_views.core import reads
from admin_views.core.base import PolicyView
from admin_views.corrections.papers import corrected_bill_facts
from admin_views.door import verification
from admin_views.output.papers import Paper, declare_paper
from models import db
from models.billing import Bill, CreditNote, NoteForm
from models.customers import Account
from models.fiscal import Instalment
from models.meters import Meter
from models.queries import billing as ask
from models.queries.calendar import days_off
from models.queries.finding import is_number
from policies.core.offices import STAFF
from policies.corrections.instalments import pay_by

MONTHS = 24


class AccountView(PolicyView):
    """Accounts, found by number, by holder (accents and case do not matter) or by meter."""

    menu_entry, daily_for, leads, shortcut = "Cuentas y recibos", STAFF, True, "c"
    sought = "Buscar cuenta, titular, medidor, folio…"
    column_list = ("number", "holder_name", "holder_initials", "tariff_class", "neighborhood",
                   "supply_zone", "status")
    column_default_sort = ("number", False)
    filters_by = ("tariff_class", "status", "neighborhood", "supply_zone", "holder_name", "number",
                  "route", "opened_on")
    narrowed_by = ("neighborhood", "route")
    search_in = numbered_by = ("number",)
    numbers_of_parts = ((Meter, "serial", "account"),)
    found_without_names = "Su cargo encuentra las cuentas por su número o su medidor; los nombres están reservados."
    creates_here, search_orders = False, True
    record_template = "account.html"
    facts = (("Cuenta", ("number", "holder_name", "street", "neighborhood", "tariff_class",
                         "status")),
             ("Servicio", ("supply_zone", "route", "opened_on")))

    def readable(self, names: Iterable[str]) -> list[str]:
        """The columns that this office reads: with the name, the initials are left out."""
        names = super().readable(names)
        return [name for name in names if not (
            name == "holder_initials" and self.reads_personal())]

    def search(self, query: Select, words: str) -> Select:
        """Search by number or meter; by holder for an office that reads names."""
        return ask.search_accounts(query, words, self.reads_personal())

    def nearest(self, words: str) -> Iterator[Select]:
        """SELECTs of the accounts for the box, the nearest first."""
        yield from super().nearest(words)
        if self.reads_personal() and not is_number(words):
            rows = self.scope(select(Account))
            yield rows.where(ask.holder_begins(words)).order_by(Account.search_name)
            yield ask.found_first(rows, ask.has_holder(words))

    def picker_label(self, record: Account) -> str:
        """The number with the holder's name, or the initials."""
        return f"{record.number} · " + (record.holder_name if self.reads_personal()
                                        else record.holder_initials)

    def picker_matches(self, query: Select, words: str) -> Select:
        """Accounts whose number, or holder, begins with the words."""
        return ask.pick_accounts(query, words, self.reads_personal())

    def with_name(self, query: Select, words: str) -> Select:
        """The account with exactly that number, or holder."""
        return query.where(ask.account_is(words, self.reads_personal()))

    def page_of(self, record: Account) -> dict:
        """The context of the account's page: its debt, readings and bills, drawn and listed."""
        query = ask.latest_bills_and_debt(record, MONTHS).options(joinedload(Bill.notes))
        rows = db.session.execute(query).unique().all()
        bills, (debt, meter) = [bill for bill, _, _ in rows], rows[0][1:] if rows else (0, None)
        return super().page_of(record) | {
            "bills": bills, "debt": debt, "meter": meter,
            "chart": charts.consumption(bills), "amounts": charts.amounts(bills)}


class BillView(PolicyView):
    """Bills."""

    menu_entry, shortcut = "Cuentas y recibos", "r"
    column_list = ("folio", "account", "period_end", "tariff_class", "volume", "total", "balance")
    column_default_sort = ("period_end", True)
    filters_by = ("period_end", "tariff_class", "balance", "account", "total", "volume",
                  "issued_on", "due_on", "folio")
    narrowed_by = ("period_end", "account")
    search_in = numbered_by = ("folio",)
    creates_here = False
    record_template = "bill.html"
    facts = (("Recibo", ("account", "period_start", "period_end", "tariff_class", "volume",
                         "previous_reading", "current_reading")),
             ("Importes", ("issued_on", "due_on", "total", "balance")))

    def picker_matches(self, query: Select, words: str) -> Select:
        """Bills by folio, or of the account with that number."""
        return ask.pick_bills(query, words)

    def with_name(self, query: Select, words: str) -> Select:
        """The bill with exactly that folio."""
        return query.where(Bill.folio == words.strip().upper())


class CreditNoteView(PolicyView):
    """The notes that the console wrote."""

    menu_entry = "Correcciones"
    column_list = ("folio", "kind", "form", "bill", "amount", "issued_at")
    column_default_sort = ("id", True)
    filters_by = ("kind", "form", "issued_at", "amount", "bill", "folio")
    narrowed_by = ("issued_at", "bill")
    search_in = numbered_by = ("folio",)
    when_empty = "Una nota nace cuando se aplica una corrección firmada."
    creates_here = False
    facts = (("Nota", ("folio", "kind", "form", "amount", "issued_at")),
             ("De dónde viene", ("correction", "bill")))


def corrected_facts(note: CreditNote) -> dict:
    """What the corrected bill of a note says, with the holder's name where the office reads it."""
    account, named = note.correction.account, policies.reads_personal(g.actor, Account)
    if named:
        reads.note_shown(account)
    holder = db.session.scalar(select(Account.holder_name if named else Account.holder_initials)
                               .where(Account.id == account.id))
    payments = db.session.scalars(select(Instalment).where(Instalment.note_id == note.id).order_by(Instalment.number))
    return corrected_bill_facts(note, holder, pay_by(note, set(db.session.scalars(days_off()))), payments.all())


declare_paper(Paper(
    CreditNote, "corrected_bill.typ", name="recibo-corregido", label="Recibo corregido en PDF", facts=corrected_facts,
    called=lambda note: f"{note.bill.folio}-corregido", has=lambda note: note.form == NoteForm.CORRECTED_BILL,
    qr=lambda note: verification.address(note.correction.verification_code)))


def views() -> Iterator[PolicyView]:
    """The screens of the area."""
    yield AccountView(Account, url="/cuentas")
    yield BillView(Bill, url="/recibos")
    yield CreditNoteView(CreditNote, url="/notas")
