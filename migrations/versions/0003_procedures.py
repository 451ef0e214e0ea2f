"""procedures written, tried, signed and applied by the office: versions, replays, batches, delegations, CFDI

Old code runs against the new schema while servers restart: add first, remove in a later
version. Nothing of ours is imported here: a migration must mean tomorrow what it means today.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('delegations',
    sa.Column('role', sa.Enum('staff', 'unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director', 'auditor', 'administrator', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('holder_id', sa.Integer(), nullable=False),
    sa.Column('delegate_id', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.Column('letter', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('holder_id <> delegate_id', name=op.f('ck_delegations_two_people')),
    sa.CheckConstraint('length(btrim(letter)) > 2', name=op.f('ck_delegations_letter_said')),
    sa.CheckConstraint('valid_to - valid_from < 366', name=op.f('ck_delegations_bounded')),
    sa.CheckConstraint('valid_to >= valid_from', name=op.f('ck_delegations_dates_in_order')),
    sa.ForeignKeyConstraint(['delegate_id'], ['console.people.id'], name=op.f('fk_delegations_delegate_id')),
    sa.ForeignKeyConstraint(['holder_id'], ['console.people.id'], name=op.f('fk_delegations_holder_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delegations')),
    schema='console'
    )
    op.create_index('ix_delegations_delegate', 'delegations', ['delegate_id', 'role'], unique=False, schema='console')
    op.create_table('correction_batches',
    sa.Column('folio', sa.Text(), nullable=True),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'computing', 'computed', 'submitted', 'signed', 'applying', 'applied', 'rejected', 'withdrawn', name='batchstate', native_enum=False, create_constraint=True, length=40), server_default='draft', nullable=False),
    sa.Column('revision', sa.Integer(), server_default='1', nullable=False),
    sa.Column('anomaly_type_id', sa.Integer(), nullable=False),
    sa.Column('procedure_version_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('period_from', sa.Date(), nullable=False),
    sa.Column('period_to', sa.Date(), nullable=False),
    sa.Column('supply_zone_id', sa.Integer(), nullable=True),
    sa.Column('route', sa.Text(), nullable=True),
    sa.Column('tariff_class', sa.Enum('domestic', 'commercial', 'industrial', 'public', name='tariffclass', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('accounts', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('inputs', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('bills', sa.Integer(), server_default='0', nullable=False),
    sa.Column('proceeding', sa.Integer(), server_default='0', nullable=False),
    sa.Column('amount', sa.Numeric(precision=14, scale=2), server_default='0', nullable=False),
    sa.Column('done', sa.Integer(), server_default='0', nullable=False),
    sa.Column('signers', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('trouble', sa.Text(), nullable=True),
    sa.Column('run_by_id', sa.Integer(), nullable=True),
    sa.Column('run_as', sa.Enum('staff', 'unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director', 'auditor', 'administrator', name='role', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('drafted_by_id', sa.Integer(), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_reason', sa.Text(), nullable=True),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("amount <> 'NaN' AND abs(amount) < 1000000000", name=op.f('ck_correction_batches_amount_sane')),
    sa.CheckConstraint("state IN ('draft', 'computing', 'computed', 'withdrawn') OR folio IS NOT NULL", name=op.f('ck_correction_batches_folio')),
    sa.CheckConstraint('bills BETWEEN 0 AND 50000', name=op.f('ck_correction_batches_bills_bounded')),
    sa.CheckConstraint('period_to - period_from <= 366', name=op.f('ck_correction_batches_period_bounded')),
    sa.CheckConstraint('period_to >= period_from', name=op.f('ck_correction_batches_period_in_order')),
    sa.CheckConstraint('revision BETWEEN 1 AND 99', name=op.f('ck_correction_batches_revision_sane')),
    sa.ForeignKeyConstraint(['anomaly_type_id'], ['console.anomaly_types.id'], name=op.f('fk_correction_batches_anomaly_type_id')),
    sa.ForeignKeyConstraint(['drafted_by_id'], ['console.people.id'], name=op.f('fk_correction_batches_drafted_by_id')),
    sa.ForeignKeyConstraint(['procedure_version_id'], ['console.procedure_versions.id'], name=op.f('fk_correction_batches_procedure_version_id')),
    sa.ForeignKeyConstraint(['run_by_id'], ['console.people.id'], name=op.f('fk_correction_batches_run_by_id')),
    sa.ForeignKeyConstraint(['supply_zone_id'], ['console.supply_zones.id'], name=op.f('fk_correction_batches_supply_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction_batches')),
    sa.UniqueConstraint('folio', name=op.f('uq_correction_batches_folio')),
    schema='console'
    )
    op.create_table('replays',
    sa.Column('procedure_version_id', sa.Integer(), nullable=False),
    sa.Column('against_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('running', 'done', 'stopped', name='replaystate', native_enum=False, create_constraint=True, length=40), server_default='running', nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('content_hash', sa.Text(), nullable=False),
    sa.Column('inputs', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('total', sa.Integer(), server_default='0', nullable=False),
    sa.Column('done', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_bill_id', sa.Integer(), server_default='0', nullable=False),
    sa.Column('trouble', sa.Text(), nullable=True),
    sa.Column('run_by_id', sa.Integer(), nullable=False),
    sa.Column('run_as', sa.Enum('staff', 'unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director', 'auditor', 'administrator', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('months BETWEEN 1 AND 60', name=op.f('ck_replays_months_bounded')),
    sa.ForeignKeyConstraint(['against_id'], ['console.procedure_versions.id'], name=op.f('fk_replays_against_id')),
    sa.ForeignKeyConstraint(['procedure_version_id'], ['console.procedure_versions.id'], name=op.f('fk_replays_procedure_version_id')),
    sa.ForeignKeyConstraint(['run_by_id'], ['console.people.id'], name=op.f('fk_replays_run_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_replays')),
    schema='console'
    )
    op.create_index('ix_replays_version', 'replays', ['procedure_version_id'], unique=False, schema='console')
    op.create_table('batch_documents',
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['added_by_id'], ['console.people.id'], name=op.f('fk_batch_documents_added_by_id')),
    sa.ForeignKeyConstraint(['batch_id'], ['console.correction_batches.id'], name=op.f('fk_batch_documents_batch_id')),
    sa.ForeignKeyConstraint(['document_id'], ['console.documents.id'], name=op.f('fk_batch_documents_document_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch_documents')),
    sa.UniqueConstraint('batch_id', 'kind', 'document_id', name=op.f('uq_batch_documents_batch_id')),
    schema='console'
    )
    op.create_table('endorsements',
    sa.Column('version_id', sa.Integer(), nullable=True),
    sa.Column('batch_id', sa.Integer(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('staff', 'unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director', 'auditor', 'administrator', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('signer_id', sa.Integer(), nullable=False),
    sa.Column('acting', sa.Boolean(), nullable=False),
    sa.Column('absent_id', sa.Integer(), nullable=True),
    sa.Column('letter', sa.Text(), nullable=False),
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('content_hash', sa.Text(), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name=op.f('ck_endorsements_hash_hex')),
    sa.CheckConstraint('num_nonnulls(version_id, batch_id) = 1', name=op.f('ck_endorsements_of_one_document')),
    sa.ForeignKeyConstraint(['absent_id'], ['console.people.id'], name=op.f('fk_endorsements_absent_id')),
    sa.ForeignKeyConstraint(['batch_id'], ['console.correction_batches.id'], name=op.f('fk_endorsements_batch_id')),
    sa.ForeignKeyConstraint(['signer_id'], ['console.people.id'], name=op.f('fk_endorsements_signer_id')),
    sa.ForeignKeyConstraint(['version_id'], ['console.procedure_versions.id'], name=op.f('fk_endorsements_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_endorsements')),
    sa.UniqueConstraint('batch_id', 'revision', 'position', name=op.f('uq_endorsements_batch_id')),
    sa.UniqueConstraint('batch_id', 'revision', 'signer_id', name='uq_endorsements_batch_signer'),
    sa.UniqueConstraint('version_id', 'revision', 'position', name=op.f('uq_endorsements_version_id')),
    sa.UniqueConstraint('version_id', 'revision', 'signer_id', name='uq_endorsements_version_signer'),
    schema='console'
    )
    op.create_table('batch_rows',
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('bill_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('eligible', sa.Boolean(), nullable=False),
    sa.Column('refusals', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('inputs', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('volume_before', sa.Numeric(precision=12, scale=3), nullable=True),
    sa.Column('volume_after', sa.Numeric(precision=12, scale=3), nullable=True),
    sa.Column('amount', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('lines', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('memoria', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('effects', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('row_hash', sa.Text(), nullable=False),
    sa.Column('left_out', sa.Text(), nullable=True),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.CheckConstraint("amount <> 'NaN' AND abs(amount) < 1000000000", name=op.f('ck_batch_rows_amount_sane')),
    sa.CheckConstraint('eligible = (amount <> 0)', name=op.f('ck_batch_rows_eligible_moves')),
    sa.ForeignKeyConstraint(['account_id'], ['commercial.accounts.id'], name=op.f('fk_batch_rows_account_id')),
    sa.ForeignKeyConstraint(['batch_id'], ['console.correction_batches.id'], name=op.f('fk_batch_rows_batch_id')),
    sa.ForeignKeyConstraint(['bill_id'], ['commercial.bills.id'], name=op.f('fk_batch_rows_bill_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch_rows')),
    sa.UniqueConstraint('batch_id', 'bill_id', name=op.f('uq_batch_rows_batch_id')),
    schema='console'
    )
    op.create_index('ix_batch_rows_bill', 'batch_rows', ['bill_id'], unique=False, schema='console')
    op.create_index('ix_batch_rows_content', 'batch_rows', ['batch_id', 'bill_id'], unique=False, schema='console', postgresql_include=['row_hash'])
    op.create_index('ix_batch_rows_dearest', 'batch_rows', ['batch_id', 'eligible', 'amount'], unique=False, schema='console')
    op.create_table('replay_rows',
    sa.Column('replay_id', sa.Integer(), nullable=False),
    sa.Column('bill_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('tariff_class', sa.Enum('domestic', 'commercial', 'industrial', 'public', name='tariffclass', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('supply_zone_id', sa.Integer(), nullable=False),
    sa.Column('eligible', sa.Boolean(), nullable=False),
    sa.Column('rule', sa.Text(), server_default='', nullable=False),
    sa.Column('amount', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('eligible_before', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('amount_before', sa.Numeric(precision=14, scale=2), server_default='0', nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['commercial.accounts.id'], name=op.f('fk_replay_rows_account_id')),
    sa.ForeignKeyConstraint(['bill_id'], ['commercial.bills.id'], name=op.f('fk_replay_rows_bill_id')),
    sa.ForeignKeyConstraint(['replay_id'], ['console.replays.id'], name=op.f('fk_replay_rows_replay_id')),
    sa.ForeignKeyConstraint(['supply_zone_id'], ['console.supply_zones.id'], name=op.f('fk_replay_rows_supply_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_replay_rows')),
    sa.UniqueConstraint('replay_id', 'bill_id', name=op.f('uq_replay_rows_replay_id')),
    schema='console'
    )
    op.create_index('ix_replay_rows_replay', 'replay_rows', ['replay_id', 'id'], unique=False, schema='console')
    op.create_table('fiscal_records',
    sa.Column('note_id', sa.Integer(), nullable=False),
    sa.Column('original_uuid', sa.Text(), nullable=True),
    sa.Column('substitute_uuid', sa.Text(), nullable=True),
    sa.Column('reason', sa.Enum('01', '02', '03', '04', name='cancelreason', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('state', sa.Enum('pending', 'substituted', 'requested', 'accepted', 'cancelled', name='fiscalstate', native_enum=False, create_constraint=True, length=40), server_default='pending', nullable=False),
    sa.Column('needs_acceptance', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("original_uuid IS NULL OR original_uuid ~ '^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$'", name=op.f('ck_fiscal_records_original_uuid')),
    sa.CheckConstraint("state = 'pending' OR reason <> '01' OR substitute_uuid IS NOT NULL", name=op.f('ck_fiscal_records_substitute_first')),
    sa.CheckConstraint("substitute_uuid IS NULL OR substitute_uuid ~ '^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$'", name=op.f('ck_fiscal_records_substitute_uuid')),
    sa.CheckConstraint('original_uuid <> substitute_uuid', name=op.f('ck_fiscal_records_two_documents')),
    sa.ForeignKeyConstraint(['note_id'], ['commercial.credit_notes.id'], name=op.f('fk_fiscal_records_note_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fiscal_records')),
    sa.UniqueConstraint('note_id', name=op.f('uq_fiscal_records_note_id')),
    sa.UniqueConstraint('substitute_uuid', name=op.f('uq_fiscal_records_substitute_uuid')),
    schema='console'
    )
    op.create_table('instalments',
    sa.Column('note_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("amount > 0 AND amount <> 'NaN' AND abs(amount) < 1000000000", name=op.f('ck_instalments_amount_positive')),
    sa.CheckConstraint('number BETWEEN 1 AND 120', name=op.f('ck_instalments_number_sane')),
    sa.ForeignKeyConstraint(['note_id'], ['commercial.credit_notes.id'], name=op.f('fk_instalments_note_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_instalments')),
    sa.UniqueConstraint('note_id', 'number', name=op.f('uq_instalments_note_id')),
    schema='console'
    )
    op.add_column('bills', sa.Column('fiscal_uuid', sa.Text(), nullable=True), schema='commercial')
    op.create_unique_constraint(op.f('uq_bills_fiscal_uuid'), 'bills', ['fiscal_uuid'], schema='commercial')
    op.add_column('credit_notes', sa.Column('form', sa.String(length=40), server_default='note', nullable=False), schema='commercial')
    op.add_column('corrections', sa.Column('effects', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False), schema='console')
    op.add_column('corrections', sa.Column('instalments', sa.Integer(), server_default='1', nullable=False), schema='console')
    op.add_column('corrections', sa.Column('instalments_most', sa.Integer(), server_default='1', nullable=False), schema='console')
    op.add_column('corrections', sa.Column('batch_row_id', sa.Integer(), nullable=True), schema='console')
    op.create_unique_constraint(op.f('uq_corrections_batch_row_id'), 'corrections', ['batch_row_id'], schema='console')
    op.create_foreign_key(op.f('fk_corrections_batch_row_id'), 'corrections', 'batch_rows', ['batch_row_id'], ['id'], source_schema='console', referent_schema='console')
    op.add_column('procedure_versions', sa.Column('revision', sa.Integer(), server_default='1', nullable=False), schema='console')
    op.add_column('procedure_versions', sa.Column('reason', sa.Text(), server_default='', nullable=False), schema='console')
    op.add_column('procedure_versions', sa.Column('document_id', sa.Integer(), nullable=True), schema='console')
    op.add_column('procedure_versions', sa.Column('drafted_by_id', sa.Integer(), nullable=True), schema='console')
    op.add_column('procedure_versions', sa.Column('decision_reason', sa.Text(), nullable=True), schema='console')
    op.create_foreign_key(op.f('fk_procedure_versions_document_id'), 'procedure_versions', 'documents', ['document_id'], ['id'], source_schema='console', referent_schema='console')
    op.create_foreign_key(op.f('fk_procedure_versions_drafted_by_id'), 'procedure_versions', 'people', ['drafted_by_id'], ['id'], source_schema='console', referent_schema='console')
    op.add_column('signature_slots', sa.Column('deputies', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False), schema='console')
    op.add_column('signatures', sa.Column('absent_id', sa.Integer(), nullable=True), schema='console')
    op.create_foreign_key(op.f('fk_signatures_absent_id'), 'signatures', 'people', ['absent_id'], ['id'], source_schema='console', referent_schema='console')
    check('commercial.credit_notes', 'noteform', "form IN ('note', 'corrected_bill')")
    check('console.corrections', 'instalments_bounded', 'instalments BETWEEN 1 AND instalments_most')
    check('console.corrections', 'instalments_of_debits', 'instalments = 1 OR amount > 0')
    op.execute('ALTER TABLE console.procedure_versions DROP CONSTRAINT ck_procedure_versions_versionstate')
    check('console.procedure_versions', 'versionstate',
          "state IN ('draft', 'submitted', 'authorized', 'superseded', 'withdrawn')")


def check(table, name, condition):
    """A CHECK under the house's name, tried on the rows that are there."""
    schema, bare = table.split('.')
    op.execute(f'ALTER TABLE {table} ADD CONSTRAINT ck_{bare}_{name} CHECK ({condition})')


