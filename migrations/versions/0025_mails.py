"""e-mails that tell each person what waits for them"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'mails',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('subject', sa.Text(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('state', sa.Enum('waiting', 'sent', 'given_up', name='mailstate', native_enum=False,
                                   create_constraint=True, length=40), server_default='waiting', nullable=False),
        sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
        sa.Column('try_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('trouble', sa.Text(), nullable=True),
        sa.Column('written_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f('ck_mails_sending_dated')),
        sa.CheckConstraint("state <> 'given_up' OR length(btrim(trouble)) > 2", name=op.f('ck_mails_end_explained')),
        sa.ForeignKeyConstraint(['person_id'], ['console.people.id'], name=op.f('fk_mails_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mails')),
        sa.UniqueConstraint('person_id', 'day', name=op.f('uq_mails_person_id')),
        schema='console')
    op.create_index('ix_mails_due', 'mails', ['try_at'], schema='console', postgresql_where=sa.text("state = 'waiting'"))


def downgrade():
    op.drop_table('mails', schema='console')
