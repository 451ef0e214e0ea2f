"""What a computation read is compared when it is sent, signed and applied: changed meanwhile, it is told and refused."""

import json

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

import policies
from models.batches import BatchState as B
from models.billing import Bill
from models.corrections import Correction
from policies.batches import acts
from policies.core.figures import money
from policies.corrections import proposals
from policies.corrections.acts import apply, calculate, start_correction, submit
from policies.corrections.outdated import comparison, outdated
from policies.corrections.signatures import sign
from tests import psql
from tests.policies.batches import Batches
from tests.psql import bill_of, refused, unguarded

DEARER = ("commercial.tariff_blocks", "UPDATE commercial.tariff_blocks SET price = price * %s")
# Of one correction: table, statement over its key, and the words in which its change is told.
OTHERS = {
    "reading": ("commercial.readings", "UPDATE commercial.readings SET value = value + 1 WHERE id = (SELECT"
                " b.current_reading_id FROM commercial.bills b JOIN console.corrections c ON c.bill_id = b.id"
                " WHERE c.id = %s)", "las lecturas o los datos del recibo"),
    "history": ("commercial.bills", "UPDATE commercial.bills SET volume = volume + 1 WHERE id = (SELECT max(h.id) FROM"
                " commercial.bills h JOIN console.corrections c ON c.account_id = h.account_id JOIN commercial.bills b"
                " ON b.id = c.bill_id WHERE c.id = %s AND h.period_end < b.period_start)",
                "los recibos anteriores de la cuenta"),
    "tariff": ("commercial.tariffs", "UPDATE commercial.tariffs SET minimum_charge = minimum_charge + 1 WHERE %s > 0",
               "la tarifa o las reglas por renglón"),
}
# What the bill's own period does not see: a later end of the tariff, another class, a period after the bill.
ELSEWHERE = (
    ("commercial.tariffs", "UPDATE commercial.tariffs SET valid_to = '2099-12-31'"),
    ("commercial.tariff_blocks", "UPDATE commercial.tariff_blocks k SET price = price + 1 FROM commercial.tariffs t"
     " WHERE t.id = k.tariff_id AND t.tariff_class = 'industrial'"),
    ("commercial.meters", "UPDATE commercial.meters SET state = 'broken'"),
    ("commercial.bills", "UPDATE commercial.bills SET balance = balance - 1"))


def change(office, table, statement, *values):
    with unguarded(office, table) as raw:
        raw.execute(statement, values)


@pytest.fixture
def tariff(office):
    """The tariff made dearer while it lasts."""
    def dearer(by=2):
        change(office, *DEARER, by)
        undone.append(by)
    undone = []
    yield dearer
    for by in undone:
        change(office, *DEARER, 1 / by)


@pytest.fixture(scope="module")
def batches(office):
    return Batches(office)


def words(office, key):
    with office.speaks("staff") as session:
        return outdated(session.get(Correction, key))


# ---- one correction


@pytest.mark.parametrize("state", ["draft", "submitted", "signed"])
def test_a_tariff_that_changed_refuses_each_step_and_shows_both_figures(office, tariff, state):
    key = office.correction(state)
    if state == "draft":
        office.prove(key)
    former = office.scalar("SELECT amount FROM console.corrections WHERE id = %s", key)
    tariff()
    step, role = {"draft": (submit, "staff"), "submitted": (sign, "commercial_director"), "signed": (apply, "staff")}[state]
    with pytest.raises(policies.Broken, match="la tarifa o las reglas por renglón; (calcule|devuélvala)"):
        office.perform(role, step, key, {"seen_hash": "", "method": "password"} if step is sign else {})
    with office.speaks("staff") as session:
        now = comparison(session.get(Correction, key))["difference"][1]
    assert former < now < 0      # the dearer tariff makes the credit smaller
    page = office.client("staff").get(f"/correcciones/{key}/").text
    assert "Cambió con qué se calculó" in page and money(former) in page and money(now) in page


@pytest.mark.parametrize("state", ["draft", "submitted", "signed"])
def test_any_program_is_refused_too(office, tariff, state):
    key = {"draft": psql.new_draft, "submitted": psql.sent, "signed": psql.signed}[state](office)
    tariff()
    step = {"draft": psql.send, "submitted": psql.sign, "signed": psql.post}[state]
    with refused(office, "AG027", key):
        step(office, key)


def test_what_changes_while_it_is_read_is_told_and_computed_again_it_goes_on(office, tariff, monkeypatch):
    """The fingerprints are taken first: of what is read afterwards they may say the former, never the reverse."""
    read, key = proposals.case_of, office.correction("draft")
    again = {"reason": "Fuga reparada.", "leak.repaired": True}
    office.prove(key)

    def read_before_it_changes(correction):
        facts = read(correction)
        monkeypatch.setattr(proposals, "case_of", read)
        tariff()
        return facts
    monkeypatch.setattr(proposals, "case_of", read_before_it_changes)
    office.perform("staff", calculate, key, again)
    assert "la tarifa o las reglas por renglón; calcule de nuevo" in words(office, key)
    office.perform("staff", calculate, key, again)
    assert words(office, key) is None
    office.perform_submit(key)
    office.sign(key)
    office.perform("staff", apply, key)


