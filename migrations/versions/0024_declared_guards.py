"""the guard of replays is generated from its declarations, which write its author, its instants and its counts"""

from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DROP FUNCTION IF EXISTS console.guard_replay() CASCADE")
    op.execute("ALTER TABLE console.replays ALTER last_bill_id DROP DEFAULT, ALTER asked_at DROP DEFAULT")


def downgrade():
    op.execute("ALTER TABLE console.replays ALTER last_bill_id SET DEFAULT 0, ALTER asked_at SET DEFAULT clock_timestamp()")
