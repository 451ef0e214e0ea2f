"""Corrections walked by hand in psql, as any other program could, and how PostgreSQL refuses."""

from contextlib import closing, contextmanager

import psycopg
import pytest

from deploy.demo.anomalies import LEAKS, listed
from models.base.people import Role
from policies.core.speaker import TIERS as TIER_OF

CONTENT = "SELECT console.content_hash('corrections', %s)"
# Everything that hangs from one correction, and the balance of its bill.
WHOLE = """
SELECT jsonb_build_object(
  'correction', to_jsonb(c), 'bill', (SELECT to_jsonb(b) FROM commercial.bills b WHERE b.id = c.bill_id),
  'lines', (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.id) FROM console.correction_lines l WHERE l.correction_id = c.id),
  'evidence', (SELECT jsonb_agg(to_jsonb(e) ORDER BY e.id) FROM console.attachments e
             WHERE e.subject = 'corrections' AND e.subject_id = c.id),
  'slots', (SELECT jsonb_agg(to_jsonb(s) ORDER BY s.id) FROM console.signature_places s
             WHERE s.subject = 'corrections' AND s.subject_id = c.id),
  'signatures', (SELECT jsonb_agg(to_jsonb(g) ORDER BY g.id) FROM console.signatures g
                  WHERE g.subject = 'corrections' AND g.subject_id = c.id),
  'hands', (SELECT jsonb_agg(to_jsonb(k) ORDER BY k.id) FROM console.contributions k
             WHERE k.subject = 'corrections' AND k.subject_id = c.id),
  'notes', (SELECT jsonb_agg(to_jsonb(n) ORDER BY n.id) FROM commercial.credit_notes n WHERE n.correction_id = c.id),
  'note_lines', (SELECT jsonb_agg(to_jsonb(m) ORDER BY m.id) FROM commercial.credit_note_lines m
                   JOIN commercial.credit_notes n ON n.id = m.credit_note_id WHERE n.correction_id = c.id))
  FROM console.corrections c WHERE c.id = %s"""
# A bill that nobody touched, whose water can lose money, and a procedure that ruled it; of the account that
# was corrected the least, so that what it adds up stays its own. The bills of the planted leaks are not taken:
# `office.draft` starts its corrections on them.
LEAK_FOLIOS = ", ".join(f"'{item.folio}'" for item in listed(60) if item.account in LEAKS)
FREE_BILL = f"""
SELECT b.id FROM commercial.bills b JOIN commercial.bill_lines w ON w.bill_id = b.id AND w.service = 'water'
 WHERE w.amount > 100 AND b.folio NOT IN ({LEAK_FOLIOS})
   AND NOT EXISTS (SELECT FROM console.corrections c WHERE c.bill_id = b.id)
   AND EXISTS (SELECT FROM console.procedure_versions v WHERE v.state = 'authorized' AND v.valid_from <= b.period_end)
 ORDER BY (SELECT count(*) FROM console.corrections c WHERE c.account_id = b.account_id), b.id DESC LIMIT 1"""
NEW = """
INSERT INTO console.corrections (sources, bill_id, account_id, anomaly_type_id, procedure_version_id, drafted_by_id,
                                 reason, eligible, amount)
SELECT (SELECT s.sources FROM console.sources(ARRAY[b.id], v.id, NULL) s),
       b.id, b.account_id, t.id, v.id, nullif(current_setting('app.actor'), '')::int, 'a mano', true, %s
  FROM commercial.bills b, console.procedure_versions v JOIN console.anomaly_types t ON v.anomaly_codes ? t.code
 WHERE b.id = %s AND v.state = 'authorized' AND v.valid_from <= b.period_end
   AND coalesce(v.valid_to, 'infinity') >= b.period_end ORDER BY v.id, t.id LIMIT 1 RETURNING id"""
