"""An instance of version 0.4, with work of every kind under way, is brought to this one and goes on as it was.

How the dump was made is said beside it (tests/house/former/README.md).
"""

import lzma
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from app import create_app
from policies.batches.acts import apply_batch
from policies.core.rules import Broken
from policies.corrections.acts import apply, submit
from tests.conftest import run
from tests.office import Office, end
from tests.policies.batches import Batches

FORMER = Path(__file__).with_name("former") / "0.4.sql.xz"
# The corrections of the instance, by what was done with each, and its batches.
OUTDATED, SIGNED, APPLIED, REJECTED, RETURNED, RETURNED_SIGNED, REVERSAL, UNDONE, LENT = 2, 3, 4, 5, 7, 8, 9, 10, 12
SUBMITTED = 15
BATCH_SIGNED, BATCH_APPLIED, BATCH_SUBMITTED = 1, 2, 3
SIGNER = "signer_id, role, acting, absent_id, letter, method, content_hash, signed_at"
FOLIOS = """
SELECT 'corrections', id, folio FROM console.corrections UNION ALL SELECT 'lots', id, folio FROM console.correction_batches
 UNION ALL SELECT 'notes', id, folio FROM commercial.credit_notes
 UNION ALL SELECT series, year, last::text FROM console.folio_counters WHERE series <> 'UAS-CAR' ORDER BY 1, 2"""
SOURCES = "SELECT c.id, k FROM console.corrections c, console.changed_sources(c.id) k ORDER BY 1, 2"
TRAIL = {"log": "SELECT to_jsonb(l) FROM audit.log l WHERE seq <= %s ORDER BY seq",
         "sealed": "SELECT seq, number FROM audit.sealed WHERE seq <= %s ORDER BY seq",
         "seals": "SELECT to_jsonb(s) FROM audit.seal s WHERE last_seq <= %s ORDER BY number"}


def asked(dsn, statement, *values):
    with psycopg.connect(dsn) as raw:
        return raw.execute(statement, values).fetchall()


def restore(dsn):
    with psycopg.connect(dsn) as raw:
        raw.execute(lzma.decompress(FORMER.read_bytes()).decode("utf-8"))
    with psycopg.connect(dsn, autocommit=True) as raw:      # this server has seen as many transactions as that one
        raw.execute("DO $$ BEGIN WHILE pg_current_xact_id() <= (SELECT max(txid) FROM audit.seal) LOOP COMMIT; END LOOP; END $$")


@pytest.fixture(scope="module")
def upgraded(cluster, template, run_folder, worker_id):
    """The office after the upgrade, and what its database said before it."""
    name = f"former_{worker_id}"
    url, folder = cluster.ensure_owner(name), run_folder / name
    app = create_app(DATABASE_URL=url, INSTANCE=str(run_folder / "instance"), FILES=str(folder / "files"),
                     SEAL_HEADS=str(folder / "seals"), DEMO=True)
    dsn = url.replace("+psycopg", "")
    restore(dsn)
    last = asked(dsn, "SELECT max(seq) FROM audit.log")[0][0]
    before = SimpleNamespace(
        last=last, sources=asked(dsn, SOURCES), folios=asked(dsn, FOLIOS), trail={kind: asked(dsn, query, last) for kind, query in TRAIL.items()},
        signatures=asked(dsn, f"SELECT {SIGNER} FROM console.signatures UNION ALL SELECT {SIGNER}"
                              " FROM console.endorsements ORDER BY signed_at"))
    prepared = app.test_cli_runner().invoke(args=["prepare"])
    assert prepared.exit_code == 0, (prepared.output, prepared.exception)
    office = Office(app, url)
    yield SimpleNamespace(office=office, dsn=dsn, before=before)
    office.programs.leave()
    end(app)
    superuser = cluster.url("postgres", cluster.place.secret("superuser", new=False), "postgres")
    run(superuser, f'DROP DATABASE "{name}" WITH (FORCE)')


# ---- what was there is there

def test_every_folio_and_every_row_of_the_trail_is_as_it_was(upgraded):
    assert asked(upgraded.dsn, FOLIOS) == upgraded.before.folios and len(upgraded.before.folios) > 20
    for kind, query in TRAIL.items():
        kept = upgraded.before.trail[kind]
        assert asked(upgraded.dsn, query, upgraded.before.last) == kept and kept, kind


def test_the_seals_verify(upgraded):
    told = upgraded.office.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert told.exit_code == 0 and "fallas 0" in told.output, told.output


