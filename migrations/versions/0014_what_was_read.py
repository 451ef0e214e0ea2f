"""a reading of personal data says on which screen, asked how, how many records and which

Added with defaults: entries of before are of one record, and old code goes on writing such ones.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

ADDED = (('place', sa.Text(), ''), ('filters', sa.Text(), ''), ('rows', sa.Integer(), '1'),
         ('keys', ARRAY(sa.Integer()), '{}'))


def upgrade():
    for name, kind, default in ADDED:
        op.add_column('read_entries', sa.Column(name, kind, server_default=default, nullable=False), schema='console')
    op.alter_column('read_entries', 'row_id', nullable=True, schema='console')


def downgrade():
    op.execute('ALTER TABLE console.read_entries DISABLE TRIGGER USER')
    op.execute('UPDATE console.read_entries SET row_id = coalesce(keys[1], 0) WHERE row_id IS NULL')
    op.execute('ALTER TABLE console.read_entries ENABLE TRIGGER USER')
    op.alter_column('read_entries', 'row_id', nullable=False, schema='console')
    for name, _, _ in ADDED:
        op.drop_column('read_entries', name, schema='console')
