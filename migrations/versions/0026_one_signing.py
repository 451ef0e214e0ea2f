"""one table holds the signatures of every kind of document, and one the places that they fill

The rows move in this transaction. It compares the text, the hash and whether it is fully signed of every record,
before and after, and fails if one differs: what was signed stays signed.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

ROLES = ('staff', 'unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director',
         'auditor', 'administrator')
# What is signed of each record. Before, who signs a correction and a batch is read from {slots} and {signers}; after, from
# the new table.
TEXTS = """
CREATE OR REPLACE FUNCTION pg_temp.hashed(said text) RETURNS text LANGUAGE sql AS $$
  SELECT encode(sha256(convert_to(said, 'UTF8')), 'hex') $$;
CREATE FUNCTION pg_temp.said_{when}(subject text, wanted bigint) RETURNS text LANGUAGE sql SET datestyle = 'ISO, MDY' AS $$
  SELECT '||' || concat_ws('|', '1.0', 'CORRECCION', c.id, c.folio, c.revision, b.folio, a.number,
      t.code, v.content_hash, coalesce(r.folio, ''),
      coalesce(trim_scale(c.volume_before)::text, ''), coalesce(trim_scale(c.volume_after)::text, ''), c.amount,
      pg_temp.hashed(c.reason), pg_temp.hashed(c.inputs::text), pg_temp.hashed(c.memoria::text),
      (SELECT string_agg(concat_ws('|', 'L', l.service, l.amount_before, l.tax_before, l.amount_after,
              trim_scale(l.tax_percent_after), l.tax_after), '|' ORDER BY l.position, l.id)
         FROM console.correction_lines l WHERE l.correction_id = c.id),
      (SELECT string_agg(concat_ws('|', 'E', e.kind, d.sha256), '|' ORDER BY e.kind, d.sha256)
         FROM console.attachments e JOIN console.documents d ON d.id = e.document_id
        WHERE e.subject = 'corrections' AND e.subject_id = c.id),
      (SELECT concat_ws('|', 'LOTE', o.folio, w.row_hash) FROM console.batch_rows w
         JOIN console.correction_batches o ON o.id = w.batch_id WHERE w.id = c.batch_row_id),
      (SELECT string_agg(concat_ws('|', 'S', s.position, concat_ws('/', s.role, (
              SELECT string_agg(d, '/' ORDER BY d) FROM jsonb_array_elements_text(s.deputies) d))),
              '|' ORDER BY s.position)
         FROM {slots} AND s.revision = c.revision),
      CASE WHEN c.instalments > 1 THEN 'P|' || c.instalments END,
      'A|' || pg_temp.hashed(nullif(c.accumulated, '{{}}')::text)) || '||'
    FROM console.corrections c
    JOIN commercial.bills b ON b.id = c.bill_id JOIN commercial.accounts a ON a.id = c.account_id
    JOIN console.anomaly_types t ON t.id = c.anomaly_type_id
    JOIN console.procedure_versions v ON v.id = c.procedure_version_id
    LEFT JOIN console.corrections r ON r.id = c.reversal_of_id WHERE subject = 'corrections' AND c.id = wanted
  UNION ALL
  SELECT '||' || concat_ws('|', '1.0', 'LOTE', b.id, b.folio, b.revision, t.code, v.content_hash,
      b.period_from, b.period_to, b.bills, b.proceeding, b.amount, pg_temp.hashed(b.subject), pg_temp.hashed(b.reason),
      pg_temp.hashed(b.inputs::text), pg_temp.hashed({signers}::text),
      pg_temp.hashed((SELECT coalesce(string_agg(r.row_hash, '' ORDER BY r.bill_id), '')
                        FROM console.batch_rows r WHERE r.batch_id = b.id)),
      (SELECT string_agg(concat_ws('|', 'E', e.kind, d.sha256), '|' ORDER BY e.kind, d.sha256)
         FROM console.attachments e JOIN console.documents d ON d.id = e.document_id
        WHERE e.subject = 'correction_batches' AND e.subject_id = b.id),
      'A|' || pg_temp.hashed(nullif(b.accumulated, '{{}}')::text)) || '||'
    FROM console.correction_batches b JOIN console.anomaly_types t ON t.id = b.anomaly_type_id
    JOIN console.procedure_versions v ON v.id = b.procedure_version_id
   WHERE said_{when}.subject = 'correction_batches' AND b.id = wanted
  UNION ALL
  SELECT '||' || concat_ws('|', '1.0', 'PROCEDIMIENTO', v.id, p.code, v.number, v.revision, v.valid_from,
      coalesce(v.definition ->> 'valid_to', ''), v.content_hash, pg_temp.hashed(v.anomaly_codes::text),
      pg_temp.hashed(v.definition::text), pg_temp.hashed(v.reason), coalesce(d.sha256, '')) || '||'
    FROM console.procedure_versions v JOIN console.procedures p ON p.id = v.procedure_id
    LEFT JOIN console.documents d ON d.id = v.document_id WHERE subject = 'procedure_versions' AND v.id = wanted $$"""
FORMER_PLACES = {'when': 'before', 'slots': 'console.signature_slots s WHERE s.correction_id = c.id', 'signers': 'b.signers'}
NEW_PLACES = {
    'when': 'after',
    'slots': "console.signature_places s WHERE s.subject = 'corrections' AND s.subject_id = c.id",
    'signers': """(SELECT coalesce(jsonb_agg(jsonb_build_object('position', s.position, 'role', s.role, 'band', s.rule)
          || CASE WHEN s.deputies IS NULL THEN '{}' ELSE jsonb_build_object('deputies', s.deputies) END
          ORDER BY s.position), '[]') FROM console.signature_places s
        WHERE s.subject = 'correction_batches' AND s.subject_id = b.id AND s.revision = b.revision)"""}
BEFORE = """
CREATE TEMPORARY TABLE before_move ON COMMIT DROP AS
  SELECT r.*, pg_temp.said_before(r.subject, r.id) AS content FROM (
    SELECT 'corrections' AS subject, c.id, c.state::text, c.revision, w.batch_id
      FROM console.corrections c LEFT JOIN console.batch_rows w ON w.id = c.batch_row_id
    UNION ALL SELECT 'correction_batches', b.id, b.state, b.revision, NULL FROM console.correction_batches b
    UNION ALL SELECT 'procedure_versions', v.id, v.state, v.revision, NULL FROM console.procedure_versions v) r;
