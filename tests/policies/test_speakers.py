"""Who writes is a person of that office who logged in: an office's password alone writes nothing, in any table."""

from contextlib import closing

import psycopg
import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import IntegrityError

import policies
from models import db
from models.base.access import SpeakerToken
from models.base.people import Role
from policies.core.grants import writable
from policies.core.offices import SIGNERS
from policies.core.speaker import TIERS, issue

NOT_GIVEN = ("no person holds the office of this transaction",
             "the transaction carries no token of the person that it names", "invalid input syntax for type integer")
FORGED = ("9", "99999", "", "garbage", "9; DROP TABLE x")


def cells():
    """{(office, table): {verb: a column}} of everything that an office may write, worked out from rules and acts."""
    found = {}

    def add(roles, model, verb, columns):
        for role in roles if columns else ():
            found.setdefault((role.value, model.__table__.fullname), {})[verb] = columns[0]
    for model, rule in policies.RULES.items():
        add(rule.create, model, "INSERT", writable(model))
        add(rule.edit, model, "UPDATE", rule.edits)
        add(rule.delete, model, "DELETE", ("id",))
    for step in policies.ACTS.values():
        add(step.by, step.model, "UPDATE", (*step.sets, *(("state",) if step.moves else ())))
        for model, columns in step.touches.items():
            add(step.by, model, "UPDATE", columns)
        for model in step.creates:
            add(step.by, model, "INSERT", writable(model))
        for model in step.removes:
            add(step.by, model, "DELETE", ("id",))
    return found


CELLS = cells()
STATEMENTS = {"INSERT": "INSERT INTO {table} ({column}) SELECT NULL WHERE false",
              "UPDATE": "UPDATE {table} SET {column} = NULL WHERE false", "DELETE": "DELETE FROM {table} WHERE false"}


def refusal(raw, statement):
    """What PostgreSQL answers to a statement that changes no row; None when it lets it pass."""
    try:
        with raw.transaction():
            raw.execute(statement)
            return None
    except psycopg.Error as error:
        return error.diag.message_primary


def say(raw, role, actor, token):
    raw.execute("SELECT set_config('role', %s, false), set_config('app.actor', %s, false),"
                " set_config('app.token', %s, false)", (f"console_{role}", actor, token))


@pytest.fixture(scope="module")
def logins(office):
    """tier → a connection with that tier's password and nothing else."""
    made = {tier: psycopg.connect(office.dsn(tier), autocommit=True) for tier in set(TIERS.values())}
    yield made
    for raw in made.values():
        raw.close()


@pytest.mark.parametrize(("role", "table"), sorted(CELLS), ids=str)
def test_a_tier_s_password_alone_writes_nothing(office, logins, role, table):
    raw, me = logins[TIERS[Role(role)]], str(office.actor(role).id)
    other = str(office.actor("administrator" if role != "administrator" else "staff").id)
    mine, theirs = office.token_of(me), office.token_of(other)
    for verb, column in CELLS[role, table].items():
        statement = STATEMENTS[verb].format(table=table, column=column)
        say(raw, role, me, mine)
        assert refusal(raw, statement) is None, verb      # what the person may do
        for actor, token in [*((word, "") for word in FORGED), (me, ""), (me, "x" * 43), (me, theirs), (other, mine),
                             ("", mine), (other, theirs)]:
            say(raw, role, actor, token)
            said = refusal(raw, statement)
            assert said and said.startswith(NOT_GIVEN), (verb, actor, said)


def test_every_table_of_the_console_asks(office):
    with office.program() as raw:
        asking = {row[0] for row in raw.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'x_actor'")}
    assert asking >= {table for _, table in CELLS} and len(CELLS) > 40


# ---- what a statement does inside itself

@pytest.mark.parametrize(("setting", "value"), [
    ("app.actor", "9"), ("app.actor", ""), ("app.token", ""), ("role", "none"), ("role", "console_tier_systems")])
def test_a_statement_that_changes_who_speaks_inside_itself_is_refused(office, setting, value):
    """The trail would tell another name: what stands when the rows are done is asked, not what stood before."""
    with office.program("administrator") as raw:
        raw.execute("INSERT INTO console.people (name) VALUES ('Antes')")
    before = office.scalar("SELECT max(seq) FROM audit.log")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), office.program("administrator") as raw:
        raw.execute("UPDATE console.people SET name = left('Después' || set_config(%s, %s, true), 7) WHERE name = 'Antes'",
                    (setting, value))
    assert office.scalar("SELECT max(seq) FROM audit.log") == before


