"""Batches for tests: days without supply over the bills of one month, walked by their acts."""

import json
from datetime import date

import psycopg
from sqlalchemy import select

from admin_views.core import worker
from models.batches import BatchState as B
from models.batches import CorrectionBatch
from models.billing import Bill
from models.procedures import AnomalyType, Procedure, ProcedureVersion
from policies.batches import acts
from policies.core.signing_acts import content_hash
from policies.corrections import drafting
from policies.corrections.acts import start_correction
from tests import psql

WITHOUT_SUPPLY, MISREAD = "slp-dias-sin-servicio", "slp-error-lectura"
SIGNERS = ("unit_head", "commercial_director", "general_director")


class Batches:
    """What a test of batches needs of an office."""

    def __init__(self, office):
        self.office = office

    def month(self, back=3):
        """The first and last day of the month in which bills end, `back` months before the newest."""
        newest = self.office.scalar("SELECT max(period_end) FROM commercial.bills")
        year, month = divmod(newest.year * 12 + newest.month - 1 - back, 12)
        last = self.office.scalar("SELECT (%s::date + interval '1 month - 1 day')::date", date(year, month + 1, 1))
        return date(year, month + 1, 1), last

    def terms(self, session, code=WITHOUT_SUPPLY, back=3, **terms):
        version = session.scalar(select(ProcedureVersion).join(Procedure).where(Procedure.code == code))
        cause = session.scalar(select(AnomalyType.id).where(AnomalyType.code == version.anomaly_codes[0]))
        start, end = self.month(back)
        return version, {"subject": "Sin servicio en marzo", "anomaly_type": str(cause),
                         "reason": "Falla del pozo, según la bitácora de operación.",
                         "period_from": start, "period_to": end, **terms}

    def prepared(self, code=WITHOUT_SUPPLY, which=0, **terms):
        with self.office.speaks("staff", which) as session:
            version, said = self.terms(session, code, **terms)
            key = version.id
        return self.office.perform("staff", acts.prepare_batch, key, said, which, ProcedureVersion)

    def perform(self, step, key, answers=None, role="staff", which=0):
        return self.office.perform(role, step, key, answers, which, CorrectionBatch)

    def work(self):
        """Everything that the worker has to do, here and now."""
        worker.resting.clear()
        with self.office.app.app_context():
            while worker.take_one():
                pass

    def computed(self, days=6, **terms):
        key = self.prepared(**terms)
        self.perform(acts.compute_batch, key, {"dias_sin_servicio": days})
        self.work()
        assert self.state(key) == B.COMPUTED, self.trouble(key)
        return key

    def submitted(self, **terms):
        key = self.computed(**terms)
        self.attached(key)
        self.perform(acts.submit_batch, key)
        return key

    def attached(self, key):
        self.perform(acts.attach_to_batch, key, {
            "kind": "outage_report", "file": self.office.stored(f"reporte {key}")})

    def sign(self, key, role, which=0):
        with self.office.speaks(role, which) as session:
            seen = content_hash(session.get(CorrectionBatch, key))
        self.perform(acts.sign_batch, key, {"seen_hash": seen, "method": "password"}, role, which)

    def signed(self, **terms):
        key = self.submitted(**terms)
        for slot in self.scalar(psql.BATCH_PLACES, key):
            self.sign(key, slot["role"])
        return key

    def applying(self, **terms):
        key = self.signed(**terms)
        self.perform(acts.apply_batch, key)
        return key

    def applied(self, **terms):
        key = self.applying(**terms)
        self.work()
        return key

    def bill(self, back):
        """A bill that ends in that month."""
        return self.scalar("SELECT min(id) FROM commercial.bills WHERE period_end BETWEEN %s AND %s", *self.month(back))

    def begun(self, bill):
        """A draft over a bill, as somebody else at the counter begins one."""
        with self.office.speaks("staff", 1) as session:
            way = next(ask.choices[0][0] for ask in drafting.ask_cause(session.get(Bill, bill), None)
                       if ask.name == "way")
        return self.office.perform("staff", start_correction, bill, {"way": way, "reason": "Otra causa."}, 1, Bill)

    # ---- what the database holds

    def scalar(self, statement, *values):
        return self.office.scalar(statement, *values)

    def state(self, key):
        return B(self.scalar("SELECT state FROM console.correction_batches WHERE id = %s", key))

    def trouble(self, key):
        return self.scalar("SELECT trouble FROM console.correction_batches WHERE id = %s", key)

    def figures(self, key):
        """(bills, proceeding, MXN)."""
        with psycopg.connect(self.office.dsn()) as raw:
            return raw.execute("SELECT bills, proceeding, amount FROM console.correction_batches WHERE id = %s",
                               (key,)).fetchone()

    def notes(self, key):
        """(how many notes its corrections have, how many bills they are of, MXN that they move)."""
        with psycopg.connect(self.office.dsn()) as raw:
            return raw.execute(
                "SELECT count(*), count(DISTINCT n.bill_id), coalesce(sum(CASE n.kind WHEN 'credit' THEN -n.amount"
                " ELSE n.amount END), 0) FROM commercial.credit_notes n JOIN console.corrections c"
                " ON c.id = n.correction_id JOIN console.batch_rows r ON r.id = c.batch_row_id"
                " WHERE r.batch_id = %s", (key,)).fetchone()


def admit_charges_in_parts(cluster, office, most):
    """Make the procedure of misread bills admit readings above the billed one, and then the charge in `most` parts."""
    with psql.superuser(cluster, office) as raw:
        key, old = raw.execute(
            "SELECT v.id, v.definition FROM console.procedure_versions v JOIN console.procedures p"
            " ON p.id = v.procedure_id WHERE p.code = %s", (MISREAD,)).fetchone()
        inputs = [{name: said for name, said in item.items() if name != "maximum"} for item in old["inputs"]]
        new = old | {"inputs": inputs, "result": old["result"] | {"direction": "both"},
                     "instalments": {"most": str(most)}}
        raw.execute("UPDATE console.procedure_versions SET definition = %s WHERE id = %s", (json.dumps(new), key))
