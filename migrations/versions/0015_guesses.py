"""an attempt to log in is counted before the password is looked at; that it was right is a row too

Added with a default: rows of before are failures, as they were.
"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('login_attempts', sa.Column('right', sa.Boolean(), server_default='false', nullable=False),
                  schema='console')


def downgrade():
    op.drop_column('login_attempts', 'right', schema='console')