def test_the_trail_names_the_person_of_the_token(office):
    with office.program("administrator") as raw:
        (key,) = raw.execute("INSERT INTO console.people (name) VALUES ('Nombrada') RETURNING id").fetchone()
    told = "SELECT actor_id FROM audit.log WHERE table_name = 'console.people' AND row_id = %s"
    assert office.scalar(told, str(key)) == office.actor("administrator").id


def test_an_office_has_no_table_nor_trigger_of_its_own(office):
    """The owner says it when the database is prepared; a copy of a database does not carry it."""
    office.app.test_cli_runner().invoke(args=["prepare"])
    for tier in set(TIERS.values()):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), office.program(login=tier) as raw:
            raw.execute("CREATE TEMP TABLE mine (x integer)")


# ---- the tokens

@pytest.mark.parametrize("login", sorted(set(TIERS.values()) | {"public", "sealer"}))
@pytest.mark.parametrize("statement", [
    "SELECT token_hash FROM console.speaker_tokens", "DELETE FROM console.speaker_tokens",
    "UPDATE console.speaker_tokens SET expires_at = 'infinity'",
    "INSERT INTO console.speaker_tokens (token_hash, person_id, expires_at) VALUES (repeat('a', 64), 1, 'infinity')"])
def test_no_office_reads_or_writes_a_token(office, login, statement):
    roles = [None, *(role.value for role in Role if TIERS[role] == login)]
    for role in roles:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"), (
                office.program(role) if role else office.program(login=login)) as raw:
            raw.execute(statement)


def one_more(office, token):
    """Write one row with that token."""
    with closing(psycopg.connect(office.dsn("systems"))) as raw, raw:
        say(raw, "administrator", str(office.actor("administrator").id), token)
        raw.execute("INSERT INTO console.people (name) VALUES ('Con Ficha')")


def test_a_token_that_expired_or_was_taken_back_writes_nothing(office):
    with office.app.app_context():
        token = issue(office.actor("administrator").id)
        one_more(office, token)
        for change in (update(SpeakerToken).values(expires_at="2026-01-01"), delete(SpeakerToken)):
            with db.engines["gate"].begin() as connection:
                connection.execute(change.where(SpeakerToken.token_hash == policies.core.speaker.fingerprint(token)))
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="carries no token"):
                one_more(office, token)


def test_a_token_is_of_a_person_who_exists(office):
    with office.app.app_context(), pytest.raises(IntegrityError, match="fk_speaker_tokens"):
        issue(99999)


def test_a_program_s_token_ends_with_what_it_did(office):
    live = "SELECT count(*) FROM console.speaker_tokens WHERE expires_at > now() AND person_id = %s"
    who = office.actor("general_director").id
    before = office.scalar(live, who)
    with office.speaks("general_director"):
        assert office.scalar(live, who) == before + 1
    assert office.scalar(live, who) == before


def test_what_a_program_left_half_done_ends_with_it(office):
    """Nothing of its transaction, nor the office that it wore, is left to whoever uses the session next."""
    with office.app.app_context():
        with policies.speaks(db.session, office.actor("staff")) as session:
            session.execute(text("SELECT 1"))
            assert session().in_transaction()
        assert not db.session().in_transaction()
        assert "actor" not in db.session.info and policies.core.speaker.speaking.get() == policies.core.speaker.NOBODY


def test_the_token_of_a_browser_lives_and_ends_with_its_session(office):
    who = office.actor("unit_head").id
    live = "SELECT count(*) FROM console.speaker_tokens WHERE expires_at > now() AND person_id = %s"
    before = office.scalar(live, who)
    client = office.client("unit_head")
    assert office.scalar(live, who) == before + 1
    with office.program() as raw:       # almost at its end, and somebody is still there
        raw.execute("UPDATE console.web_sessions SET seen_at = now() - interval '170 minutes' WHERE person_id = %s", (who,))
        raw.execute("UPDATE console.speaker_tokens SET expires_at = now() + interval '10 minutes' WHERE person_id = %s"
                    " AND expires_at > now()", (who,))
    client.get("/")
    assert office.scalar("SELECT max(expires_at) > now() + interval '2 hours' FROM console.speaker_tokens"
                         " WHERE person_id = %s", who)
    office.post(client, "/salir", form="/cargo")
    assert office.scalar(live, who) == before


@pytest.mark.parametrize("ended", ["UPDATE console.logins SET active = false WHERE person_id = %s",
                                   "UPDATE console.logins SET password = 'x', fs_uniquifier = 'other' WHERE person_id = %s"],
                         ids=["the account was closed", "another password"])
