"""a token that only the gate issues says who writes

Open sessions have none, so they end: everybody logs in again.
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'speaker_tokens',
        sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column('token_hash', sa.Text(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('issued_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['console.people.id'], name=op.f('fk_speaker_tokens_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_speaker_tokens')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_speaker_tokens_token_hash')),
        schema='console')
    op.create_index(op.f('ix_speaker_tokens_person_id'), 'speaker_tokens', ['person_id'], schema='console')
    op.create_index('ix_speaker_tokens_expires', 'speaker_tokens', ['expires_at'], schema='console')
    op.execute('UPDATE console.web_sessions SET ended_at = clock_timestamp() WHERE ended_at IS NULL')


def downgrade():
    op.drop_table('speaker_tokens', schema='console')