@pytest.mark.parametrize("kind", OTHERS)
def test_every_kind_of_record_that_was_read_is_compared_and_named(office, kind):
    key = office.correction("submitted")
    table, statement, told = OTHERS[kind]
    change(office, table, statement, key)
    assert told in words(office, key)
    with refused(office, "AG027", key):
        psql.sign(office, key)


def test_a_correction_of_the_account_meanwhile_changes_the_baseline_and_is_told(office):
    key = office.correction("draft")
    earlier = office.scalar("SELECT max(h.id) FROM commercial.bills h JOIN commercial.bills b ON b.account_id = h.account_id"
                            " AND h.period_end < b.period_start WHERE b.id = %s", bill_of(office, key))
    psql.applied(office, bill=earlier)
    told = words(office, key)
    assert "los recibos anteriores de la cuenta, las correcciones de la cuenta" in told


def test_what_the_computation_did_not_read_stops_nothing(office):
    key = office.correction("submitted")
    for table, statement in ELSEWHERE:
        change(office, table, statement)
    assert words(office, key) is None
    office.sign(key)
    office.perform("staff", apply, key)
    change(office, "commercial.tariffs", "UPDATE commercial.tariffs SET valid_to = NULL")


def test_the_bill_s_own_lines_are_compared_when_it_is_signed(office):
    key = office.correction("submitted")
    change(office, "commercial.bill_lines", "UPDATE commercial.bill_lines SET amount = amount + 1 WHERE bill_id = %s"
           " AND service = 'water'", bill_of(office, key))
    with pytest.raises(policies.Broken, match="El recibo cambió desde que se calculó"):
        office.sign(key)
    with refused(office, "AG027", key):
        psql.sign(office, key)


def test_a_version_that_no_longer_rules_the_bill_is_told(office):
    key = office.correction("draft")
    with unguarded(office, "console.procedure_versions") as raw:
        raw.execute("UPDATE console.procedure_versions SET valid_to = valid_from WHERE id = (SELECT procedure_version_id"
                    " FROM console.corrections WHERE id = %s)", (key,))
    try:
        assert "ya no rige el último día del recibo; retire este borrador e inicie otra" in words(office, key)
        with refused(office, "AG027", key):
            psql.send(office, key)
    finally:
        with unguarded(office, "console.procedure_versions") as raw:
            raw.execute("UPDATE console.procedure_versions SET valid_to = NULL")


# ---- computed before the upgrade: without fingerprints


def forgotten(office, key):
    with unguarded(office, "console.corrections") as raw:
        raw.execute("UPDATE console.corrections SET sources = NULL WHERE id = %s", (key,))


def test_a_draft_without_fingerprints_is_computed_again_before_it_is_sent(office):
    key = office.correction("draft")
    office.prove(key)
    forgotten(office, key)
    with pytest.raises(policies.Broken, match="de una versión anterior de la consola; calcule de nuevo"):
        office.perform_submit(key)
    with refused(office, "AG027", key):
        psql.send(office, key)


def test_a_draft_in_which_nothing_was_computed_yet_has_nothing_to_compare(office):
    with office.speaks("staff") as session:
        bill = session.get(Bill, office.scalar(psql.FREE_BILL))
        way = next(ask for ask in start_correction.asks(bill, None) if ask.name == "way").choices[0][0]
        key, answers = bill.id, {"way": way, "reason": "Fuga reportada."}
    made = office.perform("staff", start_correction, key, answers, model=Bill)
    forgotten(office, made)
    assert words(office, made) is None


def test_what_was_sent_without_fingerprints_is_signed_and_applied_unless_it_gives_other_figures(office, tariff):
    key, other = office.correction("submitted"), office.correction("submitted")
    forgotten(office, key)
    forgotten(office, other)
    office.sign(key)
    office.perform("staff", apply, key)
    tariff()
    with pytest.raises(policies.Broken, match="Calculada de nuevo, la corrección da otras cifras"):
        office.sign(other)


# ---- a batch, whole


STEPS = {"computed": (acts.submit_batch, "cambiaron o tienen otra corrección", 3), "submitted": (acts.sign_batch, "AG027", 4),
         "signed": (acts.apply_batch, "AG027", 5)}