def test_a_token_ends_when_the_sessions_of_its_login_end(office, ended):
    """Though the browser never comes back to learn it; of that person alone."""
    other = office.actor("staff").id
    with office.program() as raw:
        (who,) = raw.execute("INSERT INTO console.people (name) VALUES ('Eva Ficha') RETURNING id").fetchone()
        raw.execute("INSERT INTO console.logins (person_id, email, fs_uniquifier, password) VALUES (%(who)s,"
                    " 'eva' || %(who)s || '@x.mx', 'eva' || %(who)s, 'y')", {"who": who})
    live = "SELECT count(*) FROM console.speaker_tokens WHERE expires_at > clock_timestamp() AND person_id = %s"
    with office.app.app_context():
        issue(who)
        kept = issue(other)
    with office.program() as raw:
        raw.execute(ended, (who,))
    assert office.scalar(live, who) == 0 and office.scalar(live, other) > 0
    with office.app.app_context():
        policies.core.speaker.end(kept)


@pytest.mark.parametrize("worn", sorted(role.value for role in SIGNERS))
def test_a_token_opens_only_the_offices_that_its_person_holds(office, worn):
    """A token says who speaks and no more; in what office is asked of the appointments at each write."""
    statement = "UPDATE console.corrections SET state = state WHERE false"
    for role in (role for role in Role if TIERS[role] == "directors" and role.value != worn):
        who = office.actor(role).id
        with office.app.app_context():
            token = issue(who)
        with closing(psycopg.connect(office.dsn("directors"))) as raw:
            say(raw, worn, str(who), token)
            assert refusal(raw, statement) == "no person holds the office of this transaction", role
            say(raw, role.value, str(who), token)
            assert role not in SIGNERS or refusal(raw, statement) is None, role


def test_a_record_is_ones_own_in_the_office_that_is_worn_and_by_a_token(office):
    me, other, order = office.actor("staff").id, office.actor("staff", 1).id, str(office.ordered())
    with office.app.app_context():
        mine, theirs = issue(me), issue(other)
    with office.program() as raw:       # as its owner: an office reaches it by what it reads alone
        raw.execute("GRANT console_staff, console_auditor TO CURRENT_USER")
        for worn, who, said, own in (("staff", me, mine, [order]), ("staff", me, "", []), ("staff", me, theirs, []),
                                     ("auditor", me, mine, []), ("staff", other, theirs, []), ("staff", other, mine, [])):
            raw.execute("SELECT set_config('role', %s, true), set_config('app.actor', %s, true), set_config('app.token', %s,"
                        " true)", (f"console_{worn}", str(who), said))
            seen = [str(key) for (key,) in raw.execute("SELECT id FROM console.export_orders")]
            raw.execute("RESET ROLE")
            raw.execute("SELECT set_config('role', %s, true)", (f"console_{worn}",))
            assert seen == own
        raw.rollback()


def test_what_a_browser_writes_it_writes_with_its_session_s_token(office):
    """Taken away behind the session, the same browser reads on and writes nothing."""
    administrator = office.client("administrator")
    with office.program() as raw:
        raw.execute("DELETE FROM console.speaker_tokens WHERE person_id = %s", (office.actor("administrator").id,))
    office.tokens.clear()
    assert administrator.get("/personas/").status_code == 200
    answer = office.post(administrator, "/personas/nuevo/", {"name": "Sin Ficha", "active": "y"})
    assert "Su cargo no permite este cambio" in answer.text or answer.status_code == 409
    assert office.scalar("SELECT count(*) FROM console.people WHERE name = 'Sin Ficha'") == 0


def test_nothing_that_postgresql_shows_of_a_session_holds_its_token(office):
    """Tokens travel as bound values: the text of a statement is the same for everybody."""
    with office.speaks("staff") as session:
        session.execute(text("SELECT 1"))
        token = policies.core.speaker.speaking.get().token
        seen = office.scalar("SELECT string_agg(query, ' ') FROM pg_stat_activity")
    assert len(token) > 40 and token not in seen
    assert token not in str(policies.core.speaker.STAMP)


ASKED = "SELECT 1 AS asked_by_every_page"
PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement = :asked"


@pytest.mark.parametrize(("read_only", "planned"), [(True, 1), (False, 0)])
def test_what_only_reads_leaves_its_statements_prepared(office, read_only, planned):
    """psycopg forgets them after a ROLLBACK, with which a page that wrote nothing would end."""
    with office.speaks("staff", read_only=read_only) as session, session.get_bind().connect() as connection:
        for _ in range(8):
            connection.execute(text(ASKED))
            connection.rollback()
        assert connection.scalar(text(PREPARED), {"asked": ASKED}) == planned
