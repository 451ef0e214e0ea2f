"""a batch divides its charges: how many payments it offers, how many each bill takes; a receiver may refuse

Added with a default: old code goes on writing rows of one payment while servers restart.
"""

import sqlalchemy as sa
from alembic import op

STATES = ('pending', 'substituted', 'requested', 'accepted', 'refused', 'cancelled')

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    for table in ('correction_batches', 'batch_rows'):
        op.add_column(table, sa.Column('instalments', sa.Integer(), server_default='1', nullable=False),
                      schema='console')
    op.create_check_constraint(op.f('ck_correction_batches_instalments_bounded'), 'correction_batches',
                               'instalments BETWEEN 1 AND 120', schema='console')
    op.create_check_constraint(op.f('ck_batch_rows_instalments_of_debits'), 'batch_rows',
                               'instalments BETWEEN 1 AND 120 AND (instalments = 1 OR amount > 0)', schema='console')


    told('console.fiscal_records', STATES)


def told(table, states):
    """The states that a record may have, under the house's name."""
    listed = ', '.join(f"'{state}'" for state in states)
    op.execute(f'ALTER TABLE {table} DROP CONSTRAINT ck_fiscal_records_fiscalstate')
    op.execute(f'ALTER TABLE {table} ADD CONSTRAINT ck_fiscal_records_fiscalstate CHECK (state IN ({listed}))')


def downgrade():
    told('console.fiscal_records', [state for state in STATES if state != 'refused'])
    for table in ('batch_rows', 'correction_batches'):    # their triggers name the column, and are made again
        op.execute(f'ALTER TABLE console.{table} DROP COLUMN instalments CASCADE')
