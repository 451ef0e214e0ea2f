"""The demonstration office is the same everywhere, and what it plants is what one finds."""

import shutil
import tempfile
from collections import Counter
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from admin_views.door.offices import today
from app import create_app
from deploy.demo import anomalies, corrections, plots, walk
from deploy.demo.load import load
from deploy.demo.people import DEMO_PASSWORD, POSTS, actor, decider, logins
from deploy.postgres.embedded import Embedded
from models import db
from models.base.people import Role
from models.billing import Bill
from models.corrections import Correction, CorrectionState
from policies import perform, speaks
from policies.corrections import acts as desk
from policies.corrections import drafting

ACCOUNTS = 60
QUICK = {"fsync": "off", "shared_buffers": "32MB"}
BILLS = "SELECT count(*), md5(string_agg(b::text, '|' ORDER BY id)) FROM commercial.bills b"
LINES = "SELECT count(*), md5(string_agg(l::text, '|' ORDER BY id)) FROM commercial.bill_lines l"
HOLDERS = "SELECT md5(string_agg(a::text, '|' ORDER BY id)) FROM commercial.accounts a"
FOUND = "SELECT md5(string_agg(l::text, '|' ORDER BY id)) FROM console.correction_lines l"


class Ground:
    """A cluster of this file's own, and the offices loaded in it."""

    def __init__(self, folder):
        self.folder = folder
        self.cluster = Embedded(folder / "pg", QUICK, system=folder / "system").start()
        self.apps = []

    def app(self, name):
        """The console on a prepared, empty database."""
        app = create_app(DATABASE_URL=self.cluster.ensure_owner(name),
                         INSTANCE=str(self.folder / "instance"), FILES=str(self.folder / name))
        self.apps.append(app)
        with app.app_context():
            result = app.test_cli_runner().invoke(args=["prepare"])
        assert result.exit_code == 0, result.output
        return app

    def end(self):
        for app in self.apps:
            with app.app_context():
                db.session.remove()
                for engine in db.engines.values():
                    engine.dispose()
        self.cluster.stop()
        shutil.rmtree(self.folder)


@pytest.fixture(scope="module")
def ground():
    folder = Path(tempfile.mkdtemp(prefix="demo-"))
    folder.chmod(0o755)  # the unprivileged account of PostgreSQL must pass
    made = Ground(folder)
    yield made
    made.end()


@pytest.fixture(scope="module")
def office(ground):
    app = ground.app("first")
    app.config["MADE"] = load(app, accounts=ACCOUNTS, months=24)
    return app


def rows(app, question):
    """What the database answers its owner."""
    engine = create_engine(app.config["DATABASE_URL"])
    with engine.connect() as connection:
        answer = connection.execute(text(question)).all()
    engine.dispose()
    return answer


def test_it_makes_what_it_says(office):
    made = office.config["MADE"]
    assert (made["cuentas"], made["zonas"], made["municipios"], made["causas"]) == (60, 60, 3, 27)
    assert made["recibos"] * 3 == made["renglones"]
    assert made["correcciones"] == len(corrections.STORIES) + 1     # and the reversal
    assert rows(office, "SELECT min(period_start)::text, max(period_end)::text"
                        " FROM commercial.bills") == [("2024-11-01", "2026-10-31")]


def test_two_loads_are_equal(ground, office):
    other = ground.app("second")
    load(other, accounts=ACCOUNTS, months=24)
    for question in (BILLS, LINES, HOLDERS, FOUND):
        assert rows(office, question) == rows(other, question)


def test_a_second_load_changes_nothing(office):
    trail = rows(office, "SELECT count(*), max(seq) FROM audit.log WHERE table_name <> 'console.speaker_tokens'")
    assert load(office, accounts=ACCOUNTS, months=24) == {}
    assert rows(office, "SELECT count(*), max(seq) FROM audit.log WHERE table_name <> 'console.speaker_tokens'") == trail


def test_an_interrupted_load_is_finished_by_the_next(ground):
    app = ground.app("third")
    made = load(app, accounts=ACCOUNTS, months=24, corrections=False)
    assert "correcciones" not in made
    assert load(app, accounts=ACCOUNTS, months=24).keys() == {"correcciones", "firmas", "notas"}