ALTER TABLE before_move ADD signed boolean;
UPDATE before_move n SET signed = CASE n.subject
  WHEN 'corrections' THEN (
    SELECT count(*) > 0 AND bool_and(EXISTS (SELECT FROM console.signatures g
             WHERE g.slot_id = s.id AND (g.role = s.role OR s.deputies ? g.role::text)
               AND g.content_hash = pg_temp.hashed(n.content) AND NOT EXISTS (SELECT FROM console.contributions k
                WHERE (k.subject, k.subject_id, k.revision, k.person_id) = (n.subject, n.id, n.revision, g.signer_id))))
      FROM console.signature_slots s WHERE s.correction_id = n.id AND s.revision = n.revision)
  ELSE (SELECT count(*) > 0 AND bool_and(EXISTS (SELECT FROM console.endorsements e
                 WHERE coalesce(e.batch_id, e.version_id) = n.id AND (e.batch_id IS NULL) = (n.subject = 'procedure_versions')
                   AND e.revision = n.revision AND e.position = w.place AND (e.role = w.role OR w.deputies ? e.role::text)
                   AND e.content_hash = pg_temp.hashed(n.content)))
          FROM (SELECT 1 AS place, 'unit_head' AS role, '[]'::jsonb AS deputies WHERE n.subject = 'procedure_versions'
                UNION ALL SELECT 2, 'commercial_director', '[]' WHERE n.subject = 'procedure_versions'
                UNION ALL SELECT (s ->> 'position')::integer, s ->> 'role', coalesce(s -> 'deputies', '[]')
                  FROM console.correction_batches b, jsonb_array_elements(b.signers) s
                 WHERE n.subject = 'correction_batches' AND b.id = n.id) w) END;
