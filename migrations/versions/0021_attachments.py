"""one table holds the files of every kind of record

The rows move in this transaction, which fails if one record would sign other files than before.
"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

# (former table, the table of its records, the column that named the record)
FORMER = (('evidence', 'corrections', 'correction_id'), ('batch_documents', 'correction_batches', 'batch_id'))
MOVE = """
INSERT INTO console.attachments (subject, subject_id, revision, kind, label, document_id, file_name, added_by_id, added_at,
                                 version, moved_from)
SELECT '{whole}', f.{column}, w.revision, f.kind, f.label, f.document_id, f.file_name, f.added_by_id, f.added_at, f.version,
       'console.{former} ' || f.id
  FROM console.{former} f JOIN console.{whole} w ON w.id = f.{column} ORDER BY f.id"""
# What the files add to the text that is signed, record by record, before and after.
COMPARE = """
DO $$ BEGIN
  IF EXISTS (
    SELECT FROM (SELECT f.{column} AS id, string_agg(concat_ws('|', f.kind, d.sha256), '|' ORDER BY f.kind, d.sha256) AS said
                   FROM console.{former} f JOIN console.documents d ON d.id = f.document_id GROUP BY 1) b
      FULL JOIN (SELECT a.subject_id AS id, string_agg(concat_ws('|', a.kind, d.sha256), '|' ORDER BY a.kind, d.sha256) AS said
                   FROM console.attachments a JOIN console.documents d ON d.id = a.document_id
                  WHERE a.subject = '{whole}' GROUP BY 1) a ON a.id = b.id
     WHERE a.said IS DISTINCT FROM b.said) THEN
    RAISE EXCEPTION 'the move of console.{former} would change what was signed';
  END IF;
END $$"""
BACK = """
INSERT INTO console.{former} ({column}, kind, label, document_id, file_name, added_by_id, added_at, version)
SELECT a.subject_id, a.kind, a.label, a.document_id, a.file_name, a.added_by_id, a.added_at, a.version
  FROM console.attachments a WHERE a.subject = '{whole}' ORDER BY a.id"""


def each(*statements):
    for former, whole, column in FORMER:
        for statement in statements:
            op.execute(statement.format(former=former, whole=whole, column=column))


def file_columns():
    return (
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('label', sa.Text(), nullable=False),
        sa.Column('document_id', sa.Integer(), nullable=False),
        sa.Column('file_name', sa.Text(), nullable=False),
        sa.Column('added_by_id', sa.Integer(), nullable=False))


def of_model():
    return (
        sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False))


def keys(name):
    return (
        sa.ForeignKeyConstraint(['document_id'], ['console.documents.id'], name=op.f(f'fk_{name}_document_id')),
        sa.ForeignKeyConstraint(['added_by_id'], ['console.people.id'], name=op.f(f'fk_{name}_added_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{name}')))


def upgrade():
    op.create_table(
        'attachments',
        sa.Column('subject', sa.Text(), nullable=False),
        sa.Column('subject_id', sa.Integer(), nullable=False),
        sa.Column('revision', sa.Integer(), nullable=False),
        sa.Column('record', sa.Text(), sa.Computed("subject || ' ' || subject_id::text", persisted=True), nullable=False),
        sa.Column('moved_from', sa.Text(), nullable=True),
        *file_columns(),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        *of_model(),
        sa.UniqueConstraint('subject', 'subject_id', 'kind', 'document_id', name=op.f('uq_attachments_subject')),
        sa.CheckConstraint('length(file_name) BETWEEN 1 AND 200', name=op.f('ck_attachments_name')),
        sa.CheckConstraint("kind !~ '[|[:cntrl:]]'", name=op.f('ck_attachments_kind_is_a_word')),
        *keys('attachments'), schema='console')
    each(MOVE, COMPARE, 'DROP TABLE console.{former}')


def downgrade():
    for former, whole, column in FORMER:
        checks = () if former != 'evidence' else (
            sa.CheckConstraint('length(file_name) BETWEEN 1 AND 200', name=op.f('ck_evidence_name')),)
        op.create_table(
            former, sa.Column(column, sa.Integer(), nullable=False), *file_columns(),
            sa.Column('added_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
            *of_model(), *checks,
            sa.UniqueConstraint(column, 'kind', 'document_id', name=op.f(f'uq_{former}_{column}')),
            sa.ForeignKeyConstraint([column], [f'console.{whole}.id'], name=op.f(f'fk_{former}_{column}')),
            *keys(former), schema='console')
    op.create_index('ix_evidence_correction_id', 'evidence', ['correction_id'], schema='console')
    each(BACK)
    op.drop_table('attachments', schema='console')
    # Made beside the table by `prepare`, and made again by it.
    op.execute('DROP FUNCTION IF EXISTS console.guard_attachment() CASCADE')
