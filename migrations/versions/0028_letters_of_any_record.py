"""a letter is about a record of any kind, and goes to an account or to whom that record says"""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None

RECORD = "CASE WHEN about = 'corrections' THEN about_id END"


def upgrade():
    op.execute('DROP TRIGGER IF EXISTS e_begin ON console.notices')
    op.add_column('notices', sa.Column('about', sa.Text(), nullable=True), schema='console')
    op.add_column('notices', sa.Column('about_id', sa.Integer(), nullable=True), schema='console')
    carried("UPDATE console.notices SET about = 'corrections', about_id = correction_id")
    op.drop_column('notices', 'correction_id', schema='console')
    op.add_column('notices', sa.Column('correction_id', sa.Integer(), sa.Computed(RECORD, persisted=True),
                                       nullable=True), schema='console')
    for column, needed in (('about', True), ('about_id', True), ('account_id', False)):
        op.alter_column('notices', column, nullable=not needed, schema='console')
    named_by_correction()
    op.create_unique_constraint(op.f('uq_notices_about'), 'notices', ['about', 'about_id', 'template_id'],
                                schema='console')


def downgrade():
    op.execute('DROP TRIGGER IF EXISTS e_begin ON console.notices')
    op.execute('DROP FUNCTION IF EXISTS console.addressee, console.begin_letter')
    carried("DELETE FROM console.notices WHERE about <> 'corrections'")
    op.drop_column('notices', 'correction_id', schema='console')
    op.add_column('notices', sa.Column('correction_id', sa.Integer(), nullable=True), schema='console')
    carried('UPDATE console.notices SET correction_id = about_id')
    op.drop_constraint(op.f('uq_notices_about'), 'notices', schema='console')
    for column in ('about', 'about_id'):
        op.drop_column('notices', column, schema='console')
    for column in ('correction_id', 'account_id'):
        op.alter_column('notices', column, nullable=False, schema='console')
    named_by_correction()


def carried(statement):
    """By the owner: the triggers of the table speak for an office, and the trail is not rewritten."""
    op.execute('ALTER TABLE console.notices DISABLE TRIGGER USER')
    op.execute(statement)
    op.execute('ALTER TABLE console.notices ENABLE TRIGGER USER')


def named_by_correction():
    op.create_unique_constraint(op.f('uq_notices_correction_id'), 'notices', ['correction_id'], schema='console')
    op.create_foreign_key(op.f('fk_notices_correction_id'), 'notices', 'corrections', ['correction_id'], ['id'],
                          source_schema='console', referent_schema='console')