UPDATE before_move n SET signed = w.signed FROM before_move w
 WHERE n.batch_id IS NOT NULL AND w.subject = 'correction_batches' AND w.id = n.batch_id"""
PLACES = """
INSERT INTO console.signature_places (subject, subject_id, revision, position, role, rule, deputies, version,
    moved_from)
  SELECT 'corrections', s.correction_id, s.revision, s.position, s.role, s.band, s.deputies, s.version,
         'console.signature_slots ' || s.id FROM console.signature_slots s
  UNION ALL     -- a batch kept the places of its present revision alone; of a former one, those that were signed
  SELECT 'correction_batches', b.id, b.revision, (s ->> 'position')::integer, s ->> 'role', s ->> 'band',
         s -> 'deputies', 1, NULL
    FROM console.correction_batches b, jsonb_array_elements(b.signers) s
   WHERE b.state NOT IN ('draft', 'computing', 'computed', 'withdrawn')
  UNION ALL
  SELECT 'correction_batches', e.batch_id, e.revision, e.position, e.role, 'Revisión anterior', '[]', 1, NULL
    FROM console.endorsements e JOIN console.correction_batches b ON b.id = e.batch_id
   WHERE e.revision < b.revision OR b.state IN ('draft', 'computing', 'computed', 'withdrawn')
  UNION ALL
  SELECT 'procedure_versions', v.id, r, w.place, w.role, 'Regla de la consola', '[]', 1, NULL
    FROM console.procedure_versions v, generate_series(1, v.revision) r,
         (VALUES (1, 'unit_head'), (2, 'commercial_director')) w (place, role)
   WHERE v.state IN ('submitted', 'authorized', 'superseded') OR r < v.revision
   ORDER BY 1, 2, 3, 4"""
# Of corrections with their keys, by which the trail names them; the others after them.
SIGNATURES = """
INSERT INTO console.signatures (id, version, place_id, subject, subject_id, revision, signer_id, role, acting, absent_id,
    letter, method, content_hash, signed_at) OVERRIDING SYSTEM VALUE
  SELECT g.id, g.version, p.id, p.subject, p.subject_id, p.revision, g.signer_id, g.role, g.acting, g.absent_id, g.letter,
         g.method, g.content_hash, g.signed_at
    FROM console.former_signatures g
    JOIN console.signature_places p ON p.moved_from = 'console.signature_slots ' || g.slot_id;
SELECT setval(pg_get_serial_sequence('console.signatures', 'id'), greatest(max(id), 1)) FROM console.signatures;
INSERT INTO console.signatures (version, place_id, subject, subject_id, revision, signer_id, role, acting, absent_id, letter,
    method, content_hash, signed_at, moved_from)
  SELECT e.version, p.id, p.subject, p.subject_id, p.revision, e.signer_id, e.role, e.acting, e.absent_id, e.letter,
         e.method, e.content_hash, e.signed_at, 'console.endorsements ' || e.id
    FROM console.endorsements e JOIN console.signature_places p ON p.revision = e.revision AND p.position = e.position
     AND (p.subject, p.subject_id) = (CASE WHEN e.batch_id IS NULL THEN 'procedure_versions' ELSE 'correction_batches' END,
                                      coalesce(e.batch_id, e.version_id)) ORDER BY e.id"""
# A draft is signed by nobody; that of a returned batch kept who signed the revision before it.
COMPARE = """
CREATE TEMPORARY TABLE after_move ON COMMIT DROP AS
  SELECT n.*, EXISTS (SELECT FROM console.signature_places p
                       WHERE (p.subject, p.subject_id, p.revision) = (n.subject, n.id, n.revision)) AND NOT EXISTS (
           SELECT FROM console.signature_places p
            WHERE (p.subject, p.subject_id, p.revision) = (n.subject, n.id, n.revision) AND NOT EXISTS (
             SELECT FROM console.signatures s WHERE s.place_id = p.id AND s.content_hash = pg_temp.hashed(n.now_said)
                AND (s.role = p.role OR p.deputies ? s.role::text) AND NOT EXISTS (
                  SELECT FROM console.contributions k WHERE k.person_id = s.signer_id
                     AND (k.subject, k.subject_id, k.revision) = (n.subject, n.id, n.revision)))) AS now_signed
    FROM (SELECT b.*, pg_temp.said_after(b.subject, b.id) AS now_said FROM before_move b) n;
