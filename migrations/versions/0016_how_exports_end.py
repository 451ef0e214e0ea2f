"""how an export ended: the log of a long one says that it began and that it was complete or cut

What was logged before left whole: its file was ready before it was sent.
"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('export_entries', sa.Column(
        'outcome', sa.Enum('begun', 'complete', 'cut', name='exportoutcome', native_enum=False, length=40,
                           create_constraint=True), server_default='complete', nullable=False), schema='console')


def downgrade():
    op.drop_column('export_entries', 'outcome', schema='console')
