"""terms and calendars are dated data: the five working days of a tray become a row, and each year asks to be signed

The rule carries what the console counted until now. A year that has days off in force is proposed, not signed: nobody
said yet that it has all of them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

ROLES = ('staff', 'unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director',
         'auditor', 'administrator')


def words(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade():
    op.create_table(
        'deadline_rules',
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('amount', sa.Integer(), nullable=False),
        sa.Column('unit', words('termunit', 'working_days', 'days', 'months'), server_default='working_days',
                  nullable=False),
        sa.Column('starts_on', sa.Text(), nullable=False),
        sa.Column('counts_start', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('basis', sa.Text(), nullable=False),
        sa.Column('confirmed', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('superior', words('role', *ROLES), nullable=True),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_to', sa.Date(), nullable=True),
        sa.Column('state', words('draftstate', 'draft', 'in_force', 'retired'), server_default='draft', nullable=False),
        sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_deadline_rules_dates_in_order')),
        sa.CheckConstraint('amount BETWEEN 1 AND 1000', name=op.f('ck_deadline_rules_amount_sane')),
        sa.CheckConstraint('length(btrim(basis)) > 3', name=op.f('ck_deadline_rules_basis_said')),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(hashtextextended(code, 0), hashtextextended(code, 0), '[]')"), '&&'),
            (sa.text("daterange(valid_from, valid_to, '[]')"), '&&'),
            where=sa.text("state = 'in_force'"), using='gist', name=op.f('ex_deadline_rules_one_rules')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_deadline_rules')),
        schema='console')
    op.create_table(
        'calendar_years',
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('source', sa.Text(), nullable=False),
        sa.Column('state', words('draftstate', 'draft', 'in_force', 'retired'), server_default='draft', nullable=False),
        sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.CheckConstraint('year BETWEEN 2000 AND 2100', name=op.f('ck_calendar_years_year_sane')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_years')),
        sa.UniqueConstraint('year', name=op.f('uq_calendar_years_year')),
        schema='console')
    op.execute("INSERT INTO console.deadline_rules (code, amount, starts_on, basis, valid_from, state) VALUES"
               " ('tray.rest', 5, 'la llegada a la bandeja', 'propuesta de la consola', '2000-01-01', 'in_force')")
    op.execute("INSERT INTO console.calendar_years (year, source) SELECT DISTINCT extract(year FROM day)::integer,"
               " 'Días autorizados uno por uno; falta autorizar que sean todos los del año' FROM console.holidays"
               " WHERE state = 'in_force' AND extract(year FROM day) BETWEEN 2000 AND 2100 ORDER BY 1")


def downgrade():
    op.execute('DROP FUNCTION IF EXISTS console.end_of_rule, console.whole_year, console.unsigned_year, console.term CASCADE')
    op.drop_table('calendar_years', schema='console')
    op.drop_table('deadline_rules', schema='console')
