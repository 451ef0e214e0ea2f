"""The chain of seals: whoever holds the machine may change the trail, and the check finds it."""

import time

import psycopg
import pytest

from tests import psql

HASH = "UPDATE audit.log l SET row_hash = sha256(audit.canon(l)) WHERE seq = ANY(%(rows)s)"
# A copy of a sealed row under a number, a time and a transaction of one's own, its hash made as it should be.
INVENTED_HASH = "UPDATE audit.log l SET row_hash = sha256(audit.canon(l)) WHERE request_id = 'inventada'"
# A seal that continues the chain as the sealer would, over what was invented.
NEXT_SEAL = (
    "INSERT INTO audit.sealed SELECT seq, (SELECT max(number) + 1 FROM audit.seal) FROM audit.log"
    " WHERE request_id = 'inventada'",
    "INSERT INTO audit.seal SELECT number + 1, clock_timestamp(), (SELECT min(seq) FROM audit.log WHERE request_id = 'inventada'),"
    " (SELECT max(seq) FROM audit.log WHERE request_id = 'inventada'), 1,"
    " (SELECT sha256(row_hash) FROM audit.log WHERE request_id = 'inventada'), hash, '\\x',"
    " (pg_current_xact_id()::text::bigint + 1)::text::xid8, pg_current_xact_id(),"
    " (SELECT last_value FROM audit.log_seq_seq) FROM audit.seal ORDER BY number DESC LIMIT 1",
    "UPDATE audit.seal s SET hash = audit.seal_hash(s) WHERE number = (SELECT max(number) FROM audit.seal)")

LAST = "number = (SELECT max(number) FROM audit.seal)"
REHASHED = f"UPDATE audit.seal s SET hash = audit.seal_hash(s) WHERE {LAST}"


def invented(seq="nextval('audit.log_seq_seq')", at="at", txid="txid"):
    at = "at - interval '10 minutes'" if at == "at" else at
    return (f"INSERT INTO audit.log SELECT {seq}, {at}, {txid}, actor_id, role, act, 'inventada', db_user, program, client,"
            " table_name, row_id, operation, old, new, row_hash FROM audit.log WHERE seq = %(row)s")