LINES = """
INSERT INTO console.correction_lines (correction_id, position, service, amount_before, tax_before,
                                      amount_after, tax_percent_after, tax_after)
SELECT %s, position, service, amount, tax, amount + CASE service WHEN 'water' THEN %s ELSE 0 END,
       tax_percent, tax FROM commercial.bill_lines WHERE bill_id = %s"""
SEND = """UPDATE console.corrections SET state = 'submitted',
          folio = coalesce(folio, console.next_folio('UAS-COR')) WHERE id = %s"""
SIGN = """
INSERT INTO console.signatures (place_id, method, content_hash)
SELECT s.id, 'password', console.content_hash('corrections', c.id)
  FROM console.corrections c JOIN console.signature_places s
    ON s.subject = 'corrections' AND s.subject_id = c.id AND s.revision = c.revision
 WHERE c.id = %s AND s.role = replace(current_setting('role'), 'console_', '')"""
# Whom the present revision of a batch asks, [{position, role, deputies}] in order.
BATCH_PLACES = ("SELECT jsonb_agg(jsonb_build_object('position', position, 'role', role, 'deputies', deputies) ORDER BY position)"
                " FROM console.places_of('correction_batches', %s)")
# A signature as whoever holds the machine would plant it, with no trigger to say whose it is.
PLANTED = """
INSERT INTO console.signatures (place_id, subject, subject_id, revision, signer_id, role, acting, letter, method,
                                content_hash, signed_at)
SELECT s.id, s.subject, s.subject_id, s.revision, %s, {role}, false, '', 'x', {hash}, now() FROM console.signature_places s
 WHERE s.subject = 'corrections' AND s.subject_id = %s"""
COMPLETE = "UPDATE console.corrections SET state = 'signed' WHERE id = %s AND console.fully_signed('corrections', id)"
NOTE = """
INSERT INTO commercial.credit_notes (folio, kind, bill_id, correction_id, amount)
SELECT console.next_folio(CASE WHEN amount < 0 THEN 'NC' ELSE 'ND' END),
       CASE WHEN amount < 0 THEN 'credit' ELSE 'debit' END, bill_id, id, abs(amount)
  FROM console.corrections WHERE id = %s RETURNING id"""
NOTE_LINES = """
INSERT INTO commercial.credit_note_lines (credit_note_id, position, service, amount, tax)
SELECT n.id, l.position, l.service, side * (amount_after - amount_before), side * (tax_after - tax_before)
  FROM commercial.credit_notes n JOIN console.correction_lines l USING (correction_id),
       LATERAL (SELECT CASE n.kind WHEN 'credit' THEN -1 ELSE 1 END AS side) s WHERE n.id = %s"""
LETTER = """
INSERT INTO console.notices (about_id, template_id, subject, body)
SELECT c.id, t.id, 'Corrección ' || c.folio, 'Una carta.' FROM console.corrections c,
       (SELECT max(id) AS id FROM console.letter_templates WHERE code = 'correction_applied' AND state = 'in_force') t
 WHERE c.id = %s"""
APPLIED = "UPDATE console.corrections SET state = 'applied' WHERE id = %s"
SIGNERS = ("unit_head", "commercial_director", "general_director")


@contextmanager
def as_person(office, role, person_id, isolation=None, autocommit=False):
    """psql of one office, saying it is that person, whoever that is."""
    with office.programs.one(office.dsn(TIER_OF[Role(role)])) as raw:
        raw.isolation_level, raw.autocommit = isolation, autocommit
        office.speak(raw, role, person_id)
        yield raw


@contextmanager
def unguarded(office, *tables):
    """The owner with the guards of these tables put aside: to make the past that a test starts from."""
    with office.program() as raw:
        for table in tables:
            raw.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield raw
        raw.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            raw.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@contextmanager
def superuser(cluster, office):
    """Whoever holds the machine: no trigger stops them; the trail must tell."""
    place = cluster.place
    with closing(psycopg.connect(office.dsn(), user="postgres",
                                 password=place.secret("superuser", new=False))) as raw, raw:
        raw.execute("SET session_replication_role = replica")
        yield raw