DO $$
DECLARE odd text;
BEGIN
  SELECT string_agg(n.subject || ' ' || n.id, ', ') INTO odd FROM after_move n
    LEFT JOIN after_move w ON w.subject = 'correction_batches' AND w.id = n.batch_id
   WHERE n.signed IS DISTINCT FROM coalesce(w.now_signed, n.now_signed)
      OR n.content IS DISTINCT FROM n.now_said AND n.state NOT IN ('draft', 'computing', 'computed', 'withdrawn');
  IF odd IS NOT NULL THEN
    RAISE EXCEPTION USING MESSAGE = 'the move would change what was signed: ' || odd;
  END IF;
  IF (SELECT count(*) FROM console.signatures) <> (SELECT count(*) FROM console.former_signatures)
                                                  + (SELECT count(*) FROM console.endorsements)
     OR (SELECT count(*) FROM console.signature_places WHERE moved_from IS NOT NULL)
        <> (SELECT count(*) FROM console.signature_slots) THEN
    RAISE EXCEPTION 'a signature or a place would be lost';
  END IF;
END $$"""
FORMER = """
DROP VIEW IF EXISTS report.firmas, report.correcciones;
DROP TABLE console.endorsements, console.former_signatures, console.signature_slots CASCADE;
ALTER TABLE console.correction_batches DROP COLUMN signers;
DROP FUNCTION IF EXISTS console.note_contribution() CASCADE;
DROP FUNCTION IF EXISTS console.contribute_on_edit() CASCADE;
DROP FUNCTION IF EXISTS console.contribute_to_version() CASCADE;
DROP FUNCTION IF EXISTS console.contribute_to_batch() CASCADE;
DROP FUNCTION IF EXISTS console.guard_slot(), console.guard_endorsement(), console.correction_hash(bigint),
  console.correction_content(bigint), console.batch_content(bigint), console.version_content(bigint),
  console.document_hash(bigint, bigint), console.fully_signed(bigint), console.slots_signed(bigint),
  console.fully_endorsed(bigint, bigint), console.endorsers(bigint, bigint), console.places(text, bigint),
  console.slots_of(bigint), console.slots_to_send(bigint), console.batch_signers(bigint),
  console.signers_to_send(bigint), console.batch_of(bigint)"""
# Of the type of a row, and so it goes before its table could.
OF_ROW = "DROP FUNCTION IF EXISTS console.has_its_slots(console.corrections)"


def role(name='role'):
    return sa.Column(name, sa.Enum(*ROLES, name='role', native_enum=False, length=40, create_constraint=True),
                     nullable=False)


def number(name):
    return sa.Column(name, sa.Integer(), nullable=False)


def words(name):
    return sa.Column(name, sa.Text(), nullable=False)


def of_record():
    return (words('subject'), number('subject_id'), number('revision'),
            sa.Column('record', sa.Text(), sa.Computed("subject || ' ' || subject_id::text", persisted=True), nullable=False),
            sa.Column('moved_from', sa.Text(), nullable=True))


def of_model():
    return (sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
            sa.Column('version', sa.Integer(), server_default='1', nullable=False))


def signature(name):
    """The columns of a signature that are the same in every table that ever held one."""
    return (number('signer_id'), role(), sa.Column('acting', sa.Boolean(), nullable=False),
            sa.Column('absent_id', sa.Integer(), nullable=True), words('letter'), words('method'), words('content_hash'),
            sa.CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name=op.f(f'ck_{name}_hash_hex')),
            sa.ForeignKeyConstraint(['signer_id'], ['console.people.id'], name=op.f(f'fk_{name}_signer_id')),
            sa.ForeignKeyConstraint(['absent_id'], ['console.people.id'], name=op.f(f'fk_{name}_absent_id')),
            sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{name}')))


def upgrade():
    run = op.get_bind().exec_driver_sql
    run(TEXTS.format(**FORMER_PLACES))
    run(BEFORE)
    rename_former()
    op.create_table(
        'signature_places', *of_record(), number('position'), role(), words('rule'),
        sa.Column('deputies', postgresql.JSONB(), nullable=True), *of_model(),
        sa.UniqueConstraint('subject', 'subject_id', 'revision', 'position', name=op.f('uq_signature_places_subject')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_signature_places')), schema='console')
    op.create_table(
        'signatures', *of_record(), number('place_id'), *signature('signatures'),
        sa.Column('signed_at', sa.DateTime(timezone=True), nullable=False), *of_model(),
        sa.ForeignKeyConstraint(['place_id'], ['console.signature_places.id'], name=op.f('fk_signatures_place_id')),
        sa.UniqueConstraint('place_id', name=op.f('uq_signatures_place_id')),
        sa.UniqueConstraint('subject', 'subject_id', 'revision', 'signer_id', name=op.f('uq_signatures_subject')),
        schema='console')
    for statements in (PLACES, SIGNATURES, TEXTS.format(**NEW_PLACES), COMPARE):
        run(statements)
    op.execute(OF_ROW)
    op.execute(FORMER)


def rename_former():
    """The former table keeps its rows under another name until they are compared, and gives up its own names."""
    op.execute('ALTER TABLE console.signatures RENAME TO former_signatures')
    op.execute("""
