"""Row scope in PostgreSQL, for any program: what an office may not see it does not read, write or lock."""

from contextlib import contextmanager

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

import policies
from models import db
from models.base.columns import field
from models.base.people import Role
from models.base.records import PartOfAnyRecord
from policies.core.carried import CARRIERS, with_readers
from policies.core.declarations import Misdeclared
from policies.core.needs import Filled
from policies.core.offices import AUDITOR, STAFF, UNIT_HEAD
from policies.core.rules import ACTS, RULES, Act, Rule
from policies.core.scopes import check_scopes, scope, scoped
from policies.core.sql import guards, rows
from policies.core.sql.clauses import sql

DECLARED = [(model, role) for model in policies.RULES for role in scoped(model)]
MADE = {"export_orders": lambda office, role: office.ordered(role)}     # a row of whoever acts in that office


# ---- every scope that the console declares

@pytest.fixture(scope="module")
def one_of_each(office):
    """{model: {office: the key of a row in its scope and in no other's}}."""
    return {model: {role: MADE[model.__tablename__](office, role.value) for role in scoped(model)}
            for model in {model for model, _ in DECLARED}}


@pytest.mark.parametrize(("model", "role"), DECLARED, ids=lambda value: getattr(value, "__tablename__", value))
def test_psql_and_the_console_see_the_same_rows(office, one_of_each, model, role):
    """Its own are seen and others' are not: in psql, by the console's condition and in the story of rows."""
    made = one_of_each[model]
    table = model.__table__.fullname
    with office.program(role.value) as raw:
        seen = {key for (key,) in raw.execute(f"SELECT id FROM {table}")}
        told = {key for key in made.values() if raw.execute(
            "SELECT FROM audit.story(%s, ARRAY[%s], NULL, NULL, 1)", (table, str(key))).fetchone() is not None}
    assert seen & set(made.values()) == told == {made[role]}
    with office.speaks(role.value) as session:
        assert set(session.scalars(db.select(model.id).where(scope(model, role)))) == seen
    assert office.scalar(f"SELECT count(*) FROM {table}") > len(seen)


def test_only_tables_with_a_scope_have_row_security(office):
    secured = office.scalar("SELECT coalesce(array_agg(oid::regclass::text ORDER BY 1), '{}') FROM pg_class"
                            " WHERE relrowsecurity AND NOT relforcerowsecurity")
    assert secured == sorted({model.__table__.fullname for model, _ in DECLARED})


# ---- a scope of a test's own: the unit head sees the errands of one area

class Base(DeclarativeBase):
    """A registry of its own, so that the console knows nothing of these tables."""

    metadata = MetaData(schema="console")


class Errand(Base):
    __tablename__ = "errands"

    id: Mapped[int] = mapped_column(primary_key=True)
    area: Mapped[str] = field("Área")
    answer: Mapped[str | None] = field("Respuesta")


class Visit(Base):
    __tablename__ = "errand_visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    errand_id: Mapped[int] = field("Encargo")


class Petition(Base):
    __tablename__ = "petitions"

    id: Mapped[int] = mapped_column(primary_key=True)


class Paper(PartOfAnyRecord, Base):
    __tablename__ = "errand_papers"

    id: Mapped[int] = mapped_column(primary_key=True)


TABLES = """
CREATE TABLE console.errands (id integer PRIMARY KEY, area text, answer text);
CREATE TABLE console.errand_visits (id integer PRIMARY KEY, errand_id integer REFERENCES console.errands);
CREATE TABLE console.errand_papers (id integer PRIMARY KEY, subject text, subject_id integer);
INSERT INTO console.errands VALUES (1, 'obras', NULL), (2, 'aguas', NULL);
INSERT INTO console.errand_visits VALUES (1, 1), (2, 2);
INSERT INTO console.errand_papers VALUES (1, 'errands', 1), (2, 'errands', 2), (3, 'petitions', 2);
CREATE FUNCTION console.every_errand() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM console.errands';
GRANT ALL ON console.errands, console.errand_visits, console.errand_papers TO console_staff, console_unit_head;
GRANT EXECUTE ON FUNCTION console.every_errand() TO console_unit_head;
"""
OFFICES = STAFF | UNIT_HEAD
TABLES_OF_TEST = (Errand, Visit, Paper)


def works(office):
    """The rows of the works area."""
    return Errand.area == "obras"


def nothing(errand, actor):
    """The effect of an act that PostgreSQL alone is asked about."""


