"""one holder in his own right for each office and day; those who overlapped before are kept and marked

The one that was registered first is held to the rule; the others are marked, so that the rule can begin
without taking an office from anybody.
"""

import sqlalchemy as sa
from alembic import op

OFFICES = ('unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director')

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('appointments', sa.Column('older_overlap', sa.Boolean(), server_default='false', nullable=False),
                  schema='console')
    for office in OFFICES:
        op.execute(f"""
            UPDATE console.appointments a SET older_overlap = true
             WHERE a.role = '{office}' AND NOT a.acting AND a.state IN ('proposed', 'confirmed') AND EXISTS (
               SELECT FROM console.appointments b WHERE b.role = a.role AND NOT b.acting AND b.id < a.id
                  AND b.state IN ('proposed', 'confirmed')
                  AND daterange(a.valid_from, a.valid_to, '[]') && daterange(b.valid_from, b.valid_to, '[]'))""")
        op.execute(f"""
            ALTER TABLE console.appointments ADD CONSTRAINT ex_appointments_{office} EXCLUDE USING gist
              (daterange(valid_from, valid_to, '[]') WITH &&)
              WHERE (role = '{office}' AND NOT acting AND NOT older_overlap AND state IN ('proposed', 'confirmed'))""")


def downgrade():
    for office in OFFICES:
        op.execute(f'ALTER TABLE console.appointments DROP CONSTRAINT ex_appointments_{office}')
    op.execute('ALTER TABLE console.appointments DROP COLUMN older_overlap CASCADE')
