"""a correction and a row of a batch keep what they were computed from

Without a value for what was computed before: it is computed again before it is sent (migrations/sql/corrections/sources.sql).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade():
    for table in ('corrections', 'batch_rows'):
        op.add_column(table, sa.Column('sources', postgresql.JSONB(), nullable=True), schema='console')


def downgrade():
    for table in ('batch_rows', 'corrections'):    # their triggers name the column, and are made again
        op.execute(f'ALTER TABLE console.{table} DROP COLUMN sources CASCADE')
