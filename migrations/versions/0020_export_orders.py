"""long exports are ordered and written by the worker, and the log says each of their ends

The index finds the streamed ones that began and say no more.
"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

ROLES = ('staff', 'unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director',
         'auditor', 'administrator')
BEFORE, AFTER = ('begun', 'complete', 'cut'), ('begun', 'complete', 'cut', 'ordered', 'ready', 'failed', 'expired')


def words(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, length=40, create_constraint=True)


def upgrade():
    op.create_table(
        'export_orders',
        sa.Column('screen', sa.Text(), nullable=False),
        sa.Column('kind', words('exportkind', 'csv', 'xlsx'), nullable=False),
        sa.Column('query', sa.Text(), nullable=False),
        sa.Column('state', words('exportstate', 'ordered', 'running', 'ready', 'failed', 'expired'),
                  server_default='ordered', nullable=False),
        sa.Column('expected', sa.Integer(), server_default='0', nullable=False),
        sa.Column('written', sa.Integer(), server_default='0', nullable=False),
        sa.Column('size', sa.BigInteger(), server_default='0', nullable=False),
        sa.Column('sha256', sa.Text(), nullable=True),
        sa.Column('trouble', sa.Text(), nullable=True),
        sa.Column('run_by_id', sa.Integer(), nullable=False),
        sa.Column('run_as', words('role', *ROLES), nullable=False),
        sa.Column('request_id', sa.Text(), server_default='', nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.CheckConstraint('length(query) <= 8000', name=op.f('ck_export_orders_query_length')),
        sa.CheckConstraint("state <> 'failed' OR trouble IS NOT NULL", name=op.f('ck_export_orders_end_explained')),
        sa.CheckConstraint("state <> 'ready' OR sha256 IS NOT NULL AND expires_at IS NOT NULL",
                           name=op.f('ck_export_orders_ready_whole')),
        sa.ForeignKeyConstraint(['run_by_id'], ['console.people.id'], name=op.f('fk_export_orders_run_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_export_orders')),
        schema='console')
    op.create_index('ix_export_orders_whose', 'export_orders', ['run_by_id', 'run_as', 'id'], schema='console')
    op.create_index('ix_export_orders_state', 'export_orders', ['state'], schema='console')
    op.create_index('ix_export_entries_begun', 'export_entries', ['at'], schema='console',
                    postgresql_where=sa.text("outcome = 'begun'"))
    outcomes(AFTER)


def outcomes(known):
    listed = ', '.join(f"'{word}'" for word in known)
    op.execute('ALTER TABLE console.export_entries DROP CONSTRAINT ck_export_entries_exportoutcome')
    op.execute('ALTER TABLE console.export_entries ADD CONSTRAINT ck_export_entries_exportoutcome '
               f'CHECK (outcome IN ({listed}))')


def downgrade():
    op.execute('ALTER TABLE console.export_entries DISABLE TRIGGER USER')
    op.execute("UPDATE console.export_entries SET outcome = 'cut' WHERE outcome IN ('ordered', 'failed', 'expired')")
    op.execute("UPDATE console.export_entries SET outcome = 'complete' WHERE outcome = 'ready'")
    op.execute('ALTER TABLE console.export_entries ENABLE TRIGGER USER')
    outcomes(BEFORE)
    op.drop_index('ix_export_entries_begun', 'export_entries', schema='console')
    op.execute('DROP FUNCTION IF EXISTS console.cut_exports(timestamptz), console.close_exports(text), console.work()')
    op.drop_table('export_orders', schema='console')
