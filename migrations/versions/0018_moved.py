"""a batch keeps what its notes moved, beside what it proposed

Those applied before get it from their notes, without their guards: nothing that was signed changes.
"""

import sqlalchemy as sa
from alembic import op

TABLE, CHECK = 'correction_batches', 'ck_correction_batches_amount_sane'

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(TABLE, sa.Column('moved', sa.Numeric(14, 2), server_default='0', nullable=False), schema='console')
    checked('amount', 'moved')
    op.execute(f'ALTER TABLE console.{TABLE} DISABLE TRIGGER USER')
    op.execute("""UPDATE console.correction_batches b SET moved = s.moved FROM (
      SELECT r.batch_id, sum(CASE n.kind WHEN 'credit' THEN -n.amount ELSE n.amount END) AS moved
        FROM console.batch_rows r JOIN console.corrections c ON c.batch_row_id = r.id
        JOIN commercial.credit_notes n ON n.correction_id = c.id GROUP BY r.batch_id) s WHERE s.batch_id = b.id""")
    op.execute(f'ALTER TABLE console.{TABLE} ENABLE TRIGGER USER')


def checked(*columns):
    sane = ' AND '.join(f"{column} <> 'NaN' AND abs({column}) < 1000000000" for column in columns)
    op.execute(f'ALTER TABLE console.{TABLE} DROP CONSTRAINT {CHECK}')
    op.execute(f'ALTER TABLE console.{TABLE} ADD CONSTRAINT {CHECK} CHECK ({sane})')


def downgrade():
    checked('amount')
    op.execute(f'ALTER TABLE console.{TABLE} DROP COLUMN moved CASCADE')     # its triggers are made again
