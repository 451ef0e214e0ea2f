"""${message}

Old code runs against the new schema while servers restart: add first, remove in a later
version. Nothing of ours is imported here: a migration must mean tomorrow what it means today.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
