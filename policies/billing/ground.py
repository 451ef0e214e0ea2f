"""The rules of the commercial system's tables: the console reads them, and writes only notes, by an act."""

from sqlalchemy import ARRAY, Integer

from models.billing import Bill, BillLine, CreditNote, CreditNoteLine
from models.customers import Account
from models.meters import Meter, Reading
from models.queries import reports as find
from models.queries.billing import earlier_holders
from models.tariffs import LineRule, Tariff, TariffBlock, TariffStep
from policies.core.beside import Beside, beside
from policies.core.offices import CASE_READERS, NAME_READERS
from policies.core.rules import Rule, declare
from policies.core.sql.readings import reading
from policies.core.sql.reports import reports

READ = dict(view=CASE_READERS, export=CASE_READERS)

declare(
    Rule(Account, **READ, personal_to=NAME_READERS),
    Rule(Meter, **READ),
    Rule(Reading, **READ),
    Rule(Bill, **READ),
    Rule(BillLine, **READ),
    Rule(CreditNote, **READ, grows=True),
    Rule(CreditNoteLine, **READ, grows=True),
    Rule(Tariff, **READ),
    Rule(TariffBlock, **READ),
    Rule(TariffStep, **READ),
    Rule(LineRule, **READ),
)
reading("earlier_holders", earlier_holders, by=CASE_READERS, accounts=ARRAY(Integer))

reports(cuentas=find.accounts(), recibos=find.bills())
beside(Beside(Account, Meter, told=True, place=2), Beside(Bill, CreditNote), Beside(CreditNote, CreditNoteLine))