TAMPERS = {
    "a row changed": ["UPDATE audit.log SET new = '{\"amount\": 1}' WHERE seq = %(row)s"],
    "who wrote it": ["UPDATE audit.log SET actor_id = 1 WHERE seq = %(row)s"],
    "when": ["UPDATE audit.log SET at = at - interval '1 day' WHERE seq = %(row)s"],
    "a row changed and its hash made anew": [
        "UPDATE audit.log SET new = '{\"amount\": 1}' WHERE seq = %(row)s", HASH],
    "a row removed": ["DELETE FROM audit.log WHERE seq = %(row)s"],
    "a row removed with its place in the seal": [
        "DELETE FROM audit.sealed WHERE seq = %(row)s", "DELETE FROM audit.log WHERE seq = %(row)s"],
    "a place in the seal removed": ["DELETE FROM audit.sealed WHERE seq = %(row)s"],
    "two rows exchanged": [
        "UPDATE audit.log l SET old = o.old, new = o.new, row_id = o.row_id, operation = o.operation"
        " FROM audit.log o WHERE l.seq = ANY(%(rows)s) AND o.seq = ANY(%(rows)s) AND o.seq <> l.seq"],
    "two rows exchanged and their hashes made anew": [
        "UPDATE audit.log l SET old = o.old, new = o.new, row_id = o.row_id, operation = o.operation"
        " FROM audit.log o WHERE l.seq = ANY(%(rows)s) AND o.seq = ANY(%(rows)s) AND o.seq <> l.seq", HASH],
    "two rows renumbered": [
        "UPDATE audit.log SET seq = -1 WHERE seq = %(row)s", "UPDATE audit.log SET seq = %(row)s WHERE seq = %(next)s",
        "UPDATE audit.log SET seq = %(next)s WHERE seq = -1", HASH],
    "a row added to a seal": [
        "INSERT INTO audit.log SELECT -5, at, txid, actor_id, role, act, request_id, db_user, program, client,"
        " table_name, row_id, operation, old, new, row_hash FROM audit.log WHERE seq = %(row)s",
        "UPDATE audit.log l SET row_hash = sha256(audit.canon(l)) WHERE seq = -5",
        "INSERT INTO audit.sealed SELECT -5, number FROM audit.sealed WHERE seq = %(row)s"],
    "the root made anew": [
        "UPDATE audit.log SET new = '{\"amount\": 1}' WHERE seq = %(row)s", HASH,
        "UPDATE audit.seal s SET root = (SELECT sha256(string_agg(l.row_hash, ''::bytea ORDER BY l.seq))"
        " FROM audit.sealed z JOIN audit.log l USING (seq) WHERE z.number = s.number) WHERE number = %(seal)s"],
    "the root and the seal made anew": [
        "UPDATE audit.log SET new = '{\"amount\": 1}' WHERE seq = %(row)s", HASH,
        "UPDATE audit.seal s SET root = (SELECT sha256(string_agg(l.row_hash, ''::bytea ORDER BY l.seq))"
        " FROM audit.sealed z JOIN audit.log l USING (seq) WHERE z.number = s.number) WHERE number = %(seal)s",
        "UPDATE audit.seal s SET hash = audit.seal_hash(s) WHERE number = %(seal)s"],
    "the bounds of a seal widened": ["UPDATE audit.seal SET horizon = '1' WHERE number = %(seal)s"],
    "the time of a seal": ["UPDATE audit.seal SET at = at - interval '1 day' WHERE number = %(seal)s"],
    "a seal removed": ["DELETE FROM audit.seal WHERE number = %(seal)s"],
    "every seal removed": ["DELETE FROM audit.sealed", "DELETE FROM audit.seal"],
    "the first link changed": ["UPDATE audit.seal SET hash = sha256('otra') WHERE number = 0"],
    "a row of the past invented": [invented(), INVENTED_HASH],
    "a row of the past invented and sealed": [invented(), INVENTED_HASH, *NEXT_SEAL],
    "a row invented with a time of the past, and sealed": [invented(txid="pg_current_xact_id()"), INVENTED_HASH, *NEXT_SEAL],
    "a row invented with a transaction of the past, and sealed": [invented(at="clock_timestamp()"), INVENTED_HASH, *NEXT_SEAL],
    "a row invented with a number of the past, and sealed": [
        invented("-9", "clock_timestamp()", "pg_current_xact_id()"), INVENTED_HASH, *NEXT_SEAL],
    "a row invented with a number to come": [
        invented("(SELECT last_value + 500 FROM audit.log_seq_seq)", "clock_timestamp()", "pg_current_xact_id()"), INVENTED_HASH],
    "a row of a transaction to come": [invented(at="clock_timestamp()", txid="'999999999'::xid8"), INVENTED_HASH],
    "a row with a time to come, and sealed": [
        invented(at="clock_timestamp() + interval '1 hour'", txid="pg_current_xact_id()"), INVENTED_HASH, *NEXT_SEAL],
    "a row of a transaction to come, and sealed": [
        invented(at="clock_timestamp()", txid="'999999999'::xid8"), INVENTED_HASH, *NEXT_SEAL],
    "the rows of the last seal counted otherwise": [f"UPDATE audit.seal SET rows = rows + 1 WHERE {LAST}", REHASHED],
    "the root of the last seal": [f"UPDATE audit.seal SET root = sha256('otra') WHERE {LAST}", REHASHED],
    "the last seal chained to another": [f"UPDATE audit.seal SET previous = sha256('otra') WHERE {LAST}", REHASHED],
    "the last seal numbered otherwise": [f"UPDATE audit.sealed SET number = number + 1 WHERE {LAST}",
                                         f"UPDATE audit.seal SET number = number + 1 WHERE {LAST}", REHASHED],
    "the first seal removed": ["DELETE FROM audit.seal WHERE number = 0"],
}
ALTERED, UNLIKE, BROKEN = "asiento alterado", "asientos que no corresponden a su sello", "cadena rota"
OUTSIDE, EARLIER = "asiento que no se escribió entre su sello y el anterior", "asiento con hora anterior a la del que lo precede"
OLD, UNSEALED = "asiento sin sello y anterior al último", "asiento de una transacción que no ha existido"
# By which check each is found at least: every check is the only one that finds some of them.
FOUND = {
    "a row changed": ALTERED, "who wrote it": ALTERED, "two rows exchanged": ALTERED, "when": ALTERED,
    "a row changed and its hash made anew": UNLIKE, "a row removed": UNLIKE, "a row removed with its place in the seal": UNLIKE,
    "a place in the seal removed": OLD, "two rows exchanged and their hashes made anew": UNLIKE, "two rows renumbered": UNLIKE,
    "a row added to a seal": UNLIKE, "the root made anew": BROKEN, "the root and the seal made anew": BROKEN,
    "the bounds of a seal widened": BROKEN, "the time of a seal": BROKEN, "a seal removed": BROKEN,
    "every seal removed": "no queda ningún sello", "the first link changed": BROKEN, "a row of the past invented": OLD,
    "a row of the past invented and sealed": OUTSIDE, "a row invented with a time of the past, and sealed": EARLIER,
    "a row invented with a transaction of the past, and sealed": OUTSIDE,
    "a row invented with a number of the past, and sealed": OUTSIDE,
    "a row invented with a number to come": "asiento con un número que aún no se da",
    "a row of a transaction to come": UNSEALED, "a row with a time to come, and sealed": OUTSIDE,
    "a row of a transaction to come, and sealed": OUTSIDE, "the rows of the last seal counted otherwise": UNLIKE,
    "the root of the last seal": UNLIKE, "the last seal chained to another": BROKEN,
    "the last seal numbered otherwise": BROKEN, "the first seal removed": BROKEN}