def test_a_catalogue_that_came_with_a_version_is_decided_while_the_director_is_away(ground):
    """An older demonstration gets what is new: the acting director decides while the holder's signature is lent."""
    app = ground.app("fifth")
    load(app, accounts=ACCOUNTS, months=24, corrections=False)
    engine = create_engine(app.config["DATABASE_URL"])
    with engine.begin() as connection:
        for statement in ("ALTER TABLE console.delegations DISABLE TRIGGER d_guard",
                          f"UPDATE console.delegations SET valid_from = '{today()}', valid_to = '{today()}'",
                          "ALTER TABLE console.approval_windows DISABLE TRIGGER USER",
                          "DELETE FROM console.approval_windows",
                          "ALTER TABLE console.approval_windows ENABLE TRIGGER USER"):
            connection.execute(text(statement))
    engine.dispose()
    assert load(app, accounts=ACCOUNTS, months=24, corrections=False) == {"ventanas": 1}
    assert rows(app, "SELECT state FROM console.approval_windows") == [("in_force",)]
    with app.app_context():
        assert decider(Role.COMMERCIAL_DIRECTOR).acting and not decider(Role.UNIT_HEAD).acting


def test_a_database_with_people_of_its_own_is_left_alone(ground):
    app = ground.app("fourth")
    engine = create_engine(app.config["DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO console.people (name) VALUES ('Otra Persona')"))
    engine.dispose()
    assert load(app, accounts=ACCOUNTS, months=24) == {}
    assert rows(app, "SELECT count(*) FROM console.municipalities") == [(0,)]


def test_too_small_a_demonstration_is_refused(office):
    with pytest.raises(ValueError, match="60 accounts"):
        load(office, accounts=10)


def test_every_bill_is_the_sum_of_its_lines(office):
    assert rows(office, "SELECT folio FROM commercial.bills b WHERE total <> (SELECT sum(amount"
                        " + tax) FROM commercial.bill_lines l WHERE l.bill_id = b.id)") == []


def test_every_volume_is_the_difference_of_its_readings(office):
    wrong = rows(office, "SELECT b.folio FROM commercial.bills b"
                         " JOIN commercial.readings p ON p.id = b.previous_reading_id"
                         " JOIN commercial.readings c ON c.id = b.current_reading_id"
                         " WHERE c.value - p.value <> b.volume OR c.read_on <> b.period_end"
                         " OR p.read_on <> b.period_start - 1 OR p.meter_id <> c.meter_id")
    assert wrong == []


def test_the_four_classes_are_billed(office):
    found = rows(office, "SELECT DISTINCT tariff_class FROM commercial.bills ORDER BY 1")
    assert [word for word, in found] == ["commercial", "domestic", "industrial", "public"]


def test_there_are_fresh_anomalies_of_each_kind():
    assert anomalies.LEAKS[0] == "10000001" and len(anomalies.LEAKS) >= 12
    assert anomalies.WRONG_CLASS[0] == "10000002" and len(anomalies.WRONG_CLASS) >= 4
    for kind in (anomalies.STOPPED_METERS, anomalies.UNREADABLE_METERS, anomalies.WRONG_READINGS,
                 anomalies.WRONG_TAX, anomalies.DAMAGED_METERS):
        assert len(kind) >= 3
    for kind in (anomalies.FAST_METERS, anomalies.LATER_READINGS):
        assert len(kind) == 2


def test_the_list_says_the_sums_of_the_issue():
    credit = {row.account: row.credit for row in anomalies.listed(ACCOUNTS)}
    assert credit["10000001"] == Decimal("500.82")
    assert credit["10000002"] == Decimal("963.79")


UNUSED = [row for row in anomalies.listed(ACCOUNTS)
          if int(row.account) - anomalies.FIRST not in corrections.STORIES]


@pytest.mark.parametrize("row", UNUSED, ids=lambda row: f"{row.account}-{row.cause}")
def test_what_is_listed_is_what_the_procedure_finds(office, row):
    """The whole draft is computed by the acts, as staff, and rolled back."""
    with office.app_context():
        who = actor("personal")
        with speaks(db.session, who, "test") as session:
            correction = drafted(session, who, row)
            found = -correction.amount if correction.eligible else None
            assert found == row.credit, correction.refusals


def drafted(session, who, row):
    bill = session.scalar(select(Bill).where(Bill.folio == row.folio))
    way = next(f"{cause.id}-{version.id}" for cause, version in drafting.ways(bill)
               if cause.code == row.cause)
    correction = perform(session, desk.start_correction, bill, who, {"way": way, "reason": "x"})
    typed = walk.typed(plots.KNOWN[int(row.account) - anomalies.FIRST], bill)
    perform(session, desk.calculate, correction, who, {"reason": "x", **typed})
    return correction


