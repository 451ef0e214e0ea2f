"""What follows from a correction: effects and terms on its page, and the payments that a debit may have."""

from datetime import date

import pytest

from models.corrections import Correction
from models.corrections import CorrectionState as S
from policies.corrections import following
from policies.corrections.cases import definition_of
from policies.procedures.parsing import parse


@pytest.fixture(scope="module")
def draft(office):
    return office.draft()


def with_terms(monkeypatch, *deadlines):
    """The leak's procedure with other terms, as its page would read it."""
    def changed(version):
        return parse(definition_of(version).as_document() | {"deadlines": list(deadlines)})
    monkeypatch.setattr(following, "definition_of", changed)


def ends(office, draft, on=None):
    with office.speaks("staff", read_only=True) as session:
        return following.endings(session.get(Correction, draft), on)


def test_the_effects_are_kept_and_said_in_words(office, draft):
    with office.speaks("staff", read_only=True) as session:
        correction = session.get(Correction, draft)
        assert correction.effects == ["credit_note"] and correction.instalments_most == 1
        assert following.effects_in_words(correction) == ["Recibo corregido, porque del recibo no se ha pagado nada"]
    page = office.client("staff").get(f"/correcciones/{draft}/").text
    assert "Qué sigue" in page and "<li>Recibo corregido, porque del recibo no se ha pagado nada</li>" in page


def test_a_bill_with_payments_gets_its_note_and_an_applied_one_the_document_that_it_got(office):
    paid = office.draft()
    with office.program() as raw:
        raw.execute("UPDATE commercial.bills SET balance = 0 WHERE id = (SELECT bill_id FROM console.corrections"
                    " WHERE id = %s)", (paid,))
    applied = office.correction(S.APPLIED)
    with office.speaks("staff", read_only=True) as session:
        assert following.effects_in_words(session.get(Correction, paid)) == [
            "Nota de crédito, porque el recibo ya tiene pagos"]
        assert following.effects_in_words(session.get(Correction, applied)) == ["Recibo corregido"]


def test_a_term_in_words_has_no_date_and_says_why(office, draft):
    (ending,) = ends(office, draft)
    assert ending.ends is None and "cuéntelo una persona" in ending.why and not ending.over
    page = office.client("auditor").get(f"/correcciones/{draft}/").text
    assert "Plazos" in page and "Sin fecha: lo dice con palabras" in page


def test_each_term_is_counted_from_what_the_correction_knows(office, draft, monkeypatch):
    with_terms(monkeypatch, {"name": "reclamar", "value": 3, "unit": "month", "anchor": "bill_issue"},
               {"name": "pagar", "value": 2, "unit": "working_day", "anchor": "due_date"},
               {"name": "avisar", "value": 24, "unit": "hour", "anchor": "due_date"},
               {"name": "recurrir", "value": 15, "unit": "day", "anchor": "decision"},
               {"name": "reparar", "value": 30, "unit": "day", "anchor": "repair"})
    issued, owed = office.scalar("SELECT ARRAY[b.issued_on, b.due_on] FROM console.corrections c JOIN commercial.bills b"
                                 " ON b.id = c.bill_id WHERE c.id = %s", draft)
    claim, pay, warn, appeal, mend = ends(office, draft, on=date(2030, 1, 1))
    assert (claim.ends.year * 12 + claim.ends.month) - (issued.year * 12 + issued.month) == 3
    assert pay.ends.weekday() < 5 and (pay.ends - owed).days >= 2 and warn.ends.date() == date.fromordinal(owed.toordinal() + 1)
    assert claim.over and pay.over and warn.over
    assert (appeal.ends, appeal.why) == (None, "falta la resolución") and mend.why == "falta la reparación"
    assert not any(ending.over for ending in ends(office, draft, on=issued))


def test_the_decision_is_the_last_signature(office, monkeypatch):
    with_terms(monkeypatch, {"name": "recurrir", "value": 15, "unit": "day", "anchor": "decision"})
    (ending,) = ends(office, office.correction(S.SIGNED))
    assert ending.ends is not None and ending.words == "Recurrir: 15 días, desde la resolución"


def test_a_signed_correction_keeps_its_effects(office):
    """Frozen in PostgreSQL: what was signed says what follows."""
    made = office.correction(S.SIGNED)
    with office.program("staff") as raw, pytest.raises(Exception, match=r"frozen|denied|moved|sign"):
        raw.execute("UPDATE console.corrections SET effects = '[]' WHERE id = %s", (made,))

