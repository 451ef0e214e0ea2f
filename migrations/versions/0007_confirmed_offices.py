"""appointments and delegations are proposed and then confirmed; those that exist stay in force

The rows that exist are filled by the default of the new columns, so that no trigger takes them for an
edit: they are confirmed by nobody, at the instant of this upgrade, and their pages say so.
"""

import sqlalchemy as sa
from alembic import op

STATES = ('proposed', 'confirmed', 'declined', 'revoked')
TABLES = ('appointments', 'delegations')
OFFICES = ('staff', 'unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director',
           'auditor', 'administrator')

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade():
    for table in TABLES:
        op.add_column(table, sa.Column('state', sa.Enum(
            *STATES, name='proposalstate', native_enum=False, create_constraint=True, length=40),
            server_default='confirmed', nullable=False), schema='console')
        op.alter_column(table, 'state', server_default='proposed', schema='console')
        op.add_column(table, sa.Column('decided_at', sa.DateTime(timezone=True), server_default=sa.func.now()),
                      schema='console')
        op.alter_column(table, 'decided_at', server_default=None, schema='console')
        for column in ('proposed_by_id', 'decided_by_id'):
            op.add_column(table, sa.Column(column, sa.Integer()), schema='console')
            op.create_foreign_key(op.f(f'fk_{table}_{column}'), table, 'people', [column], ['id'],
                                  source_schema='console', referent_schema='console')
        op.add_column(table, sa.Column('decided_as', sa.Enum(
            *OFFICES, name='decided_as', native_enum=False, create_constraint=True, length=40)), schema='console')
        op.add_column(table, sa.Column('decision_reason', sa.Text()), schema='console')


def downgrade():
    for table in TABLES:    # functions and triggers that name the columns are made again by the former version
        for column in ('decision_reason', 'decided_as', 'decided_by_id', 'proposed_by_id', 'decided_at', 'state'):
            op.execute(f'ALTER TABLE console.{table} DROP COLUMN {column} CASCADE')