def gone(table, column):
    """A column with the views and triggers that `prepare` hung on it: the next `prepare` says them again."""
    op.execute(f'ALTER TABLE {table} DROP COLUMN {column} CASCADE')


def downgrade():
    op.execute('ALTER TABLE console.procedure_versions DROP CONSTRAINT ck_procedure_versions_versionstate')
    check('console.procedure_versions', 'versionstate', "state IN ('draft', 'authorized', 'superseded')")
    op.drop_constraint(op.f('fk_signatures_absent_id'), 'signatures', schema='console', type_='foreignkey')
    gone('console.signatures', 'absent_id')
    gone('console.signature_slots', 'deputies')
    op.drop_constraint(op.f('fk_procedure_versions_drafted_by_id'), 'procedure_versions', schema='console', type_='foreignkey')
    op.drop_constraint(op.f('fk_procedure_versions_document_id'), 'procedure_versions', schema='console', type_='foreignkey')
    gone('console.procedure_versions', 'decision_reason')
    gone('console.procedure_versions', 'drafted_by_id')
    gone('console.procedure_versions', 'document_id')
    gone('console.procedure_versions', 'reason')
    gone('console.procedure_versions', 'revision')
    op.drop_constraint(op.f('fk_corrections_batch_row_id'), 'corrections', schema='console', type_='foreignkey')
    op.drop_constraint(op.f('uq_corrections_batch_row_id'), 'corrections', schema='console', type_='unique')
    gone('console.corrections', 'batch_row_id')
    gone('console.corrections', 'instalments_most')
    gone('console.corrections', 'instalments')
    gone('console.corrections', 'effects')
    gone('commercial.credit_notes', 'form')
    op.drop_constraint(op.f('uq_bills_fiscal_uuid'), 'bills', schema='commercial', type_='unique')
    gone('commercial.bills', 'fiscal_uuid')
    op.execute('DROP TABLE console.instalments CASCADE')
    op.execute('DROP TABLE console.fiscal_records CASCADE')
    op.drop_index('ix_replay_rows_replay', table_name='replay_rows', schema='console')
    op.execute('DROP TABLE console.replay_rows CASCADE')
    op.drop_index('ix_batch_rows_content', table_name='batch_rows', schema='console')
    op.drop_index('ix_batch_rows_dearest', table_name='batch_rows', schema='console')
    op.drop_index('ix_batch_rows_bill', table_name='batch_rows', schema='console')
    op.execute('DROP TABLE console.batch_rows CASCADE')
    op.execute('DROP TABLE console.endorsements CASCADE')
    op.execute('DROP TABLE console.batch_documents CASCADE')
    op.drop_index('ix_replays_version', table_name='replays', schema='console')
    op.execute('DROP TABLE console.replays CASCADE')
    op.execute('DROP TABLE console.correction_batches CASCADE')
    op.drop_index('ix_delegations_delegate', table_name='delegations', schema='console')
    op.execute('DROP TABLE console.delegations CASCADE')