def test_corrections_are_in_every_state(office):
    found = Counter(dict(rows(office, "SELECT state, count(*) FROM console.corrections GROUP BY 1")))
    assert found.keys() == {state.value for state in CorrectionState}
    assert rows(office, "SELECT count(*) FROM console.corrections WHERE state = 'draft' AND"
                        " revision = 2 AND decision_reason IS NOT NULL") == [(1,)]
    assert rows(office, "SELECT count(*) FROM console.corrections c JOIN console.corrections r"
                        " ON r.id = c.reversed_by_id WHERE r.state = 'applied'") == [(1,)]


def test_each_office_that_signs_has_something_waiting(office):
    waiting = rows(office, """
        SELECT DISTINCT ON (c.id) s.role FROM console.corrections c
          JOIN console.signature_places s ON s.subject = 'corrections' AND s.subject_id = c.id AND s.revision = c.revision
         WHERE c.state = 'submitted'
           AND NOT EXISTS (SELECT FROM console.signatures g WHERE g.place_id = s.id)
         ORDER BY c.id, s.position""")
    assert {role for role, in waiting} == {"commercial_director", "unit_head", "general_director"}


def test_an_acting_director_signed_one(office):
    assert rows(office, "SELECT count(*) FROM console.signatures WHERE acting") == [(1,)]


def test_both_documents_are_there_to_be_seen(office):
    """A bill of which nothing was paid is corrected; the one that was paid gets its note."""
    assert rows(office, "SELECT DISTINCT form FROM commercial.credit_notes ORDER BY 1") == [
        ("corrected_bill",), ("note",)]


def test_the_commercial_director_will_be_absent_and_lent_the_signature_by_letter(office):
    found = rows(office, "SELECT d.role, h.name, p.name, d.letter, d.state, d.valid_to - d.valid_from,"
                         " d.valid_from > current_date + 20"
                         " FROM console.delegations d JOIN console.people h ON h.id = d.holder_id"
                         " JOIN console.people p ON p.id = d.delegate_id")
    assert found == [("commercial_director", "Héctor Zúñiga Palau", "Ramón Turrubiartes Gaitán", "DG/2026/044",
                      "confirmed", 30, True)]


def test_the_evidence_is_stored_under_its_hash(office):
    for key, size in rows(office, "SELECT sha256, size FROM console.documents"):
        content = (Path(office.config["FILES"]) / key[:2] / key).read_bytes()
        assert (sha256(content).hexdigest(), len(content)) == (key, size)
        assert content.startswith((b"%PDF-", b"\x89PNG"))


def test_the_chain_verifies(office):
    with office.app_context():
        with db.engines["sealer"].begin() as sealer:
            assert sealer.execute(text("SELECT rows FROM audit.seal_now()")).scalar() > 0
        with db.engines["sealer"].connect() as sealer:
            assert sealer.execute(text("SELECT * FROM audit.verify()")).all() == []


def test_catalogues_were_authorised_by_another_office(office):
    acts = rows(office, "SELECT DISTINCT act, role FROM audit.log WHERE act LIKE 'authorize%'"
                        " ORDER BY 1")
    assert acts == [("authorize_band", "console_commercial_director"), ("authorize_calendar", "console_unit_head"),
                    ("authorize_holiday", "console_unit_head"), ("authorize_window", "console_commercial_director")]
    assert rows(office, "SELECT DISTINCT act, role FROM audit.log WHERE act = 'endorse_version' ORDER BY 2") == [
        ("endorse_version", "console_commercial_director"), ("endorse_version", "console_unit_head")]
    for table, state in (("approval_bands", "in_force"), ("holidays", "in_force"),
                         ("procedure_versions", "authorized")):
        assert rows(office, f"SELECT DISTINCT state FROM console.{table}") == [(state,)]


def test_every_office_has_a_login_and_one_password(office):
    assert {post.role for post in POSTS if post.active} == set(Role)
    assert {password for *_, password in logins()} == {DEMO_PASSWORD}
    missing = rows(office, "SELECT email FROM console.logins WHERE active AND password IS NULL")
    assert missing == []


def test_names_have_their_accents(office):
    names = [name for name, in rows(office, "SELECT holder_name FROM commercial.accounts")]
    assert names[0] == "María Guadalupe Núñez Ávila"
    assert any("ñ" in name for name in names) and any("é" in name for name in names)


def test_who_left_the_office_writes_nothing(office):
    """The demonstration has no back door: an ended appointment moves no state."""
    with office.app_context():
        who = actor("anterior")
        with speaks(db.session, who, "test") as session:
            draft = session.scalar(select(Correction).where(
                Correction.state == CorrectionState.DRAFT, Correction.reason != "").limit(1))
            with pytest.raises(DBAPIError, match="no person holds the office"):
                perform(session, desk.withdraw, draft, who)
