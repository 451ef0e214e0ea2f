"""An ordered export in PostgreSQL, for any program: whose it is, what may change, and what the log says of it."""

import psycopg
import pytest
from psycopg import errors

from models.base.exports import ExportOrder
from policies.core.exports import write_export
from policies.core.rules import Broken

WRITTEN = ("INSERT INTO console.export_orders (screen, kind, query, run_by_id, run_as, state) VALUES"
           " ('accounts', 'csv', 'q=Zarzamora', 1, 'general_director', %s) RETURNING id")
READY = "UPDATE console.export_orders SET state = 'ready', size = 9, sha256 = repeat('a', 64) WHERE id = %s RETURNING id"
RUNNING = "UPDATE console.export_orders SET state = 'running', written = 5 WHERE id = %s RETURNING id"
ROW = "SELECT to_jsonb(o) FROM console.export_orders o WHERE id = %s"
SEEN = "SELECT id FROM console.export_orders WHERE id = %s"
LOGGED = ("SELECT coalesce(json_agg(e ORDER BY id), '[]') FROM console.export_entries e WHERE request_id = %s")
CLOSE = "SELECT count(*) FROM console.close_exports('Perdió el cargo.')"


@pytest.fixture(autouse=True)
def none_open(office):
    """A person has few at once."""
    with office.program() as owner:
        owner.execute("UPDATE console.export_orders SET state = 'failed', trouble = 'x' WHERE state IN ('ordered', 'running', 'ready')")


def made(office, role="staff", which=0, request="pedida", *, reach=()):
    """An order by hand, walked by these statements."""
    with office.program(role, which) as raw:
        raw.execute("SELECT set_config('app.request_id', %s, true)", (request,))
        (key,) = raw.execute(WRITTEN, ("ordered",)).fetchone()
        for statement in reach:
            raw.execute(statement, (key,))
    return key


def test_it_is_of_whoever_writes_it_in_the_office_that_they_wear(office):
    kept = office.scalar(ROW, made(office))
    assert (kept["run_by_id"], kept["run_as"]) == (office.actor("staff").id, "staff")
    assert kept["request_id"] == "pedida" and kept["expires_at"] is None and kept["written"] == 0


def test_nobody_else_reads_it_or_moves_it(office):
    key = made(office, reach=[RUNNING])
    for role, which in (("staff", 1), ("auditor", 0), ("general_director", 0), ("administrator", 0)):
        with office.program(role, which) as raw:
            assert raw.execute(SEEN, (key,)).fetchall() == []
            assert raw.execute(READY, (key,)).fetchall() == []
            assert raw.execute("SELECT * FROM audit.story('console.export_orders', ARRAY[%s], NULL, NULL, 9)",
                               (str(key),)).fetchall() == []
    with office.program("staff") as raw:
        assert raw.execute(SEEN, (key,)).fetchone() == (key,)
        assert raw.execute("SELECT count(*) FROM audit.story('console.export_orders', ARRAY[%s], NULL, NULL, 9)",
                           (str(key),)).fetchone()[0] >= 2


@pytest.mark.parametrize("forged", ["", "another"])
def test_the_password_of_a_tier_alone_shows_none_of_them(office, forged):
    """Without that person's token, whatever name is given; but that there is work, and whose, the worker may ask."""
    key = made(office)
    with office.program(login="staff") as raw:
        who = str(office.actor("staff").id) if forged else ""
        raw.execute("SELECT set_config('role', 'console_staff', true), set_config('app.actor', %s, true)", (who,))
        assert raw.execute("SELECT count(*) FROM console.export_orders").fetchone() == (0,)
        assert raw.execute("SELECT run_by_id FROM console.work() WHERE subject = 'export_orders' AND id = %s",
                           (key,)).fetchone() == (office.actor("staff").id,)


@pytest.mark.parametrize(("change", "reach"), [
    ("query = 'q=otra'", []), ("run_by_id = 1", []), ("run_as = 'auditor'", []), ("screen = 'bills'", []),
    ("expires_at = now() + interval '9 days'", [RUNNING, READY]), ("ready_at = now()", [RUNNING]),
    ("written = 9", [RUNNING, READY]), ("sha256 = repeat('b', 64)", [RUNNING, READY]),
    ("state = 'expired'", [RUNNING, READY]), ("state = 'running'", [RUNNING, READY]), ("state = 'ready'", []),
    ("state = 'ready'", [RUNNING]), ("state = 'ready', size = 3, sha256 = 'corta'", [RUNNING]),
    ("state = 'failed'", [RUNNING]), ("trouble = 'porque sí'", [RUNNING]), ("asked_at = now()", [])])
def test_what_was_asked_and_what_was_made_stand_still(office, change, reach):
    key = made(office, reach=reach)
    before = office.scalar(ROW, key)
    with pytest.raises((errors.InsufficientPrivilege, errors.CheckViolation, errors.DatabaseError)), \
            office.program("staff") as raw:
        raw.execute(f"UPDATE console.export_orders SET {change} WHERE id = %s", (key,))
    assert office.scalar(ROW, key) == before