def test_every_signature_is_the_same_row_over_the_same_content(upgraded):
    """Those of the present revision of a record that did not go back: PostgreSQL states its text and hashes it again."""
    kept = asked(upgraded.dsn, f"SELECT {SIGNER} FROM console.signatures ORDER BY signed_at")
    assert kept == upgraded.before.signatures and len(kept) > 20
    standing = asked(upgraded.dsn, """
        SELECT s.subject, s.subject_id, s.content_hash, console.content_hash(s.subject, s.subject_id)
          FROM console.signatures s, LATERAL (
               SELECT revision FROM console.corrections c WHERE s.subject = 'corrections' AND c.id = s.subject_id
               UNION ALL SELECT revision FROM console.correction_batches b
                          WHERE s.subject = 'correction_batches' AND b.id = s.subject_id
               UNION ALL SELECT revision FROM console.procedure_versions v
                          WHERE s.subject = 'procedure_versions' AND v.id = s.subject_id) now
         WHERE s.revision = now.revision""")
    assert {subject for subject, *_ in standing} == {"corrections", "correction_batches", "procedure_versions"}
    assert [row for row in standing if row[2] != row[3]] == []
    assert len(kept) - len(standing) == 1      # of the correction that was signed and returned


def test_what_was_signed_is_fully_signed(upgraded):
    for subject, keys in (("corrections", (SIGNED, APPLIED, UNDONE, LENT)), ("correction_batches", (BATCH_SIGNED, BATCH_APPLIED))):
        for key in keys:
            assert upgraded.office.scalar("SELECT console.fully_signed(%s, %s)", subject, key), (subject, key)
    assert not upgraded.office.scalar("SELECT console.fully_signed('corrections', %s)", SUBMITTED)


def test_what_was_computed_is_as_current_as_it_was(upgraded):
    """The fingerprints of what each computation read still compare: nothing became outdated by the upgrade."""
    assert {key for key, _ in upgraded.before.sources} == {OUTDATED, APPLIED}
    assert asked(upgraded.dsn, SOURCES) == upgraded.before.sources


def test_the_former_guards_and_functions_are_gone(upgraded, office):
    """What an upgraded instance holds of code is what a new one holds."""
    for found in ("SELECT oid::regprocedure::text, prosrc FROM pg_proc WHERE pronamespace IN ('console'::regnamespace,"
                  " 'audit'::regnamespace, 'report'::regnamespace) ORDER BY 1",
                  "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
                  " ORDER BY 1, 2"):
        assert asked(upgraded.dsn, found) == asked(office.dsn(), found)


# ---- and goes on

def state(upgraded, key, table="corrections"):
    return upgraded.office.scalar(f"SELECT state FROM console.{table} WHERE id = %s", key)


@pytest.mark.parametrize("key", [SIGNED, LENT])
def test_what_was_signed_is_applied_and_leaves_its_letter(upgraded, key):
    upgraded.office.perform("staff", apply, key)
    assert state(upgraded, key) == "applied"
    assert upgraded.office.scalar("SELECT count(*) FROM console.notices WHERE correction_id = %s", key) == 1


def test_who_was_asked_signs(upgraded):
    upgraded.office.sign(SUBMITTED)
    assert state(upgraded, SUBMITTED) == "signed"


def test_what_its_records_outdated_before_is_returned_and_not_signed(upgraded):
    with pytest.raises(Broken, match="Desde que se calculó cambió algo"):
        upgraded.office.sign(OUTDATED)
    upgraded.office.send_back(OUTDATED)
    assert state(upgraded, OUTDATED) == "draft"


@pytest.mark.parametrize("key", [RETURNED, RETURNED_SIGNED, REVERSAL])
def test_what_was_returned_and_what_was_drafted_is_sent_and_signed(upgraded, key):
    upgraded.office.perform("staff", submit, key)
    upgraded.office.sign(key)
    assert state(upgraded, key) == "signed"


def test_batches_are_signed_and_applied(upgraded):
    batches = Batches(upgraded.office)
    for role in [role for (role,) in asked(upgraded.dsn, "SELECT p.role FROM console.signature_places p WHERE p.subject ="
                                           " 'correction_batches' AND p.subject_id = %s ORDER BY position", BATCH_SUBMITTED)]:
        batches.sign(BATCH_SUBMITTED, role)
    for key in (BATCH_SIGNED, BATCH_SUBMITTED):
        batches.perform(apply_batch, key)
        batches.work()
        assert state(upgraded, key, "correction_batches") == "applied"


def test_what_ended_stays_ended(upgraded):
    assert state(upgraded, REJECTED) == "rejected" and state(upgraded, UNDONE) == "applied"
    assert state(upgraded, BATCH_APPLIED, "correction_batches") == "applied"
