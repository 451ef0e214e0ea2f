"""the face: preferences, saved views, sent forms, imports

Old code runs against the new schema while servers restart: add first, remove in a later
version. Nothing of ours is imported here: a migration must mean tomorrow what it means today.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    op.create_index('ix_log_gone', 'log', ['table_name'], unique=False, schema='audit', postgresql_where=sa.text("operation = 'D'"))
    op.create_index(op.f('ix_notices_account_id'), 'notices', ['account_id'], unique=False, schema='console')
    op.create_index(op.f('ix_corrections_bill_id'), 'corrections', ['bill_id'], unique=False, schema='console')
    op.create_table('import_batches',
    sa.Column('screen', sa.Text(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('imported_by_id', sa.Integer(), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.CheckConstraint('(undone_at IS NULL) = (undone_by_id IS NULL)', name=op.f('ck_import_batches_undone_whole')),
    sa.CheckConstraint('rows > 0', name=op.f('ck_import_batches_rows_positive')),
    sa.ForeignKeyConstraint(['imported_by_id'], ['console.people.id'], name=op.f('fk_import_batches_imported_by_id')),
    sa.ForeignKeyConstraint(['undone_by_id'], ['console.people.id'], name=op.f('fk_import_batches_undone_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_batches')),
    schema='console'
    )
    op.create_table('list_settings',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('screen', sa.Text(), nullable=False),
    sa.Column('columns', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('dense', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['console.people.id'], name=op.f('fk_list_settings_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_settings')),
    schema='console'
    )
    op.create_index('uq_list_settings_person_screen', 'list_settings', ['person_id', 'screen'], unique=True, schema='console')
    op.create_table('saved_views',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('staff', 'unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director', 'auditor', 'administrator', name='role', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('screen', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('opens', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.CheckConstraint('length(name) BETWEEN 1 AND 80', name=op.f('ck_saved_views_name_length')),
    sa.CheckConstraint('length(query) <= 2000', name=op.f('ck_saved_views_query_length')),
    sa.ForeignKeyConstraint(['person_id'], ['console.people.id'], name=op.f('fk_saved_views_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_views')),
    schema='console'
    )
    op.create_index('ix_saved_views_role_screen', 'saved_views', ['role', 'screen'], unique=False, schema='console')
    op.create_index('uq_saved_views_person_screen_name', 'saved_views', ['person_id', 'screen', 'name'], unique=True, schema='console')
    op.create_table('sent_forms',
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('location', sa.Text(), server_default='', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['console.people.id'], name=op.f('fk_sent_forms_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sent_forms')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sent_forms_token_hash')),
    schema='console'
    )
    op.create_index('ix_sent_forms_at', 'sent_forms', ['at'], unique=False, schema='console')
    op.create_table('import_rows',
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('row_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['console.import_batches.id'], name=op.f('fk_import_rows_batch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_rows')),
    schema='console'
    )
    op.create_index('ix_import_rows_batch', 'import_rows', ['batch_id'], unique=False, schema='console')
    op.create_index('ix_log_corrections', 'log', ['at'], unique=False, schema='audit', postgresql_where=sa.text("table_name IN ('console.corrections', 'console.signatures')"))
    # Half-typed forms: one for each person and address, the newest.
    op.execute("DELETE FROM console.parked_forms old WHERE old.person_id IS NULL OR EXISTS (SELECT"
               " FROM console.parked_forms new WHERE new.person_id = old.person_id"
               " AND new.path = old.path AND new.id > old.id)")
    op.drop_column('parked_forms', 'token_hash', schema='console')
    op.alter_column('parked_forms', 'person_id', nullable=False, schema='console')
    op.create_index('uq_parked_forms_person_path', 'parked_forms', ['person_id', 'path'], unique=True, schema='console')
    op.create_index('ix_bills_period', 'bills', ['period_end', 'id'], unique=False, schema='commercial')
    # Judged at the commit, so that two signatures may change places in one form.
    op.drop_constraint('uq_approval_slots_band_id', 'approval_slots', schema='console')
    op.create_unique_constraint('uq_approval_slots_band_id', 'approval_slots', ['band_id', 'position'], schema='console', deferrable=True, initially='DEFERRED')


def downgrade():
    op.drop_index('ix_log_corrections', table_name='log', schema='audit')
    op.drop_index('uq_parked_forms_person_path', table_name='parked_forms', schema='console')
    op.alter_column('parked_forms', 'person_id', nullable=True, schema='console')
    op.add_column('parked_forms', sa.Column('token_hash', sa.Text(), server_default=sa.text('gen_random_uuid()::text'), nullable=False), schema='console')
    op.alter_column('parked_forms', 'token_hash', server_default=None, schema='console')
    op.create_unique_constraint(op.f('uq_parked_forms_token_hash'), 'parked_forms', ['token_hash'], schema='console')
    op.drop_index('ix_bills_period', table_name='bills', schema='commercial')
    op.drop_index(op.f('ix_corrections_bill_id'), table_name='corrections', schema='console')
    op.drop_index(op.f('ix_notices_account_id'), table_name='notices', schema='console')
    op.drop_index('ix_log_gone', table_name='log', schema='audit', postgresql_where=sa.text("operation = 'D'"))
    op.drop_constraint('uq_approval_slots_band_id', 'approval_slots', schema='console')
    op.create_unique_constraint('uq_approval_slots_band_id', 'approval_slots', ['band_id', 'position'], schema='console')
    op.drop_index('ix_import_rows_batch', table_name='import_rows', schema='console')
    op.drop_table('import_rows', schema='console')
    op.drop_index('ix_sent_forms_at', table_name='sent_forms', schema='console')
    op.drop_table('sent_forms', schema='console')
    op.drop_index('uq_saved_views_person_screen_name', table_name='saved_views', schema='console')
    op.drop_index('ix_saved_views_role_screen', table_name='saved_views', schema='console')
    op.drop_table('saved_views', schema='console')
    op.drop_index('uq_list_settings_person_screen', table_name='list_settings', schema='console')
    op.drop_table('list_settings', schema='console')
    op.drop_table('import_batches', schema='console')
