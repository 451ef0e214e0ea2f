"""a document keeps what was found when it was attached: a blank page, a picture of one colour"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('documents', sa.Column('warning', sa.Text(), server_default='', nullable=False), schema='console')


def downgrade():
    op.drop_column('documents', 'warning', schema='console')