@pytest.mark.parametrize("state", STEPS)
def test_a_batch_is_refused_whole_and_both_figures_are_shown(office, batches, tariff, state):
    step, said, back = STEPS[state]
    key = getattr(batches, state)(back=back)
    if state == "computed":
        batches.attached(key)
    tariff()
    with pytest.raises((policies.Broken, DBAPIError)) as caught:
        if step is acts.sign_batch:
            batches.sign(key, "unit_head")
        else:
            batches.perform(step, key)
    assert said in (getattr(getattr(caught.value, "orig", None), "sqlstate", "") or str(caught.value))
    assert batches.state(key) == B(state)
    for client, path in ((office.client("staff"), f"/lotes/{key}/"),
                         (office.client("unit_head" if state == "submitted" else "staff"), f"/lotes/{key}/acto/{step.name}/")):
        page = client.get(path).text
        assert "Cambió con qué se calculó" in page and "Con los datos de hoy" in page


@pytest.mark.parametrize(("state", "move"), [("computed", "submitted"), ("signed", "applying")])
def test_any_program_is_refused_for_a_batch_too(office, batches, tariff, state, move):
    key = getattr(batches, state)(back={"computed": 6, "signed": 7}[state])
    tariff()
    sets = {"submitted": "state = 'submitted', folio = console.next_folio('UAS-LOT')",
            "applying": "state = 'applying', run_by_id = console.actor(), run_as = 'staff'"}[move]
    with pytest.raises(psycopg.Error) as caught, office.program("staff") as raw:
        raw.execute(f"UPDATE console.correction_batches SET {sets} WHERE id = %s", (key,))
    assert caught.value.sqlstate == "AG027"


def test_rows_that_change_while_it_is_applied_are_left_out_with_their_reason(office, batches):
    key = batches.applying(back=8)
    bill = office.scalar("SELECT bill_id FROM console.batch_rows WHERE batch_id = %s AND eligible ORDER BY bill_id LIMIT 1", key)
    change(office, "commercial.bills", "UPDATE commercial.bills SET due_on = due_on + 1 WHERE id = %s", bill)
    batches.work()
    assert batches.state(key) == B.APPLIED, batches.trouble(key)
    left = office.scalar("SELECT jsonb_object_agg(bill_id, left_out) FROM console.batch_rows WHERE batch_id = %s"
                         " AND left_out IS NOT NULL", key)
    assert left == {str(bill): "La tarifa o los datos con que se calculó cambiaron después; revíselo aparte."}


def test_a_batch_does_not_outdate_its_own_rows(office, batches, monkeypatch):
    """Two months of the same accounts: the note of the first is in the history of the second, and stops nothing."""
    monkeypatch.setattr(acts, "CHUNK", 7)       # the notes of the first are there when the second is looked at
    start, _ = batches.month(11)
    _, end = batches.month(10)
    key = batches.signed(period_from=start, period_to=end, back=10)
    with unguarded(office, "console.procedure_versions") as raw:
        raw.execute("UPDATE console.procedure_versions v SET definition = definition || '{\"note\": \"history.\"}'"
                    " FROM console.correction_batches b WHERE b.procedure_version_id = v.id AND b.id = %s", (key,))
    definition = office.scalar("SELECT v.definition - 'note' FROM console.procedure_versions v JOIN"
                                 " console.correction_batches b ON b.procedure_version_id = v.id WHERE b.id = %s", key)
    with unguarded(office, "console.batch_rows") as raw:
        raw.execute("UPDATE console.batch_rows r SET sources = s.sources FROM console.correction_batches b,"
                    " console.sources(ARRAY(SELECT bill_id FROM console.batch_rows WHERE batch_id = %(key)s),"
                    " b.procedure_version_id, b.id) s WHERE b.id = %(key)s AND r.batch_id = b.id AND s.bill_id = r.bill_id"
                    , {"key": key})
    assert "history" in office.scalar("SELECT sources FROM console.batch_rows WHERE batch_id = %s LIMIT 1", key)
    batches.perform(acts.apply_batch, key)
    batches.work()
    change(office, "console.procedure_versions", "UPDATE console.procedure_versions SET definition = %s WHERE id = (SELECT"
           " procedure_version_id FROM console.correction_batches WHERE id = %s)", json.dumps(definition), key)
    assert office.scalar("SELECT count(*) FROM console.batch_rows WHERE batch_id = %s AND left_out IS NOT NULL", key) == 0
    assert batches.notes(key)[0] > 1


def test_a_batch_signed_without_fingerprints_is_still_applied(office, batches):
    key = batches.signed(back=12)
    with unguarded(office, "console.batch_rows") as raw:
        raw.execute("UPDATE console.batch_rows SET sources = NULL WHERE batch_id = %s", (key,))
    batches.perform(acts.apply_batch, key)
    batches.work()
    assert batches.state(key) == B.APPLIED and batches.notes(key)[0] > 0


def test_a_batch_computed_without_fingerprints_is_computed_again_before_it_is_sent(office, batches):
    key = batches.computed(back=13)
    batches.attached(key)
    with unguarded(office, "console.batch_rows") as raw:
        raw.execute("UPDATE console.batch_rows SET sources = NULL WHERE batch_id = %s", (key,))
    with pytest.raises(policies.Broken, match="cambiaron o tienen otra corrección"):
        batches.perform(acts.submit_batch, key)