def test_not_even_its_owner_deletes_one_or_changes_what_was_asked(office):
    key = made(office)
    for statement in ("DELETE FROM console.export_orders WHERE id = %s",
                      "UPDATE console.export_orders SET query = 'otra' WHERE id = %s"):
        with pytest.raises(psycopg.Error) as caught, office.program() as owner:
            owner.execute(statement, (key,))
        assert caught.value.sqlstate == "AG002"


def test_none_is_born_ready(office):
    with pytest.raises(psycopg.Error), office.program("staff") as raw:
        raw.execute(WRITTEN, ("ready",))


def test_its_file_lasts_a_day_from_when_it_is_ready(office):
    kept = made(office, reach=[RUNNING, READY])
    assert office.scalar("SELECT expires_at - ready_at = interval '24 hours' AND ready_at > now() - interval '1 minute'"
                         " FROM console.export_orders WHERE id = %s", kept)


def test_the_log_says_each_of_its_ends_whatever_program_moves_it(office):
    made(office, request="lista", reach=[RUNNING, READY])
    made(office, request="caída", reach=[RUNNING, "UPDATE console.export_orders SET state = 'failed', trouble = 'x' WHERE id = %s"])
    said = {request: [(e["outcome"], e["rows"], e["filters"]) for e in office.scalar(LOGGED, request)]
            for request in ("lista", "caída")}
    assert said == {"lista": [("ordered", 0, "q=Zarzamora"), ("ready", 5, "q=Zarzamora")],
                    "caída": [("ordered", 0, "q=Zarzamora"), ("failed", 5, "q=Zarzamora")]}


def test_the_trail_names_who_and_what_and_not_what_they_looked_for(office):
    key = made(office, reach=[RUNNING])
    told = office.scalar("SELECT json_agg(l ORDER BY seq) FROM audit.log l WHERE table_name = 'console.export_orders'"
                         " AND row_id = %s", str(key))
    assert [(entry["operation"], entry["actor_id"]) for entry in told] == [("I", office.actor("staff").id), ("U", office.actor("staff").id)]
    assert "Zarzamora" not in str(told) and told[0]["new"]["screen"] == "accounts"


def test_a_file_is_told_only_while_it_is_being_written(office):
    key = made(office)
    for told, state in (({}, "running"), ({"written": 7}, "running"),
                        ({"written": 9, "size": 3, "sha256": "c" * 64}, "ready")):
        office.perform("staff", write_export, key, told, model=ExportOrder)
        kept = office.scalar(ROW, key)
        assert (kept["state"], kept["written"]) == (state, told.get("written", 0))
    with pytest.raises(Broken, match="el registro está en «Lista para descargar»"):
        office.perform("staff", write_export, key, {"written": 10}, model=ExportOrder)


@pytest.mark.parametrize(("reach", "few"), [([], 3), ([RUNNING], 3), ([RUNNING, READY], 20)])
def test_a_person_has_few_at_once_and_nobody_waits_for_another(office, reach, few):
    for _ in range(few):
        made(office, reach=reach)
    with pytest.raises(psycopg.Error) as caught:
        made(office)
    assert caught.value.sqlstate == "AG060"
    assert made(office, which=1)


# ---- what ends by itself

def test_only_the_gate_closes_what_nobody_goes_on_with(office):
    for role in ("staff", "auditor"):
        with pytest.raises(errors.InsufficientPrivilege), office.program(role) as raw:
            raw.execute(CLOSE)
    with pytest.raises(errors.InsufficientPrivilege), office.program(login="gate") as raw:
        raw.execute("UPDATE console.export_orders SET state = 'expired'")
    key = made(office)
    with office.program(login="gate") as raw:
        raw.execute(CLOSE)
    assert office.scalar(ROW, key)["state"] == "ordered"


BEGUN = ("INSERT INTO console.export_entries (at, person_id, role, request_id, table_name, filters, rows, sha256, outcome)"
         " VALUES (now() - %s::interval, 1, 'staff', %s, 'bills', 'orden=folio', 0, '', %s)")


@pytest.mark.parametrize(("ago", "then", "said"), [
    ("41 minutes", None, ["begun", "cut"]), ("3 days", None, ["begun", "cut"]), ("30 minutes", None, ["begun"]),
    ("2 hours", "complete", ["begun", "complete"]), ("2 hours", "cut", ["begun", "cut"])])
def test_a_streamed_export_whose_server_ended_does_not_stay_begun(office, ago, then, said):
    """The log only grows: it says in one more row that it was cut, once."""
    request = f"{ago} {then}"
    with office.program(login="gate") as raw:
        raw.execute(BEGUN, (ago, request, "begun"))
        if then:
            raw.execute(BEGUN, ("2 hours", request, then))
    for _ in range(2):
        with office.program(login="gate") as raw:
            raw.execute(CLOSE)
    entries = office.scalar(LOGGED, request)
    assert [entry["outcome"] for entry in entries] == said
    assert {(entry["person_id"], entry["table_name"], entry["filters"]) for entry in entries} == {(1, "bills", "orden=folio")}