def seal(office):
    with office.program(login="sealer") as raw:
        return raw.execute("SELECT number, rows FROM audit.seal_now()").fetchone()


def faults(office):
    with office.program("auditor") as raw:
        return raw.execute("SELECT * FROM audit.verify()").fetchall()


def verify(office):
    return office.app.test_cli_runner().invoke(args=["audit", "verify"])


@pytest.fixture(scope="module")
def sealed(office):
    """A trail of three seals; what is tampered with lies in the second."""
    psql.applied(office)
    settle(office)
    key = psql.applied(office)
    number = settle(office)
    psql.applied(office)
    settle(office)
    with office.program() as raw:
        rows = [row[0] for row in raw.execute("SELECT seq FROM audit.sealed WHERE number = %s ORDER BY seq",
                                              (number,))]
    assert key and len(rows) > 5
    return {"row": rows[2], "next": rows[3], "rows": rows[2:4], "seal": number}


def settle(office):
    """Seal everything: a long transaction anywhere in the cluster holds the horizon back."""
    for _ in range(400):
        number, _rows = seal(office)
        if office.scalar("SELECT count(*) FROM audit.log l WHERE NOT EXISTS"
                         " (SELECT FROM audit.sealed z WHERE z.seq = l.seq)") == 0:
            return number
        time.sleep(0.1)
    raise AssertionError("never sealed")


def test_an_honest_trail_verifies(office, sealed):
    assert faults(office) == []
    said = verify(office)
    assert said.exit_code == 0 and "fallas 0" in said.output
    with office.program() as raw:       # nor is what this very transaction wrote a fault
        raw.execute("UPDATE commercial.bills SET due_on = due_on + 1 WHERE id = (SELECT min(id) FROM commercial.bills)")
        assert raw.execute("SELECT * FROM audit.verify()").fetchall() == []
        raw.rollback()


@pytest.mark.parametrize("how", TAMPERS)
def test_whoever_tampers_is_found(cluster, office, sealed, how):
    with psql.superuser(cluster, office) as raw:
        for statement in TAMPERS[how]:
            raw.execute(statement, sealed)
        found = {row[0] for row in raw.execute("SELECT problem FROM audit.verify()").fetchall()}
        raw.rollback()
    assert FOUND[how] in found and faults(office) == []


