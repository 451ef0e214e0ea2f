"""The correction desk: the record from draft to note. What each may press is in policies/."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from decimal import Decimal

from flask import g
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy.orm import joinedload

import policies
from admin_views.acts import acting
from admin_views.core.base import PolicyView
from admin_views.core.words import money
from admin_views.corrections import accumulated
from admin_views.corrections.figures import Figures
from admin_views.corrections.papers import sheet_facts
from admin_views.corrections.work import FIGURES, PANELS, Worked
from admin_views.door import verification
from admin_views.output.papers import Paper, declare_paper
from admin_views.procedures.labels import say_effects, say_inputs
from admin_views.records.proofs import files_of, place_facts
from models import db
from models.base.attachments import Attachment
from models.base.people import Role
from models.base.signing import SignaturePlace
from models.billing import SERIES, Bill, NoteForm
from models.corrections import Correction, CorrectionState
from models.queries import billing as ask
from policies.core.balances import balance_words
from policies.core.offices import SIGNERS
from policies.core.rules import Act
from policies.core.signing_acts import content_hash
from policies.corrections.acts import kind_of_note
from policies.corrections.drafting import lacking, refused, uncaptured
from policies.corrections.following import effects_in_words, endings
from policies.corrections.glance import fact_of, glance
from policies.corrections.instalments import payments_words
from policies.corrections.outdated import comparison
from policies.notices import WHY, document_of

EARLIER = 4
# The acts whose page shows, beside the form, what the person decides from.
BESIDE = {"submit", "apply", "calculate"}
say_inputs(Correction.inputs)
say_effects(Correction.effects)


class CorrectionView(Worked, Figures, PolicyView):
    """Article 58, fraction II."""

    menu_entry, daily_for, leads, shortcut = "Correcciones", SIGNERS, True, "f"
    figures, panels = FIGURES, PANELS
    column_list = ("folio", "account", "anomaly_type", "amount", "state", "drafted_by", "drafted_at")
    column_default_sort = ("id", True)
    filters_by = ("state", "anomaly_type", "drafted_at", "amount", "drafted_by", "account", "bill",
                  "submitted_at", "procedure_version", "eligible", "folio")
    narrowed_by = ("drafted_at", "submitted_at", "account", "bill")
    when_empty = "Una corrección se inicia desde el recibo: busque la cuenta y abra el recibo."
    search_in = numbered_by = ("folio",)
    record_template = "correction.html"
    creates_here = shows_proofs = False
    lists_related = False   # its page shows each part in its own way
    together_templates = {"sign": "bulk_sign.html"}
    facts = (("Qué se corrige", ("account", "bill", "anomaly_type", "procedure_version",
                                 "volume_before", "volume_after", "reversal_of", "reason")),
             ("Trámite", ("revision", "drafted_by", "drafted_at", "submitted_at",
                          "decision_reason", "verification_code")))

    def opening(self) -> list:
        """Loader options: all that the pages of a correction name comes in one statement."""
        bill = joinedload(Correction.bill)
        return [bill.joinedload(Bill.current_reading), bill.joinedload(Bill.previous_reading),
                joinedload(Correction.places).joinedload(SignaturePlace.signature),
                *(joinedload(one) for one in (Correction.account, Correction.anomaly_type, Correction.procedure_version,
                                              Correction.drafted_by, Correction.lines, Correction.notes))]

    def seeing(self, record: Correction) -> AbstractContextManager:
        """Read at once what the page of a correction asks of PostgreSQL."""
        return glance(record)

    def page_of(self, record: Correction) -> dict:
        """The context of the page of a correction."""
        files_of(record)    # with their names, if this office may: the rules loaded them without
        before, after = self.before_and_after(record)
        draft = record.state == CorrectionState.DRAFT
        g.versions = [record.procedure_version]     # no other asked for what its story tells
        return super().page_of(record) | {
            "reversed_by": record.reversed_by_id and db.session.get(
                Correction, record.reversed_by_id),
            "totals": {"before": before, "after": after}, "outdated": comparison(record),
            "missing": lacking(record) if draft else (), "signatures": signatures(record),
            "uncaptured": [field.label for field in uncaptured(record)] if draft else (), "refused": refused(record),
            "to_write": to_write, "to_sign": to_sign, "case_bills": case_bills,
            "content_hash": content_hash(record), "canonical": fact_of(record, "content"),
            "letter": fact_of(record, "letter"), "accumulated": told_of,
            "names_files": policies.reads_personal(g.actor, Attachment),
            "effects": effects_in_words(record), "endings": endings(record)}

    @staticmethod
    def summed(record: Correction) -> str:
        """What its account adds up, in a few words; «—» where it stands alone."""
        return accumulated.summed(record.accumulated) if record.accumulated else "—"

    @staticmethod
    def before_and_after(record: Correction) -> tuple[Decimal, Decimal]:
        """(MXN with tax that the bill said, MXN that it would say)."""
        return (sum(line.amount_before + line.tax_before for line in record.lines),
                sum(line.amount_after + line.tax_after for line in record.lines))

    @expose("/<int:key>/acto/<step_name>/", methods=("GET", "POST"))
    def act_view(self, key: int, step_name: str) -> ResponseReturnValue:
        """The page of an act on a correction; those that decide on it show what they decide on."""
        record = self.get_one(key)
        if step_name == "sign":
            return acting.run(self, record, step_name, template="sign.html")
        return acting.run(self, record, step_name, template=f"{step_name}.html"
                          if step_name in BESIDE else "act.html")

    def form_of(self, record: Correction, step: Act) -> dict:
        """The context of the form of an act; that of figures shows no proposal before they are typed."""
        if step.name != "calculate":
            return super().form_of(record, step)
        return {"groups": self.groups(), "case_bills": case_bills}


def to_write(correction: Correction) -> dict:
    """What applying it would write, in words: which document and why, and the balance of the bill before and after
    (MXN).
    """
    kind = kind_of_note(correction)
    before = correction.bill.balance
    form = NoteForm(fact_of(correction, "note_form"))
    payments = payments_words(correction.amount, correction.instalments) if correction.instalments > 1 else ""
    return {"kind": kind.label, "document": document_of(form, kind), "why": WHY[form], "payments": payments,
            "corrected": form == NoteForm.CORRECTED_BILL, "series": SERIES[kind],
            "amount": money(abs(correction.amount)), "before": balance_words(before),
            "after": balance_words(before + correction.amount)}


def told_of(correction: Correction) -> str:
    """What its account adds up and who signs for it: as it was when it was sent or, of a draft, as if it were sent now.
    """
    if correction.batch_row_id is not None:
        return ""
    roles = [role for _, role, _, _ in fact_of(correction, "slots")] if (
        correction.state in accumulated.UNSENT) else [place.role for place in correction.places_now]
    return accumulated.sentence(correction, roles)


def to_sign(correction: Correction) -> list[tuple]:
    """[(order, office, rule, its deputies)] of the signatures that it would ask for if it were sent today."""
    return [(position, Role(role).label, band, [Role(word).label for word in deputies])
            for position, role, band, deputies in fact_of(correction, "slots")]


def case_bills(correction: Correction) -> list[Bill]:
    """The bill that is corrected and the last ones before it, newest first."""
    return [correction.bill, *db.session.scalars(ask.bills_read_before(correction.bill).limit(EARLIER))]


def signatures(correction: Correction) -> list[dict]:
    """Every signature of every revision, given or not, in order."""
    if correction.batch_row_id is not None:
        return batch_signatures(correction)
    return [place_facts(place, correction) for place in correction.places]


def batch_signatures(correction: Correction) -> list[dict]:
    """The signatures of the batch of which it is a row, which was signed whole."""
    batch = correction.batch_row.batch
    return [{"position": place.position, "role": place.signature.role.label,
             "band": f"lote {batch}, firmado en conjunto", "revision": correction.revision,
             "signature": place.signature, "current": True} for place in batch.places_now if place.signature]


declare_paper(Paper(
    Correction, "correction.typ", name="cedula", label="Cédula en PDF",
    facts=lambda record: sheet_facts(record, signatures(record), content_hash(record), fact_of(record, "content"),
                                     told_of(record)),
    called=lambda record: record.folio or f"borrador-{record.id}",
    qr=lambda record: verification.address(record.verification_code)))


def views() -> Iterator[PolicyView]:
    """The screen of the area."""
    yield CorrectionView(Correction, url="/correcciones")
