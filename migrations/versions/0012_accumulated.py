"""the signatures of a correction look at what its account adds up in a dated window

What was already sent keeps its places: the new columns are empty there, and empty adds nothing to what was signed.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def words(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade():
    op.create_table(
        'approval_windows',
        sa.Column('length', sa.Integer(), nullable=False),
        sa.Column('unit', words('windowunit', 'days', 'working_days'), server_default='days', nullable=False),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_to', sa.Date(), nullable=True),
        sa.Column('state', words('draftstate', 'draft', 'in_force', 'retired'), server_default='draft', nullable=False),
        sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_approval_windows_dates_in_order')),
        sa.CheckConstraint('length BETWEEN 1 AND 1000', name=op.f('ck_approval_windows_length_sane')),
        postgresql.ExcludeConstraint((sa.text("daterange(valid_from, valid_to, '[]')"), '&&'),
                                     where=sa.text("state = 'in_force'"), using='gist',
                                     name=op.f('ex_approval_windows_one_rules')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_approval_windows')),
        schema='console')
    for table in ('corrections', 'correction_batches'):
        op.add_column(table, sa.Column('accumulated', postgresql.JSONB(), server_default='{}', nullable=False),
                      schema='console')
    op.create_index('ix_corrections_sent', 'corrections', ['submitted_at'], schema='console')
    op.create_index('ix_batch_rows_account', 'batch_rows', ['account_id'], schema='console',
                    postgresql_where=sa.text('eligible'))


def downgrade():
    op.drop_index('ix_corrections_sent', 'corrections', schema='console')
    op.drop_index('ix_batch_rows_account', 'batch_rows', schema='console')
    for table in ('correction_batches', 'corrections'):    # their functions name the column, and are made again
        op.execute(f'ALTER TABLE console.{table} DROP COLUMN accumulated CASCADE')
    op.drop_table('approval_windows', schema='console')