DO $$
DECLARE named text;
BEGIN
  FOR named IN SELECT conname FROM pg_constraint WHERE conrelid = 'console.former_signatures'::regclass
     AND contype <> 'n' LOOP
    EXECUTE format('ALTER TABLE console.former_signatures RENAME CONSTRAINT %I TO %I', named, 'former_' || named);
  END LOOP;
END $$""")
    op.execute('ALTER SEQUENCE console.signatures_id_seq RENAME TO former_signatures_id_seq')


# ---- the way back, to a version whose `prepare` makes its own functions again

BACK = """
INSERT INTO console.signature_slots (correction_id, revision, position, role, band, deputies, version)
  SELECT p.subject_id, p.revision, p.position, p.role, p.rule, coalesce(p.deputies, '[]'), p.version
    FROM console.signature_places p WHERE p.subject = 'corrections' ORDER BY p.id;
INSERT INTO console.former_signatures (slot_id, correction_id, revision, signer_id, role, acting, absent_id, letter, method,
    content_hash, signed_at, version)
  SELECT t.id, s.subject_id, s.revision, s.signer_id, s.role, s.acting, s.absent_id, s.letter, s.method, s.content_hash,
         s.signed_at, s.version
    FROM console.signatures s JOIN console.signature_places p ON p.id = s.place_id AND p.subject = 'corrections'
    JOIN console.signature_slots t ON (t.correction_id, t.revision, t.position) = (p.subject_id, p.revision, p.position)
   ORDER BY s.id;
INSERT INTO console.endorsements (version_id, batch_id, revision, position, signer_id, role, acting, absent_id, letter, method,
    content_hash, signed_at, version)
  SELECT CASE s.subject WHEN 'procedure_versions' THEN s.subject_id END,
         CASE s.subject WHEN 'correction_batches' THEN s.subject_id END, s.revision, p.position, s.signer_id, s.role, s.acting,
         s.absent_id, s.letter, s.method, s.content_hash, s.signed_at, s.version
    FROM console.signatures s JOIN console.signature_places p ON p.id = s.place_id
   WHERE s.subject <> 'corrections' ORDER BY s.id;
