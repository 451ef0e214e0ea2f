"""a letter leaves by e-mail too, and learns how that ended"""

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

FOR_ONE = ("(about IS NULL) = (about_id IS NULL) AND (about IS NULL) = (person_id IS NOT NULL)"
           " AND (about IS NULL) = (body IS NOT NULL)")
EMAIL = r"length(email) <= 254 AND email ~ '^[A-Za-z0-9.!#$&*+/=?^_{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$'"
STATES = ('drafted', 'printed', 'sent', 'delivered', 'returned')


def upgrade():
    for name, kind in (('about', sa.Text()), ('about_id', sa.Integer())):
        op.add_column('mails', sa.Column(name, kind, nullable=True), schema='console')
    for name in ('person_id', 'body'):
        op.alter_column('mails', name, nullable=True, schema='console')
    op.create_check_constraint(op.f('ck_mails_for_one'), 'mails', FOR_ONE, schema='console')
    op.create_index('uq_mails_waiting', 'mails', ['about', 'about_id'], unique=True, schema='console',
                    postgresql_where=sa.text("state = 'waiting'"))
    for name, kind in (('email', sa.Text()), ('mailed_at', sa.DateTime(timezone=True)), ('mail_trouble', sa.Text())):
        op.add_column('notices', sa.Column(name, kind, nullable=True), schema='console')
    states_are(STATES)
    op.create_index('ix_notices_unsent', 'notices', ['id'], schema='console',
                    postgresql_where=sa.text("state = 'sent' AND mail_trouble IS NOT NULL"))
    address_known("state <> 'printed' OR NOT coalesce(no_address, true)")
    op.create_check_constraint(op.f('ck_notices_email_known'), 'notices', "state <> 'sent' OR email IS NOT NULL",
                               schema='console')
    op.create_check_constraint(op.f('ck_notices_email_written'), 'notices', EMAIL, schema='console')


def downgrade():
    for name in ('mail_notices', 'mail_ended'):
        op.execute(f'DROP FUNCTION IF EXISTS console.{name} CASCADE')
    op.execute('DROP FUNCTION IF EXISTS console.mail_of')
    op.execute('ALTER TABLE console.notices DISABLE TRIGGER USER')
    op.execute("UPDATE console.notices SET state = 'drafted' WHERE state = 'sent' OR state <> 'drafted' AND no_address")
    op.execute('ALTER TABLE console.notices ENABLE TRIGGER USER')
    for name in ('email_known', 'email_written'):
        op.drop_constraint(op.f(f'ck_notices_{name}'), 'notices', schema='console')
    address_known("state = 'drafted' OR NOT coalesce(no_address, true)")
    op.drop_index('ix_notices_unsent', 'notices', schema='console')
    states_are(tuple(state for state in STATES if state != 'sent'))
    for name in ('email', 'mailed_at', 'mail_trouble'):
        op.drop_column('notices', name, schema='console')
    op.execute('ALTER TABLE console.mails DISABLE TRIGGER USER')
    op.execute('DELETE FROM console.mails WHERE about IS NOT NULL')
    op.execute('ALTER TABLE console.mails ENABLE TRIGGER USER')
    op.drop_index('uq_mails_waiting', 'mails', schema='console')
    op.drop_constraint(op.f('ck_mails_for_one'), 'mails', schema='console')
    for name in ('person_id', 'body'):
        op.alter_column('mails', name, nullable=False, schema='console')
    for name in ('about', 'about_id'):
        op.drop_column('mails', name, schema='console')


def states_are(states):
    op.drop_constraint(op.f('ck_notices_noticestate'), 'notices', schema='console')
    listed = ', '.join(f"'{state}'" for state in states)
    op.create_check_constraint(op.f('ck_notices_noticestate'), 'notices', f'state IN ({listed})', schema='console')


def address_known(condition):
    op.drop_constraint(op.f('ck_notices_address_known'), 'notices', schema='console')
    op.create_check_constraint(op.f('ck_notices_address_known'), 'notices', condition, schema='console')
