"""taking folios gives the folios themselves, and not the number before the first"""

from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DROP FUNCTION IF EXISTS console.take_folios(text, integer)")


def downgrade():
    op.execute("DROP FUNCTION IF EXISTS console.take_folios(text, integer)")
