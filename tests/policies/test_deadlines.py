"""Terms as dated data: who drafts and signs them, what PostgreSQL writes with them, and what is told when one lacks."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy import Column, Date, MetaData, Table, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_views.core.sentences import sentence_for
from models.base.calendar import CalendarYear, DeadlineRule, Holiday
from models.base.columns import TYPES, coded, ruled_by, since_state, stamped, table, term, today
from models.base.drafts import DraftState
from models.base.people import Role
from policies.core import terms
from policies.core.declarations import Misdeclared
from policies.core.rules import Broken, Denied
from policies.deadlines import (
    authorize_calendar,
    authorize_deadline,
    end_deadline,
    propose_holidays,
    retire_calendar,
    retire_deadline,
)

CODE = "visit.answer"
DAY = timedelta(days=1)
HERE = ZoneInfo("America/Mexico_City")


@pytest.fixture(autouse=True)
def counted(monkeypatch):
    monkeypatch.setitem(terms.DEADLINES, CODE, "Respuesta a una visita")


def drafted(office, model=DeadlineRule, **said):
    terms_of_rule = dict(code=CODE, amount=3, starts_on="la visita", basis="Propuesta de la prueba",
                         valid_from=date(2020, 1, 1))
    with office.speaks("administrator") as session:
        made = model(**(terms_of_rule | said if model is DeadlineRule else said))
        session.add(made)
        session.commit()
        return made.id


def do(office, step, key, answers=None, role="unit_head"):
    return office.perform(role, step, key, answers, model=step.model)


def retired_all(office):
    """No rule of the code is left in force by another test."""
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("ALTER TABLE console.deadline_rules DISABLE TRIGGER USER")
        owner.execute("UPDATE console.deadline_rules SET state = 'retired' WHERE code = %s", (CODE,))
        owner.execute("ALTER TABLE console.deadline_rules ENABLE TRIGGER USER")


@pytest.fixture
def ruled(office):
    """A rule of the code in force, alone."""
    retired_all(office)
    key = drafted(office)
    do(office, authorize_deadline, key)
    return key


# ---- rules

def test_a_rule_is_drafted_by_one_office_and_signed_by_another(office):
    retired_all(office)
    key = drafted(office)
    for role in set(Role) - {Role.UNIT_HEAD}:
        with pytest.raises(Denied):
            do(office, authorize_deadline, key, role=role)
    do(office, authorize_deadline, key)
    do(office, retire_deadline, key)
    assert office.scalar("SELECT state FROM console.deadline_rules WHERE id = %s", key) == "retired"


def test_one_rule_of_a_code_is_in_force_on_each_day(office, ruled):
    second = drafted(office, valid_from=date(2030, 1, 1))
    with pytest.raises(Broken, match="Ya rige visit.answer, 3 días hábiles"):
        do(office, authorize_deadline, second)
    with office.program("unit_head") as raw, pytest.raises(psycopg.errors.ExclusionViolation):
        raw.execute("UPDATE console.deadline_rules SET state = 'in_force' WHERE id = %s", (second,))
    do(office, end_deadline, ruled, {"last": date(2029, 12, 31)})
    do(office, authorize_deadline, second)


def test_a_rule_that_nothing_counts_by_is_not_signed_and_the_known_ones_are_named(office):
    key = drafted(office, code="visit.anwser")
    with pytest.raises(Broken, match=r"Ninguna pantalla cuenta por «visit.anwser».*visit.answer \(Respuesta a una visita\)"):
        do(office, authorize_deadline, key)


def test_a_rule_ends_from_today_on_and_only_by_the_office_that_signs(office, ruled):
    with pytest.raises(Broken, match="de hoy en adelante"):
        do(office, end_deadline, ruled, {"last": today() - DAY})
    for role, last, code in (("administrator", today(), "AG072"), ("unit_head", today() - DAY, "AG072")):
        with office.program(role) as raw, pytest.raises(psycopg.Error) as refused:
            raw.execute("UPDATE console.deadline_rules SET valid_to = %s WHERE id = %s", (last, ruled))
        assert refused.value.sqlstate == code
    do(office, end_deadline, ruled, {"last": today()})


def test_what_a_signed_rule_says_is_frozen(office, ruled):
    with office.program("administrator") as raw, pytest.raises(psycopg.Error) as refused:
        raw.execute("UPDATE console.deadline_rules SET amount = 90 WHERE id = %s", (ruled,))
    assert refused.value.sqlstate == "AG002"


def test_what_no_law_fixes_is_told_as_an_internal_target(office):
    with office.speaks("staff") as session:
        rest = session.scalar(terms.find.rule_on(terms.TRAY_REST, today()))
        assert (rest.amount, rest.unit.value, rest.confirmed) == (5, "working_days", False)
        assert "meta interna" in rest.standing and "no plazo legal" in rest.standing
        assert terms.kind_said(rest) == "meta interna"


# ---- what lacks is told

def test_a_code_without_rule_and_a_validity_with_a_gap_are_told(office, ruled):
    def told():
        with office.speaks("staff") as session:
            return list(terms.gaps(terms.covered(session, today()), today()))
    assert told() == []
    do(office, end_deadline, ruled, {"last": today() + 10 * DAY})
    (gap,) = told()
    assert "«Respuesta a una visita» (visit.answer) no tiene regla vigente desde el" in gap
    assert f"{today() + 11 * DAY:%d/%m/%Y}" in gap
    do(office, authorize_deadline, drafted(office, valid_from=today() + 11 * DAY))
    assert told() == []


def test_a_year_is_signed_only_when_its_days_are_decided(office):
    year = drafted(office, CalendarYear, year=2041, source="Ley")
    with pytest.raises(Broken, match="2041 no tiene días inhábiles autorizados"):
        do(office, authorize_calendar, year)
    do(office, propose_holidays, year, role="administrator")
    proposed = office.scalar("SELECT count(*) FROM console.holidays WHERE extract(year FROM day) = 2041")
    assert proposed >= 7
    with pytest.raises(Broken, match="ya están en «Días inhábiles»"):
        do(office, propose_holidays, year, role="administrator")
    with pytest.raises(Broken, match=f"Hay {proposed} días inhábiles de 2041"):
        do(office, authorize_calendar, year)
    with office.program("unit_head") as raw, pytest.raises(psycopg.Error) as refused:
        raw.execute("UPDATE console.calendar_years SET state = 'in_force' WHERE id = %s", (year,))
    assert refused.value.sqlstate == "AG071"
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("ALTER TABLE console.holidays DISABLE TRIGGER USER")
        owner.execute("UPDATE console.holidays SET state = 'in_force' WHERE extract(year FROM day) = 2041")
        owner.execute("ALTER TABLE console.holidays ENABLE TRIGGER USER")
    do(office, authorize_calendar, year)
    with office.speaks("staff") as session:
        assert terms.years_missing(terms.covered(session, date(2040, 5, 5)), date(2040, 5, 5)) == [2040]
        assert terms.years_missing(terms.covered(session, date(2041, 5, 5)), date(2041, 5, 5)) == [2042]
    do(office, retire_calendar, year)


def test_the_offices_that_can_mend_it_read_what_lacks_above_the_list(office, ruled):
    do(office, retire_deadline, ruled)
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("ALTER TABLE console.calendar_years DISABLE TRIGGER USER")
        owner.execute("UPDATE console.calendar_years SET state = 'draft' WHERE year = %s", (today().year,))
    try:
        for role, path, words in (("administrator", "/plazos/", "no tiene regla vigente"),
                                  ("unit_head", "/calendarios/", f"El calendario de {today().year} no está autorizado")):
            assert words in office.client(role).get(path).text
            assert words not in office.client("staff").get(path).text
        home = office.client("administrator").get("/").text
        assert f"Faltan los de {today().year}" in home and "Respuesta a una visita" in home
    finally:
        with psycopg.connect(office.dsn()) as owner:
            owner.execute("UPDATE console.calendar_years SET state = 'in_force' WHERE year = %s", (today().year,))
            owner.execute("ALTER TABLE console.calendar_years ENABLE TRIGGER USER")


# ---- what PostgreSQL writes

class Apart(DeclarativeBase):
    type_annotation_map = TYPES


class Visit(Apart):
    __tablename__ = "visits_of_a_test"
    __table_args__ = table()
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = coded("Estado")
    seen_at: Mapped[datetime | None] = stamped("Vista")
    answer_by: Mapped[date | None] = term("Responder a más tardar", rule=CODE, start="seen_at")
    rule_id: Mapped[int | None] = ruled_by("answer_by")
    state_since: Mapped[datetime] = since_state("En este estado desde")


@pytest.fixture(scope="module")
def visits(office):
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("CREATE TABLE console.visits_of_a_test (id integer PRIMARY KEY, state text, seen_at timestamptz,"
                      " answer_by date, rule_id integer, state_since timestamptz NOT NULL)")
        for statement in terms.timing(Visit):
            owner.execute(statement)
    yield
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("DROP TABLE console.visits_of_a_test; DROP FUNCTION console.time_visits_of_a_test")


def seen(office, key, at, **said):
    with psycopg.connect(office.dsn()) as owner:
        names = ", ".join(("id", "state", "seen_at", *said))
        owner.execute(f"INSERT INTO console.visits_of_a_test ({names}) VALUES ({', '.join(['%s'] * (3 + len(said)))})",
                      (key, "open", at, *said.values()))


def kept(office, key, columns="answer_by, rule_id"):
    with psycopg.connect(office.dsn()) as owner:
        return owner.execute(f"SELECT {columns} FROM console.visits_of_a_test WHERE id = %s", (key,)).fetchone()


def changed(office, key, what):
    with psycopg.connect(office.dsn()) as owner:
        owner.execute(f"UPDATE console.visits_of_a_test SET {what} WHERE id = %s", (key,))


def test_the_due_date_is_written_with_its_rule_and_stays(office, visits, ruled):
    friday_night = datetime(2026, 11, 20, 23, 30, tzinfo=HERE)      # Saturday already in UTC
    seen(office, 1, friday_night, answer_by=date(2099, 1, 1), rule_id=7)
    assert kept(office, 1) == (date(2026, 11, 25), ruled)
    changed(office, 1, "answer_by = '2099-01-01', rule_id = NULL, seen_at = seen_at + interval '9 days'")
    assert kept(office, 1) == (date(2026, 11, 25), ruled)
    do(office, retire_deadline, ruled)
    assert kept(office, 1) == (date(2026, 11, 25), ruled)


def test_the_rule_is_the_one_of_the_day_on_which_the_term_starts(office, visits, ruled):
    do(office, end_deadline, ruled, {"last": today() + 30 * DAY})
    later = drafted(office, amount=1, unit="days", counts_start=True, valid_from=today() + 31 * DAY)
    do(office, authorize_deadline, later)
    seen(office, 2, datetime.now(HERE))
    seen(office, 3, datetime.now(HERE) + 40 * DAY)
    assert (kept(office, 2)[1], kept(office, 3)[1]) == (ruled, later)


def test_a_term_that_did_not_start_has_no_day_until_it_does(office, visits, ruled):
    seen(office, 4, None)
    assert kept(office, 4) == (None, None)
    changed(office, 4, "seen_at = '2026-11-18 12:00-06'")
    assert kept(office, 4) == (date(2026, 11, 23), ruled)


def test_a_term_without_a_rule_is_refused_in_one_sentence_that_names_it(office, visits):
    retired_all(office)
    with pytest.raises(psycopg.Error) as refused:
        seen(office, 5, datetime.now(HERE))
    assert refused.value.sqlstate == "AG070"
    error = Exception()
    error.orig = refused.value
    assert sentence_for(error).startswith("El plazo «visit.answer» no tiene una regla vigente ese día;")


def test_the_clock_of_a_state_starts_anew_only_when_the_state_changes(office, visits, ruled):
    seen(office, 6, datetime.now(HERE))
    (born,) = kept(office, 6, "state_since")
    changed(office, 6, "state = state, state_since = '2000-01-01'")
    assert kept(office, 6, "state_since") == (born,)
    changed(office, 6, "state = 'answered'")
    assert kept(office, 6, "state_since")[0] > born


@pytest.mark.parametrize("said, words", [
    (("visit.nothing", "state", set()), "nobody declares; write deadline"),
    ((CODE, "arrived", set()), "no column of Wrong"), ((CODE, "state", set()), r"add a column with ruled_by\('answer_by'\)")])
def test_a_term_that_contradicts_the_model_stops_the_start(said, words, monkeypatch):
    wrong = SimpleNamespace(__name__="Wrong", __table__=Table(
        "wrong", MetaData(), Column("state", Text), Column("answer_by", Date, info={"term": said})))
    monkeypatch.setattr(terms, "timed", lambda: [wrong])
    with pytest.raises(Misdeclared, match=words):
        terms.check_terms()


def test_the_calendar_of_the_demonstration_is_whole(office):
    with office.speaks("staff") as session:
        assert terms.years_missing(terms.covered(session, today()), today()) == []
        assert session.query(Holiday).filter_by(state=DraftState.DRAFT).count() == 0
