"""a password that was handed is known as such until its owner changes it, and who confirmed it is kept

Passwords that exist are taken as chosen by their owners: nothing says otherwise.
"""

import sqlalchemy as sa
from alembic import op

OFFICES = ('staff', 'unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director',
           'auditor', 'administrator')

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('logins', sa.Column('handed_at', sa.DateTime(timezone=True)), schema='console')
    op.create_table('handovers',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('handed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.Enum('proposed', 'confirmed', 'declined', 'revoked', name='proposalstate',
                               native_enum=False, create_constraint=True, length=40),
              server_default='proposed', nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_as', sa.Enum(*OFFICES, name='decided_as', native_enum=False, create_constraint=True,
                                    length=40), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_reason', sa.Text(), nullable=True),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['console.people.id'], name=op.f('fk_handovers_person_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['console.people.id'], name=op.f('fk_handovers_proposed_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['console.people.id'], name=op.f('fk_handovers_decided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handovers')),
    schema='console'
    )
    op.create_index('ix_handovers_person', 'handovers', ['person_id', 'id'], schema='console')


def downgrade():
    op.drop_table('handovers', schema='console')
    op.execute('ALTER TABLE console.logins DROP COLUMN handed_at CASCADE')
