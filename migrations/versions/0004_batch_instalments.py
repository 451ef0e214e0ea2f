"""a batch divides its charges: how many payments it offers, how many each bill takes

Added with a default: old code goes on writing rows of one payment while servers restart.
"""

import sqlalchemy as sa
from alembic import op

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


def downgrade():
    for table in ('batch_rows', 'correction_batches'):    # their triggers name the column, and are made again
        op.execute(f'ALTER TABLE console.{table} DROP COLUMN instalments CASCADE')