def whole(office, key):
    return office.scalar(WHOLE, key)


@contextmanager
def refused(office, code, *keys):
    """What happens inside is refused with that code, and the corrections stay as they were."""
    before = [whole(office, key) for key in keys]
    with pytest.raises(psycopg.Error) as caught:
        yield
    assert caught.value.sqlstate == code, caught.value
    assert [whole(office, key) for key in keys] == before


def bill_of(office, key):
    return office.scalar("SELECT bill_id FROM console.corrections WHERE id = %s", key)


def balance(office, bill_id):
    return office.scalar("SELECT balance FROM commercial.bills WHERE id = %s", bill_id)


def new_draft(office, amount=-10, which=0, bill=None):
    """A draft of psql's own over a bill that nobody touched; a debit may be of any size."""
    bill = bill or office.scalar(FREE_BILL)
    with office.program("staff", which) as raw:
        (key,) = raw.execute(NEW, (amount, bill)).fetchone()
        raw.execute(LINES, (key, amount, bill))
    return key


def send(office, key, which=0):
    with office.program("staff", which) as raw:
        raw.execute(SEND, (key,))


def sign(office, key, role="commercial_director", which=0):
    with office.program(role, which) as raw:
        assert raw.execute(SIGN, (key,)).rowcount == 1
        raw.execute(COMPLETE, (key,))


def write_note(raw, key):
    (note,) = raw.execute(NOTE, (key,)).fetchone()
    raw.execute(NOTE_LINES, (note,))
    raw.execute(LETTER, (key,))
    raw.execute(APPLIED, (key,))
    return note


def post(office, key):
    with office.program("staff") as raw:
        return write_note(raw, key)


def sent(office, amount=-10, bill=None):
    key = new_draft(office, amount, bill=bill)
    send(office, key)
    return key


def roles(office, key):
    return office.scalar("SELECT array_agg(role ORDER BY position) FROM console.signature_places"
                         " WHERE subject = 'corrections' AND subject_id = %s", key)


def signed(office, amount=-10, bill=None):
    key = sent(office, amount, bill)
    for role in roles(office, key):
        sign(office, key, role)
    return key


def applied(office, amount=-10, bill=None):
    key = signed(office, amount, bill)
    post(office, key)
    return key


def send_back(office, key, reason="Falta el dato."):
    with office.program("commercial_director") as raw:
        raw.execute("UPDATE console.corrections SET state = 'draft', revision = revision + 1,"
                    " decision_reason = %s WHERE id = %s", (reason, key))


def file_for(raw, key, sha="a" * 64, kind="photo"):
    """Evidence typed in psql: its row and its document."""
    raw.execute("INSERT INTO console.documents (sha256, size, media_type) VALUES (%s, 1, 'image/png')"
                " ON CONFLICT DO NOTHING", (sha,))
    raw.execute("INSERT INTO console.attachments (subject, subject_id, kind, label, document_id, file_name)"
                " SELECT 'corrections', %s, %s, 'Foto', id, 'foto.png' FROM console.documents WHERE sha256 = %s",
                (key, kind, sha))


def appoint(office, person_id, role, valid_from="2020-01-01", valid_to=None):
    """An appointment in force that is older than the rules of who may hold what: as an upgrade leaves it."""
    with office.program() as raw:
        raw.execute("ALTER TABLE console.appointments DISABLE TRIGGER e_exclusive")
        raw.execute("INSERT INTO console.appointments (person_id, role, valid_from, valid_to, letter, state, older_overlap)"
                    " VALUES (%s, %s, %s, %s, 'DG/1', 'confirmed', true)", (person_id, role, valid_from, valid_to))
        raw.execute("ALTER TABLE console.appointments ENABLE TRIGGER e_exclusive")