@pytest.fixture
def rules(monkeypatch):
    """The tables declared: errands with a scope, their visits as parts, papers that hang from them and from petitions.
    """
    rule = Rule(Errand, view=OFFICES, edit=OFFICES, edits=("area",), guarded=True, rows={UNIT_HEAD: works})
    close = Act("close_errand", "Cerrar", Errand, {}, OFFICES, nothing, needs=(
        Filled("Escriba la respuesta.", "answer"),))
    monkeypatch.setitem(CARRIERS, Paper, {Errand, Petition})
    for model, one in ((Errand, rule), (Visit, Rule(Visit, view=OFFICES, part_of=("errand_id", Errand))),
                       (Petition, Rule(Petition, view=OFFICES))):
        monkeypatch.setitem(RULES, model, one)
    monkeypatch.setitem(RULES, Paper, with_readers(Rule(Paper)))
    monkeypatch.setitem(ACTS, (Errand, "close_errand"), close)
    return rule


@pytest.fixture
def psql(office, rules):
    """Opens psql as an office over the three tables, in a transaction that is undone."""
    @contextmanager
    def opened(role):
        with psycopg.connect(office.dsn()) as raw:
            raw.execute(TABLES)
            tables = {model: scoped(model) for model in TABLES_OF_TEST}
            for model, conditions in tables.items():
                for statement in rows.policies_of(model, conditions):
                    raw.execute(statement)
            raw.execute(rows.in_scope(tables))
            for statement in guards.unmet(rules):
                raw.execute(statement)
            raw.execute("GRANT EXECUTE ON FUNCTION console.unmet_errands(bigint) TO console_unit_head, console_staff")
            if role:
                raw.execute("GRANT console_staff, console_unit_head TO CURRENT_USER")
                raw.execute(f"SET LOCAL ROLE console_{role}")
            yield raw
            raw.rollback()
    return opened


def keys(raw, table, more=""):
    return [key for (key,) in raw.execute(f"SELECT id FROM console.{table} {more}")]


@pytest.mark.parametrize(("role", "seen"), [("unit_head", [1]), ("staff", [1, 2]), (None, [1, 2])])
def test_an_office_with_a_scope_reads_its_rows_and_their_parts_and_the_others_read_all(psql, role, seen):
    with psql(role) as raw:
        assert keys(raw, "errands", "ORDER BY id") == seen
        assert keys(raw, "errand_visits", "ORDER BY id") == seen
        assert keys(raw, "errand_papers", "ORDER BY id") == [*seen, 3]
        assert keys(raw, "errands", "ORDER BY id FOR UPDATE") == seen


@pytest.mark.parametrize(("statement", "written"), [
    ("UPDATE console.errands SET answer = 'Ya.'", 1), ("DELETE FROM console.errand_visits", 1),
    ("UPDATE console.errands SET answer = 'Ya.' WHERE id = 2", 0), ("DELETE FROM console.errand_papers WHERE id = 2", 0)])
def test_what_is_not_seen_is_not_written(psql, statement, written):
    with psql("unit_head") as raw:
        assert raw.execute(statement).rowcount == written


@pytest.mark.parametrize("statement", [
    "INSERT INTO console.errands VALUES (3, 'aguas')", "UPDATE console.errands SET area = 'aguas'",
    "INSERT INTO console.errand_visits VALUES (3, 2)", "UPDATE console.errand_visits SET errand_id = 2",
    "INSERT INTO console.errand_papers VALUES (4, 'errands', 2)"])
def test_no_row_is_written_out_of_the_scope(psql, statement):
    with psql("unit_head") as raw, pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        raw.execute(statement)
    with psql("staff") as raw:
        assert raw.execute(statement).rowcount >= 1


def test_functions_with_the_owner_s_rights_see_all_and_the_needs_tell_only_of_the_scope(psql):
    with psql("unit_head") as raw:
        assert raw.execute("SELECT console.every_errand()").fetchone() == (2,)
        told = [raw.execute("SELECT count(*) FROM console.unmet_errands(%s)", (key,)).fetchone()[0] for key in (1, 2)]
    assert told == [1, 0]


def test_a_percent_sign_of_a_condition_stays_one():
    assert sql(Errand.id % 2 == 0, Errand.__table__) == "console.errands.id % 2 = 0"


def test_the_screen_asks_the_same_condition(rules):
    assert str(scope(Errand, Role.UNIT_HEAD)) == str(works(Role.UNIT_HEAD)) and scope(Errand, Role.STAFF) is None


# ---- what may not be declared

@pytest.mark.parametrize(("said", "names"), [
    ({AUDITOR: works}, "auditor, who may not see"), ({UNIT_HEAD: works, OFFICES: works}, "two conditions")])
def test_a_scope_that_contradicts_the_rule_stops_the_start(monkeypatch, said, names):
    monkeypatch.setitem(RULES, Errand, Rule(Errand, view=OFFICES, rows=said))
    with pytest.raises(Misdeclared, match=names):
        check_scopes()


def test_a_part_freer_than_its_whole_stops_the_start(rules, monkeypatch):
    check_scopes()
    monkeypatch.setitem(RULES, Visit, Rule(Visit, view=OFFICES | AUDITOR, part_of=("errand_id", Errand)))
    with pytest.raises(Misdeclared, match="Visit is part of Errand, which has a scope and which auditor may not see"):
        check_scopes()