def test_a_time_of_the_past_is_found_by_its_seal_too(cluster, office, sealed):
    """Even where the row before it is as old."""
    with psql.superuser(cluster, office) as raw:
        for statement in TAMPERS["a row invented with a time of the past, and sealed"]:
            raw.execute(statement, sealed)
        assert raw.execute("SELECT count(*) FROM audit.misplaced()").fetchone()[0] == 1
        raw.rollback()


def test_the_first_link_is_the_one_that_is_written_here(cluster, office, sealed):
    """All the chain written again over another beginning."""
    with psql.superuser(cluster, office) as raw:
        raw.execute("UPDATE audit.seal SET hash = sha256('otra') WHERE number = 0")
        for number in range(1, office.scalar("SELECT max(number) FROM audit.seal") + 1):
            raw.execute("UPDATE audit.seal s SET previous = (SELECT hash FROM audit.seal WHERE number = %s) WHERE number = %s",
                        (number - 1, number))
            raw.execute("UPDATE audit.seal s SET hash = audit.seal_hash(s) WHERE number = %s", (number,))
        assert raw.execute("SELECT problem, at_seal FROM audit.verify()").fetchall() == [(BROKEN, 0)]
        raw.rollback()


@pytest.mark.parametrize("words", [
    "number = number + 50", "at = at + interval '1 microsecond'", "first_seq = first_seq + 1", "last_seq = last_seq + 1",
    "rows = rows + 1", "root = sha256('otra')", "previous = sha256('otra')", "horizon = (horizon::text::bigint + 1)::text::xid8",
    "txid = (txid::text::bigint + 1)::text::xid8", "numbered = numbered + 1"])
def test_the_hash_of_a_seal_is_over_all_that_it_says(cluster, office, sealed, words):
    with psql.superuser(cluster, office) as raw:
        changed = f"UPDATE audit.seal s SET {words} WHERE number = %(seal)s RETURNING audit.seal_hash(s) = hash"
        assert raw.execute(changed, sealed).fetchall() == [(False,)]
        raw.rollback()

def test_the_command_says_where_and_fails(cluster, office, sealed):
    with psql.superuser(cluster, office) as raw:
        (old,) = raw.execute("SELECT act FROM audit.log WHERE seq = %(row)s", sealed).fetchone()
        raw.execute("UPDATE audit.log SET act = 'otro' WHERE seq = %(row)s", sealed)
    said = verify(office)
    assert said.exit_code == 1 and f"asiento alterado: asiento {sealed['row']}" in said.output
    with psql.superuser(cluster, office) as raw:
        raw.execute("UPDATE audit.log SET act = %(old)s WHERE seq = %(row)s", {**sealed, "old": old})
    assert verify(office).exit_code == 0


def test_what_still_runs_is_not_sealed_until_it_ends(office, sealed):
    """Else a row could slip in behind a seal."""
    key = psql.new_draft(office)
    settle(office)
    unsealed = "SELECT count(*) FROM audit.log l WHERE NOT EXISTS (SELECT FROM audit.sealed z WHERE z.seq = l.seq)"
    with office.program("staff") as slow:
        slow.execute("UPDATE console.corrections SET reason = 'lenta' WHERE id = %s", (key,))
        with office.program() as quick:
            quick.execute("UPDATE commercial.bills SET due_on = due_on + 1"
                          " WHERE id = (SELECT min(id) FROM commercial.bills)")
        seal(office)
        assert office.scalar(unsealed) == 1   # the quick one waits behind the slow one
    settle(office)
    assert office.scalar(unsealed) == 0 and faults(office) == []


def test_two_sealers_at_once_make_one_chain(office, sealed):
    psql.new_draft(office)
    with psycopg.connect(office.dsn("sealer")) as one, psycopg.connect(office.dsn("sealer")) as two:
        one.execute("SELECT audit.seal_now()")
        two.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            two.execute("SELECT audit.seal_now()")
        two.rollback()
    settle(office)
    assert faults(office) == []


def test_a_seal_of_nothing_is_not_made(office, sealed):
    number = settle(office)
    assert seal(office)[0] == number
