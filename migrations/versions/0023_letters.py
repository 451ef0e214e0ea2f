"""letters have a folio, an addressee, a template and a proof of delivery

Every letter that waits keeps its words and waits to be printed; one that was marked as sent is taken as printed. They
take their folios in the order in which they were written, in the series of the year of each.
"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

SUBJECT = 'Corrección {correction} al recibo {bill}'
BODY = ('Estimado usuario de la cuenta {account}:\n\n'
        'Le informamos que el recibo {bill} fue corregido conforme al procedimiento «{procedure}». La '
        'diferencia {effect} es de {amount} y quedó registrada con el folio {note}. {received}\n\n'
        'El folio de la corrección es {correction}. Puede comprobar su estado con el código {code} en la '
        'página de verificación de INTERAPAS o en la Unidad de Atención Social.\n\n'
        'Atentamente,\nUnidad de Atención Social\nINTERAPAS')
BEFORE, AFTER = ('waiting', 'sent'), ('drafted', 'printed', 'delivered', 'returned')
NUMBERED = """
  SELECT n.id, extract(year FROM n.written_at AT TIME ZONE 'America/Mexico_City')::integer AS year,
         row_number() OVER (PARTITION BY extract(year FROM n.written_at AT TIME ZONE 'America/Mexico_City')
                            ORDER BY n.id)::integer AS number FROM console.notices n"""


def words(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def states(known, first):
    listed = ', '.join(f"'{word}'" for word in known)
    op.execute(f"ALTER TABLE console.notices ALTER COLUMN state SET DEFAULT '{first}'")
    op.execute(f'ALTER TABLE console.notices ADD CONSTRAINT ck_notices_noticestate CHECK (state IN ({listed}))')


def upgrade():
    op.create_table(
        'letter_templates',
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('subject', sa.Text(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('state', words('draftstate', 'draft', 'in_force', 'retired'), server_default='draft', nullable=False),
        sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.CheckConstraint('length(btrim(body)) > 20', name=op.f('ck_letter_templates_body_said')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_templates')),
        schema='console')
    op.create_index('ix_letter_templates_code', 'letter_templates', ['code', 'state', 'id'], schema='console')
    op.get_bind().execute(sa.text(
        "INSERT INTO console.letter_templates (code, subject, body, reason, state) VALUES ('correction_applied', :s, :b,"
        " 'Primera versión: la carta que la consola escribía.', 'in_force')"), {'s': SUBJECT, 'b': BODY})
    op.execute("INSERT INTO console.deadline_rules (code, amount, starts_on, basis, superior, valid_from, state) VALUES"
               " ('letter.delivery', 10, 'el día de la carta', 'propuesta de la consola', 'unit_head', '2000-01-01',"
               " 'in_force')")
    # The rows are carried by the owner: the triggers of the table speak for an office, and the trail is not rewritten.
    op.execute('ALTER TABLE console.notices DISABLE TRIGGER USER')
    for column in ('folio', 'addressee', 'address', 'received_by', 'return_reason'):
        op.add_column('notices', sa.Column(column, sa.Text(), nullable=True), schema='console')
    op.add_column('notices', sa.Column('no_address', sa.Boolean(), sa.Computed(
        "coalesce(btrim(address), '') = ''", persisted=True), nullable=True), schema='console')
    op.add_column('notices', sa.Column('template_id', sa.Integer(), nullable=True), schema='console')
    op.add_column('notices', sa.Column('delivery_rule_id', sa.Integer(), nullable=True), schema='console')
    op.add_column('notices', sa.Column('state_since', sa.DateTime(timezone=True), nullable=True), schema='console')
    op.add_column('notices', sa.Column('deliver_by', sa.Date(), nullable=True), schema='console')
    op.add_column('notices', sa.Column('delivered_on', sa.Date(), nullable=True), schema='console')
    op.execute('ALTER TABLE console.notices DROP CONSTRAINT ck_notices_noticestate')
    op.execute(f"""
        UPDATE console.notices n SET state_since = n.written_at,
               state = CASE n.state WHEN 'sent' THEN 'printed' ELSE 'drafted' END,
               template_id = (SELECT min(id) FROM console.letter_templates),
               folio = 'UAS-CAR-' || f.year || '-' || lpad(f.number::text, greatest(6, length(f.number::text)), '0'),
               addressee = a.holder_name,
               address = nullif(btrim(a.street), '') || E'\\n' || concat_ws(', ', c.name, m.name, 'S.L.P.')
          FROM ({NUMBERED}) f, commercial.accounts a JOIN console.neighborhoods c ON c.id = a.neighborhood_id
          JOIN console.municipalities m ON m.id = c.municipality_id WHERE f.id = n.id AND a.id = n.account_id""")
    op.execute("UPDATE console.notices SET state = 'drafted' WHERE no_address")
    op.execute('ALTER TABLE console.folio_counters DISABLE TRIGGER USER')
    op.execute(f"INSERT INTO console.folio_counters (series, year, last) SELECT 'UAS-CAR', year, max(number)"
               f" FROM ({NUMBERED}) f GROUP BY year")
    op.execute('ALTER TABLE console.folio_counters ENABLE TRIGGER USER')
    op.execute('ALTER TABLE console.notices ENABLE TRIGGER USER')
    states(AFTER, 'drafted')
    for column in ('folio', 'template_id', 'state_since'):
        op.alter_column('notices', column, nullable=False, schema='console')
    op.create_unique_constraint(op.f('uq_notices_folio'), 'notices', ['folio'], schema='console')
    op.create_foreign_key(op.f('fk_notices_template_id'), 'notices', 'letter_templates', ['template_id'], ['id'],
                          source_schema='console', referent_schema='console')
    op.create_foreign_key(op.f('fk_notices_delivery_rule_id'), 'notices', 'deadline_rules', ['delivery_rule_id'], ['id'],
                          source_schema='console', referent_schema='console')
    op.create_check_constraint(op.f('ck_notices_delivery_proven'), 'notices', "state <> 'delivered' OR delivered_on IS NOT"
                               " NULL AND length(btrim(received_by)) > 2", schema='console')
    op.create_check_constraint(op.f('ck_notices_return_explained'), 'notices',
                               "state <> 'returned' OR length(btrim(return_reason)) > 2", schema='console')
    op.create_check_constraint(op.f('ck_notices_address_known'), 'notices',
                               "state = 'drafted' OR NOT coalesce(no_address, true)", schema='console')
    op.create_index('ix_notices_due', 'notices', ['deliver_by'], schema='console',
                    postgresql_where=sa.text("state NOT IN ('delivered', 'returned')"))
    op.create_index('ix_notices_to_send', 'notices', ['id'], schema='console',
                    postgresql_where=sa.text("state = 'drafted' AND no_address IS FALSE"))


def downgrade():
    op.execute('DROP TRIGGER IF EXISTS e_begin ON console.notices')
    op.execute('DROP TRIGGER IF EXISTS d_time ON console.notices')
    op.execute('DROP TRIGGER IF EXISTS a_moves ON console.notices')
    op.execute('DROP TRIGGER IF EXISTS e_letter_correction_applied ON console.corrections')
    op.execute('DROP FUNCTION IF EXISTS console.begin_letter, console.time_notices, console.letter_correction_applied')
    op.execute('ALTER TABLE console.notices DISABLE TRIGGER USER')
    op.drop_index('ix_notices_due', 'notices', schema='console')
    op.drop_index('ix_notices_to_send', 'notices', schema='console')
    for name in ('noticestate', 'delivery_proven', 'return_explained', 'address_known'):
        op.execute(f'ALTER TABLE console.notices DROP CONSTRAINT ck_notices_{name}')
    op.execute("UPDATE console.notices SET state = CASE state WHEN 'drafted' THEN 'waiting' ELSE 'sent' END")
    states(BEFORE, 'waiting')
    op.execute('ALTER TABLE console.notices ENABLE TRIGGER USER')
    for column in ('no_address', 'folio', 'addressee', 'address', 'received_by', 'return_reason', 'template_id',
                   'delivery_rule_id', 'state_since', 'deliver_by', 'delivered_on'):
        op.drop_column('notices', column, schema='console')
    op.execute('ALTER TABLE console.folio_counters DISABLE TRIGGER USER')
    op.execute("DELETE FROM console.folio_counters WHERE series = 'UAS-CAR'")
    op.execute('ALTER TABLE console.folio_counters ENABLE TRIGGER USER')
    op.execute("DELETE FROM console.deadline_rules WHERE code = 'letter.delivery'")
    op.drop_table('letter_templates', schema='console')
