"""how the file of a batch was read, and which of its accounts have no bill among those that the batch covers

Batches prepared before hold nothing there: their files are not kept, so it cannot be known any more.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

COLUMNS = ('file_notes', 'unbilled')


def upgrade():
    for column in COLUMNS:
        op.add_column('correction_batches', sa.Column(column, postgresql.JSONB(), server_default='[]', nullable=False),
                      schema='console')


def downgrade():
    for column in COLUMNS:    # the triggers that name them are made again
        op.execute(f'ALTER TABLE console.correction_batches DROP COLUMN {column} CASCADE')
