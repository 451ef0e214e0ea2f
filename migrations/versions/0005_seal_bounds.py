"""a seal keeps its bounds: the oldest running transaction, its own and the last number given

Seals made before have none and go on verifying by their own form.
"""

from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade():
    op.execute('ALTER TABLE audit.seal ADD COLUMN horizon xid8, ADD COLUMN txid xid8, ADD COLUMN numbered bigint')


def downgrade():
    for name in ('numbered', 'txid', 'horizon'):    # functions that name them are made again
        op.execute(f'ALTER TABLE audit.seal DROP COLUMN {name} CASCADE')
