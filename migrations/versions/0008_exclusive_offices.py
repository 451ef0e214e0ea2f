"""offices that exclude one another are data with dates; people who hold two already keep them, and are shown

The pairs that are in force from the day of this upgrade: who prepares does not sign, who keeps the systems
neither prepares nor signs, who audits does nothing else. Nothing is checked against what exists.
"""

import sqlalchemy as sa
from alembic import op

OFFICES = ('staff', 'unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director',
           'auditor', 'administrator')
SIGN = ('unit_head', 'commercial_director', 'general_director')
LENT_TO = ('operations_director', 'works_director')
PAIRS = [
    *((office, 'staff', 'Quien prepara una corrección no la firma.') for office in SIGN),
    *((office, 'administrator', 'Quien administra accesos y catálogos no firma.') for office in (*SIGN, *LENT_TO)),
    ('staff', 'administrator', 'Quien administra accesos y catálogos no prepara correcciones.'),
    *(('auditor', office, 'Quien audita no participa en lo que revisa.') for office in OFFICES if office != 'auditor'),
]

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def role(name):
    return sa.Enum(*OFFICES, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade():
    op.create_table('exclusive_offices',
    sa.Column('first_role', role('first_role'), nullable=False),
    sa.Column('second_role', role('second_role'), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('state', sa.Enum('draft', 'in_force', 'retired', name='draftstate', native_enum=False,
                               create_constraint=True, length=40), server_default='draft', nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('first_role <> second_role', name=op.f('ck_exclusive_offices_two_offices')),
    sa.CheckConstraint('length(btrim(reason)) > 2', name=op.f('ck_exclusive_offices_reason_said')),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_exclusive_offices_dates_in_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exclusive_offices')),
    schema='console'
    )
    for pair in PAIRS:
        op.execute(sa.text(
            "INSERT INTO console.exclusive_offices (first_role, second_role, reason, valid_from, state)"
            " VALUES (:one, :other, :reason, (now() AT TIME ZONE 'America/Mexico_City')::date, 'in_force')")
            .bindparams(**dict(zip(('one', 'other', 'reason'), pair))))


def downgrade():
    op.drop_table('exclusive_offices', schema='console')