ALTER TABLE console.correction_batches DISABLE TRIGGER USER;
UPDATE console.correction_batches b SET signers = (
  SELECT jsonb_agg(jsonb_build_object('position', p.position, 'role', p.role, 'band', p.rule)
           || CASE WHEN p.deputies IS NULL THEN '{}' ELSE jsonb_build_object('deputies', p.deputies) END ORDER BY p.position)
    FROM console.signature_places p WHERE p.subject = 'correction_batches' AND p.subject_id = b.id
     AND p.revision = b.revision)
 WHERE EXISTS (SELECT FROM console.signature_places p WHERE p.subject = 'correction_batches' AND p.subject_id = b.id
                  AND p.revision = b.revision);
ALTER TABLE console.correction_batches ENABLE TRIGGER USER;
DROP VIEW IF EXISTS report.firmas, report.correcciones;
DROP FUNCTION IF EXISTS console.check_signed() CASCADE;
DROP FUNCTION IF EXISTS console.note_hand() CASCADE;
DROP FUNCTION IF EXISTS console.note_hand_on_part() CASCADE;
DROP FUNCTION IF EXISTS console.ask_places() CASCADE;
DROP TABLE console.signatures, console.signature_places CASCADE;
ALTER TABLE console.former_signatures RENAME TO signatures;
ALTER SEQUENCE console.former_signatures_id_seq RENAME TO signatures_id_seq"""


def downgrade():
    op.add_column('correction_batches', sa.Column('signers', postgresql.JSONB(), server_default='[]', nullable=False),
                  schema='console')
    op.create_table(
        'signature_slots', number('correction_id'), number('revision'), number('position'), role(), words('band'),
        sa.Column('deputies', postgresql.JSONB(), server_default='[]', nullable=False), *of_model(),
        sa.ForeignKeyConstraint(['correction_id'], ['console.corrections.id'], name=op.f('fk_signature_slots_correction_id')),
        sa.UniqueConstraint('correction_id', 'revision', 'position', name=op.f('uq_signature_slots_correction_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_signature_slots')), schema='console')
    op.create_table(
        'former_signatures', number('slot_id'), number('correction_id'), number('revision'), *signature('former_signatures'),
        sa.Column('signed_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        *of_model(), schema='console')
    op.create_table(
        'endorsements', sa.Column('version_id', sa.Integer(), nullable=True),
        sa.Column('batch_id', sa.Integer(), nullable=True), number('revision'), number('position'),
        *signature('endorsements'),
        sa.Column('signed_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        *of_model(),
        sa.CheckConstraint('num_nonnulls(version_id, batch_id) = 1', name=op.f('ck_endorsements_of_one_document')),
        sa.ForeignKeyConstraint(['batch_id'], ['console.correction_batches.id'], name=op.f('fk_endorsements_batch_id')),
        sa.ForeignKeyConstraint(['version_id'], ['console.procedure_versions.id'], name=op.f('fk_endorsements_version_id')),
        *(sa.UniqueConstraint(f'{whole}_id', 'revision', 'position', name=op.f(f'uq_endorsements_{whole}_id'))
          for whole in ('batch', 'version')),
        *(sa.UniqueConstraint(f'{whole}_id', 'revision', 'signer_id', name=f'uq_endorsements_{whole}_signer')
          for whole in ('batch', 'version')), schema='console')
    op.get_bind().exec_driver_sql(BACK)
    op.execute("""
DO $$
DECLARE named text;
BEGIN
  FOR named IN SELECT conname FROM pg_constraint WHERE conrelid = 'console.signatures'::regclass AND contype <> 'n' LOOP
    EXECUTE format('ALTER TABLE console.signatures RENAME CONSTRAINT %I TO %I', named, replace(named, 'former_', ''));
  END LOOP;
END $$""")
    for column, target in (('slot_id', 'signature_slots'), ('correction_id', 'corrections')):
        op.create_foreign_key(op.f(f'fk_signatures_{column}'), 'signatures', target, [column], ['id'],
                              source_schema='console', referent_schema='console')
    op.create_unique_constraint(op.f('uq_signatures_slot_id'), 'signatures', ['slot_id'], schema='console')
    op.create_unique_constraint(op.f('uq_signatures_correction_id'), 'signatures',
                                ['correction_id', 'revision', 'signer_id'], schema='console')
