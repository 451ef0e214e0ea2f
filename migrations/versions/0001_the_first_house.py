"""the first house

Old code runs against the new schema while servers restart: add first, remove in a later
version. Nothing of ours is imported here: a migration must mean tomorrow what it means today.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


class TransactionId(UserDefinedType):
    """PostgreSQL's xid8."""

    def get_col_spec(self):
        return "xid8"


NORMALISE = r"""
CREATE FUNCTION console.normalise(words text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT lower(regexp_replace(normalize(words, NFD), U&'[\0300-\036F]', '', 'g')) $$;
CREATE FUNCTION console.initials(words text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT regexp_replace(words, '([[:alpha:]])[[:alpha:]]*\.?', '\1.', 'g') $$;
"""


def upgrade():
    for schema in ("console", "commercial", "audit", "report"):
        op.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    op.execute(NORMALISE)
    op.create_table('log',
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('txid', TransactionId(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('act', sa.Text(), nullable=True),
    sa.Column('request_id', sa.Text(), nullable=True),
    sa.Column('db_user', sa.Text(), nullable=False),
    sa.Column('program', sa.Text(), nullable=False),
    sa.Column('client', postgresql.INET(), nullable=True),
    sa.Column('table_name', sa.Text(), nullable=False),
    sa.Column('row_id', sa.Text(), nullable=True),
    sa.Column('operation', sa.Text(), nullable=False),
    sa.Column('old', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('new', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('row_hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_log')),
    schema='audit'
    )
    op.create_index('ix_log_actor', 'log', ['actor_id'], unique=False, schema='audit')
    op.create_index('ix_log_row', 'log', ['table_name', 'row_id'], unique=False, schema='audit')
    op.create_index('ix_log_txid', 'log', ['txid'], unique=False, schema='audit')
    op.create_table('seal',
    sa.Column('number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('first_seq', sa.BigInteger(), nullable=True),
    sa.Column('last_seq', sa.BigInteger(), nullable=True),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('root', sa.LargeBinary(), nullable=False),
    sa.Column('previous', sa.LargeBinary(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_seal')),
    schema='audit'
    )
    op.create_table('line_rules',
    sa.Column('service', sa.Enum('water', 'sewer', 'sanitation', name='service', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('tariff_class', sa.Enum('domestic', 'commercial', 'industrial', 'public', name='tariffclass', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('percent_of_water', sa.Numeric(precision=7, scale=4), nullable=True),
    sa.Column('tax_percent', sa.Numeric(precision=7, scale=4), nullable=False),
    sa.Column('rounding_step', sa.Numeric(precision=7, scale=4), nullable=False),
    sa.Column('rounding_mode', sa.Enum('half_up', 'half_even', 'up', 'down', name='roundingmode', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_line_rules_dates_in_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_line_rules')),
    sa.UniqueConstraint('service', 'tariff_class', 'valid_from', name=op.f('uq_line_rules_service')),
    schema='commercial'
    )
    op.create_index('ix_line_rules_class', 'line_rules', ['tariff_class'], unique=False, schema='commercial')
    op.create_table('tariffs',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('tariff_class', sa.Enum('domestic', 'commercial', 'industrial', 'public', name='tariffclass', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('method', sa.Enum('blocks', 'table', name='tariffmethod', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('minimum_charge', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('minimum_volume', sa.Numeric(precision=12, scale=3), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.CheckConstraint("minimum_charge <> 'NaN' AND abs(minimum_charge) < 1000000000", name=op.f('ck_tariffs_minimum_sane')),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_tariffs_dates_in_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tariffs')),
    sa.UniqueConstraint('code', name=op.f('uq_tariffs_code')),
    sa.UniqueConstraint('tariff_class', 'valid_from', name=op.f('uq_tariffs_tariff_class')),
    schema='commercial'
    )
    op.create_table('anomaly_types',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_anomaly_types')),
    sa.UniqueConstraint('code', name=op.f('uq_anomaly_types_code')),
    schema='console'
    )
    op.create_table('approval_bands',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('from_amount', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('to_amount', sa.Numeric(precision=14, scale=2), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('state', sa.Enum('draft', 'in_force', 'retired', name='draftstate', native_enum=False, create_constraint=True, length=40), server_default='draft', nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("from_amount >= 0 AND from_amount <> 'NaN' AND abs(from_amount) < 1000000000", name=op.f('ck_approval_bands_sane')),
    sa.CheckConstraint('to_amount IS NULL OR to_amount > from_amount', name=op.f('ck_approval_bands_band_in_order')),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_approval_bands_dates_in_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approval_bands')),
    schema='console'
    )
    op.create_table('documents',
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('media_type', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f('ck_documents_sha256_hex')),
    sa.CheckConstraint('size BETWEEN 1 AND 20971520', name=op.f('ck_documents_size_sane')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_documents')),
    sa.UniqueConstraint('sha256', name=op.f('uq_documents_sha256')),
    schema='console'
    )
    op.create_table('folio_counters',
    sa.Column('series', sa.Text(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), server_default='0', nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_folio_counters')),
    sa.UniqueConstraint('series', 'year', name=op.f('uq_folio_counters_series')),
    schema='console'
    )
    op.create_table('holidays',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'in_force', 'retired', name='draftstate', native_enum=False, create_constraint=True, length=40), server_default='draft', nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holidays')),
    sa.UniqueConstraint('day', name=op.f('uq_holidays_day')),
    schema='console'
    )
    op.create_table('login_attempts',
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_attempts')),
    schema='console'
    )
    op.create_index('ix_login_attempts_where', 'login_attempts', ['address', 'at'], unique=False, schema='console')
    op.create_index('ix_login_attempts_who', 'login_attempts', ['who', 'at'], unique=False, schema='console')
    op.create_table('municipalities',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_municipalities_dates_in_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_municipalities')),
    sa.UniqueConstraint('name', name=op.f('uq_municipalities_name')),
    schema='console'
    )
    op.create_table('people',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people')),
    schema='console'
    )
    op.create_table('procedures',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_procedures')),
    sa.UniqueConstraint('code', name=op.f('uq_procedures_code')),
    schema='console'
    )
    op.create_table('sealed',
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['seq'], ['audit.log.seq'], name=op.f('fk_sealed_seq')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_sealed')),
    schema='audit'
    )
    op.create_index(op.f('ix_sealed_number'), 'sealed', ['number'], unique=False, schema='audit')
    op.create_table('tariff_blocks',
    sa.Column('tariff_id', sa.Integer(), nullable=False),
    sa.Column('from_m3', sa.Numeric(precision=12, scale=3), nullable=False),
    sa.Column('to_m3', sa.Numeric(precision=12, scale=3), nullable=True),
    sa.Column('price', sa.Numeric(precision=14, scale=4), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.CheckConstraint('to_m3 IS NULL OR to_m3 > from_m3', name=op.f('ck_tariff_blocks_block_in_order')),
    sa.ForeignKeyConstraint(['tariff_id'], ['commercial.tariffs.id'], name=op.f('fk_tariff_blocks_tariff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tariff_blocks')),
    sa.UniqueConstraint('tariff_id', 'from_m3', name=op.f('uq_tariff_blocks_tariff_id')),
    schema='commercial'
    )
    op.create_table('tariff_steps',
    sa.Column('tariff_id', sa.Integer(), nullable=False),
    sa.Column('volume', sa.Numeric(precision=12, scale=3), nullable=False),
    sa.Column('charge', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.ForeignKeyConstraint(['tariff_id'], ['commercial.tariffs.id'], name=op.f('fk_tariff_steps_tariff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tariff_steps')),
    sa.UniqueConstraint('tariff_id', 'volume', name=op.f('uq_tariff_steps_tariff_id')),
    schema='commercial'
    )
    op.create_table('appointments',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('staff', 'unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director', 'auditor', 'administrator', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('acting', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('letter', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_appointments_dates_in_order')),
    sa.ForeignKeyConstraint(['person_id'], ['console.people.id'], name=op.f('fk_appointments_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointments')),
    schema='console'
    )
    op.create_index('ix_appointments_person_role', 'appointments', ['person_id', 'role'], unique=False, schema='console')
    op.create_table('approval_slots',
    sa.Column('band_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('staff', 'unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director', 'auditor', 'administrator', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('position BETWEEN 1 AND 9', name=op.f('ck_approval_slots_position_sane')),
    sa.ForeignKeyConstraint(['band_id'], ['console.approval_bands.id'], name=op.f('fk_approval_slots_band_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approval_slots')),
    sa.UniqueConstraint('band_id', 'position', name=op.f('uq_approval_slots_band_id')),
    schema='console'
    )
    op.create_index('ix_approval_slots_band', 'approval_slots', ['band_id'], unique=False, schema='console')
    op.create_table('contributions',
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['console.people.id'], name=op.f('fk_contributions_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contributions')),
    schema='console'
    )
    op.create_index('uq_contributions_subject', 'contributions', ['subject', 'subject_id', 'revision', 'person_id'], unique=True, schema='console')
    op.create_table('export_entries',
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('request_id', sa.Text(), nullable=False),
    sa.Column('table_name', sa.Text(), nullable=False),
    sa.Column('filters', sa.Text(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['console.people.id'], name=op.f('fk_export_entries_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_export_entries')),
    schema='console'
    )
    op.create_index('ix_export_entries_at', 'export_entries', ['at'], unique=False, schema='console')
    op.create_table('logins',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('fs_uniquifier', sa.Text(), nullable=False),
    sa.Column('password', sa.Text(), nullable=True),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_logins_email_lower')),
    sa.ForeignKeyConstraint(['person_id'], ['console.people.id'], name=op.f('fk_logins_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_logins')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_logins_fs_uniquifier')),
    sa.UniqueConstraint('person_id', name=op.f('uq_logins_person_id')),
    schema='console'
    )
    op.create_index('uq_logins_email_lower', 'logins', ['email'], unique=True, schema='console')
    op.create_table('neighborhoods',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('municipality_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['municipality_id'], ['console.municipalities.id'], name=op.f('fk_neighborhoods_municipality_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_neighborhoods')),
    sa.UniqueConstraint('municipality_id', 'name', name=op.f('uq_neighborhoods_municipality_id')),
    schema='console'
    )
    op.create_table('parked_forms',
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('path', sa.Text(), nullable=False),
    sa.Column('fields', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['console.people.id'], name=op.f('fk_parked_forms_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parked_forms')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_parked_forms_token_hash')),
    schema='console'
    )
    op.create_table('procedure_versions',
    sa.Column('procedure_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'authorized', 'superseded', name='versionstate', native_enum=False, create_constraint=True, length=40), server_default='draft', nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('anomaly_codes', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('definition', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('content_hash', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_procedure_versions_dates_in_order')),
    sa.ForeignKeyConstraint(['procedure_id'], ['console.procedures.id'], name=op.f('fk_procedure_versions_procedure_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_procedure_versions')),
    sa.UniqueConstraint('procedure_id', 'number', name=op.f('uq_procedure_versions_procedure_id')),
    schema='console'
    )
    op.create_table('read_entries',
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('request_id', sa.Text(), nullable=False),
    sa.Column('table_name', sa.Text(), nullable=False),
    sa.Column('row_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['console.people.id'], name=op.f('fk_read_entries_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_read_entries')),
    schema='console'
    )
    op.create_index('ix_read_entries_at', 'read_entries', ['at'], unique=False, schema='console')
    op.create_table('refusals',
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('role', sa.Text(), nullable=True),
    sa.Column('request_id', sa.Text(), nullable=False),
    sa.Column('asked', sa.Text(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['console.people.id'], name=op.f('fk_refusals_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refusals')),
    schema='console'
    )
    op.create_index('ix_refusals_at', 'refusals', ['at'], unique=False, schema='console')
    op.create_table('supply_zones',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('municipality_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['municipality_id'], ['console.municipalities.id'], name=op.f('fk_supply_zones_municipality_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supply_zones')),
    sa.UniqueConstraint('code', name=op.f('uq_supply_zones_code')),
    schema='console'
    )
    op.create_table('web_sessions',
    sa.Column('key_hash', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['console.people.id'], name=op.f('fk_web_sessions_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_web_sessions')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_web_sessions_key_hash')),
    schema='console'
    )
    op.create_index(op.f('ix_web_sessions_person_id'), 'web_sessions', ['person_id'], unique=False, schema='console')
    op.create_table('accounts',
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('holder_name', sa.Text(), nullable=False),
    sa.Column('search_name', sa.Text(), sa.Computed('console.normalise(holder_name)', persisted=True), nullable=False),
    sa.Column('holder_initials', sa.Text(), sa.Computed('console.initials(holder_name)', persisted=True), nullable=False),
    sa.Column('street', sa.Text(), nullable=False),
    sa.Column('tariff_class', sa.Enum('domestic', 'commercial', 'industrial', 'public', name='tariffclass', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('route', sa.Text(), nullable=False),
    sa.Column('status', sa.Enum('active', 'suspended', 'closed', name='accountstatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('neighborhood_id', sa.Integer(), nullable=False),
    sa.Column('supply_zone_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.CheckConstraint("number ~ '^[0-9]{4,12}$'", name=op.f('ck_accounts_number_digits')),
    sa.ForeignKeyConstraint(['neighborhood_id'], ['console.neighborhoods.id'], name=op.f('fk_accounts_neighborhood_id')),
    sa.ForeignKeyConstraint(['supply_zone_id'], ['console.supply_zones.id'], name=op.f('fk_accounts_supply_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('number', name=op.f('uq_accounts_number')),
    schema='commercial'
    )
    op.create_index(op.f('ix_accounts_neighborhood_id'), 'accounts', ['neighborhood_id'], unique=False, schema='commercial')
    op.create_index('ix_accounts_search_name', 'accounts', ['search_name'], unique=False, schema='commercial')
    op.create_index('ix_accounts_search_words', 'accounts', [sa.literal_column("to_tsvector('simple'::regconfig, search_name)")], unique=False, schema='commercial', postgresql_using='gin')
    op.create_index(op.f('ix_accounts_supply_zone_id'), 'accounts', ['supply_zone_id'], unique=False, schema='commercial')
    op.create_table('meters',
    sa.Column('serial', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('installed_on', sa.Date(), nullable=False),
    sa.Column('removed_on', sa.Date(), nullable=True),
    sa.Column('state', sa.Enum('working', 'broken', 'unreadable', 'absent', name='meterstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['commercial.accounts.id'], name=op.f('fk_meters_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meters')),
    sa.UniqueConstraint('serial', name=op.f('uq_meters_serial')),
    schema='commercial'
    )
    op.create_index(op.f('ix_meters_account_id'), 'meters', ['account_id'], unique=False, schema='commercial')
    op.create_table('readings',
    sa.Column('meter_id', sa.Integer(), nullable=False),
    sa.Column('read_on', sa.Date(), nullable=False),
    sa.Column('value', sa.Numeric(precision=12, scale=3), nullable=False),
    sa.Column('kind', sa.Enum('measured', 'estimated', name='readingkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.CheckConstraint('value >= 0 AND value < 10000000', name=op.f('ck_readings_value_sane')),
    sa.ForeignKeyConstraint(['meter_id'], ['commercial.meters.id'], name=op.f('fk_readings_meter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_readings')),
    sa.UniqueConstraint('meter_id', 'read_on', name=op.f('uq_readings_meter_id')),
    schema='commercial'
    )
    op.create_table('bills',
    sa.Column('folio', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('period_start', sa.Date(), nullable=False),
    sa.Column('period_end', sa.Date(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('tariff_class', sa.Enum('domestic', 'commercial', 'industrial', 'public', name='tariffclass', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('volume', sa.Numeric(precision=12, scale=3), nullable=False),
    sa.Column('previous_reading_id', sa.Integer(), nullable=True),
    sa.Column('current_reading_id', sa.Integer(), nullable=True),
    sa.Column('total', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('balance', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.CheckConstraint("total <> 'NaN' AND abs(total) < 1000000000 AND balance <> 'NaN' AND abs(balance) < 1000000000", name=op.f('ck_bills_sane')),
    sa.CheckConstraint('period_end >= period_start', name=op.f('ck_bills_period_in_order')),
    sa.ForeignKeyConstraint(['account_id'], ['commercial.accounts.id'], name=op.f('fk_bills_account_id')),
    sa.ForeignKeyConstraint(['current_reading_id'], ['commercial.readings.id'], name=op.f('fk_bills_current_reading_id')),
    sa.ForeignKeyConstraint(['previous_reading_id'], ['commercial.readings.id'], name=op.f('fk_bills_previous_reading_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bills')),
    sa.UniqueConstraint('account_id', 'period_start', name=op.f('uq_bills_account_id')),
    sa.UniqueConstraint('folio', name=op.f('uq_bills_folio')),
    schema='commercial'
    )
    op.create_index('ix_bills_account_period', 'bills', ['account_id', 'period_end'], unique=False, schema='commercial')
    op.create_table('bill_lines',
    sa.Column('bill_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('service', sa.Enum('water', 'sewer', 'sanitation', name='service', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('amount', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('tax_percent', sa.Numeric(precision=7, scale=4), nullable=False),
    sa.Column('tax', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.CheckConstraint("amount <> 'NaN' AND abs(amount) < 1000000000 AND tax <> 'NaN' AND abs(tax) < 1000000000", name=op.f('ck_bill_lines_sane')),
    sa.ForeignKeyConstraint(['bill_id'], ['commercial.bills.id'], name=op.f('fk_bill_lines_bill_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bill_lines')),
    sa.UniqueConstraint('bill_id', 'service', name=op.f('uq_bill_lines_bill_id')),
    schema='commercial'
    )
    op.create_table('corrections',
    sa.Column('folio', sa.Text(), nullable=True),
    sa.Column('bill_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('anomaly_type_id', sa.Integer(), nullable=False),
    sa.Column('procedure_version_id', sa.Integer(), nullable=False),
    sa.Column('reversal_of_id', sa.Integer(), nullable=True),
    sa.Column('reversed_by_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('draft', 'submitted', 'signed', 'applied', 'rejected', 'withdrawn', name='correctionstate', native_enum=False, create_constraint=True, length=40), server_default='draft', nullable=False),
    sa.Column('revision', sa.Integer(), server_default='1', nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('inputs', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('eligible', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('refusals', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('volume_before', sa.Numeric(precision=12, scale=3), nullable=True),
    sa.Column('volume_after', sa.Numeric(precision=12, scale=3), nullable=True),
    sa.Column('amount', sa.Numeric(precision=14, scale=2), server_default='0', nullable=False),
    sa.Column('memoria', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('drafted_by_id', sa.Integer(), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_reason', sa.Text(), nullable=True),
    sa.Column('verification_code', sa.Text(), server_default=sa.text("replace(gen_random_uuid()::text, '-', '')"), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("amount <> 'NaN' AND abs(amount) < 1000000000", name=op.f('ck_corrections_amount_sane')),
    sa.CheckConstraint("state IN ('draft', 'withdrawn') OR amount <> 0", name=op.f('ck_corrections_moves_money')),
    sa.CheckConstraint("state IN ('draft', 'withdrawn') OR folio IS NOT NULL", name=op.f('ck_corrections_folio')),
    sa.CheckConstraint('revision BETWEEN 1 AND 99', name=op.f('ck_corrections_revision_sane')),
    sa.ForeignKeyConstraint(['account_id'], ['commercial.accounts.id'], name=op.f('fk_corrections_account_id')),
    sa.ForeignKeyConstraint(['anomaly_type_id'], ['console.anomaly_types.id'], name=op.f('fk_corrections_anomaly_type_id')),
    sa.ForeignKeyConstraint(['bill_id'], ['commercial.bills.id'], name=op.f('fk_corrections_bill_id')),
    sa.ForeignKeyConstraint(['drafted_by_id'], ['console.people.id'], name=op.f('fk_corrections_drafted_by_id')),
    sa.ForeignKeyConstraint(['procedure_version_id'], ['console.procedure_versions.id'], name=op.f('fk_corrections_procedure_version_id')),
    sa.ForeignKeyConstraint(['reversal_of_id'], ['console.corrections.id'], name=op.f('fk_corrections_reversal_of_id')),
    sa.ForeignKeyConstraint(['reversed_by_id'], ['console.corrections.id'], name=op.f('fk_corrections_reversed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_corrections')),
    sa.UniqueConstraint('folio', name=op.f('uq_corrections_folio')),
    sa.UniqueConstraint('verification_code', name=op.f('uq_corrections_verification_code')),
    schema='console'
    )
    op.create_index(op.f('ix_corrections_account_id'), 'corrections', ['account_id'], unique=False, schema='console')
    op.create_index('ix_corrections_state', 'corrections', ['state', 'id'], unique=False, schema='console')
    op.create_index('uq_corrections_open', 'corrections', ['bill_id'], unique=True, schema='console', postgresql_where=sa.text("state IN ('draft', 'submitted', 'signed')"))
    op.create_index('uq_corrections_reversal', 'corrections', ['reversal_of_id'], unique=True, schema='console', postgresql_where=sa.text("state IN ('draft', 'submitted', 'signed', 'applied')"))
    op.create_index('uq_corrections_standing', 'corrections', ['bill_id'], unique=True, schema='console', postgresql_where=sa.text("state IN ('draft', 'submitted', 'signed', 'applied') AND reversal_of_id IS NULL AND reversed_by_id IS NULL"))
    op.create_table('credit_notes',
    sa.Column('folio', sa.Text(), nullable=False),
    sa.Column('kind', sa.Enum('credit', 'debit', name='notekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('bill_id', sa.Integer(), nullable=False),
    sa.Column('correction_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.CheckConstraint("amount > 0 AND amount <> 'NaN' AND abs(amount) < 1000000000", name=op.f('ck_credit_notes_amount_positive')),
    sa.ForeignKeyConstraint(['bill_id'], ['commercial.bills.id'], name=op.f('fk_credit_notes_bill_id')),
    sa.ForeignKeyConstraint(['correction_id'], ['console.corrections.id'], name=op.f('fk_credit_notes_correction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_notes')),
    sa.UniqueConstraint('correction_id', name=op.f('uq_credit_notes_correction_id')),
    sa.UniqueConstraint('folio', name=op.f('uq_credit_notes_folio')),
    schema='commercial'
    )
    op.create_index(op.f('ix_credit_notes_bill_id'), 'credit_notes', ['bill_id'], unique=False, schema='commercial')
    op.create_table('correction_lines',
    sa.Column('correction_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('service', sa.Enum('water', 'sewer', 'sanitation', name='service', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('amount_before', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('tax_before', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('amount_after', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('tax_percent_after', sa.Numeric(precision=7, scale=4), nullable=False),
    sa.Column('tax_after', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("amount_before <> 'NaN' AND abs(amount_before) < 1000000000 AND tax_before <> 'NaN' AND abs(tax_before) < 1000000000 AND amount_after <> 'NaN' AND abs(amount_after) < 1000000000 AND tax_after <> 'NaN' AND abs(tax_after) < 1000000000", name=op.f('ck_correction_lines_sane')),
    sa.CheckConstraint('amount_after >= 0 AND tax_after >= 0', name=op.f('ck_correction_lines_never_negative')),
    sa.ForeignKeyConstraint(['correction_id'], ['console.corrections.id'], name=op.f('fk_correction_lines_correction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction_lines')),
    sa.UniqueConstraint('correction_id', 'service', name=op.f('uq_correction_lines_correction_id')),
    schema='console'
    )
    op.create_index(op.f('ix_correction_lines_correction_id'), 'correction_lines', ['correction_id'], unique=False, schema='console')
    op.create_table('evidence',
    sa.Column('correction_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('length(file_name) BETWEEN 1 AND 200', name=op.f('ck_evidence_name')),
    sa.ForeignKeyConstraint(['added_by_id'], ['console.people.id'], name=op.f('fk_evidence_added_by_id')),
    sa.ForeignKeyConstraint(['correction_id'], ['console.corrections.id'], name=op.f('fk_evidence_correction_id')),
    sa.ForeignKeyConstraint(['document_id'], ['console.documents.id'], name=op.f('fk_evidence_document_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence')),
    sa.UniqueConstraint('correction_id', 'kind', 'document_id', name=op.f('uq_evidence_correction_id')),
    schema='console'
    )
    op.create_index(op.f('ix_evidence_correction_id'), 'evidence', ['correction_id'], unique=False, schema='console')
    op.create_table('notices',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('correction_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'sent', name='noticestate', native_enum=False, create_constraint=True, length=40), server_default='waiting', nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['commercial.accounts.id'], name=op.f('fk_notices_account_id')),
    sa.ForeignKeyConstraint(['correction_id'], ['console.corrections.id'], name=op.f('fk_notices_correction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('correction_id', name=op.f('uq_notices_correction_id')),
    schema='console'
    )
    op.create_table('signature_slots',
    sa.Column('correction_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('staff', 'unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director', 'auditor', 'administrator', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('band', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['correction_id'], ['console.corrections.id'], name=op.f('fk_signature_slots_correction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signature_slots')),
    sa.UniqueConstraint('correction_id', 'revision', 'position', name=op.f('uq_signature_slots_correction_id')),
    schema='console'
    )
    op.create_table('credit_note_lines',
    sa.Column('credit_note_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('service', sa.Enum('water', 'sewer', 'sanitation', name='service', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('amount', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('tax', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.CheckConstraint("amount <> 'NaN' AND abs(amount) < 1000000000 AND tax <> 'NaN' AND abs(tax) < 1000000000", name=op.f('ck_credit_note_lines_sane')),
    sa.ForeignKeyConstraint(['credit_note_id'], ['commercial.credit_notes.id'], name=op.f('fk_credit_note_lines_credit_note_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_note_lines')),
    sa.UniqueConstraint('credit_note_id', 'service', name=op.f('uq_credit_note_lines_credit_note_id')),
    schema='commercial'
    )
    op.create_table('signatures',
    sa.Column('slot_id', sa.Integer(), nullable=False),
    sa.Column('correction_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('signer_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('staff', 'unit_head', 'commercial_director', 'operations_director', 'works_director', 'general_director', 'auditor', 'administrator', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('acting', sa.Boolean(), nullable=False),
    sa.Column('letter', sa.Text(), nullable=False),
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('content_hash', sa.Text(), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name=op.f('ck_signatures_hash_hex')),
    sa.ForeignKeyConstraint(['correction_id'], ['console.corrections.id'], name=op.f('fk_signatures_correction_id')),
    sa.ForeignKeyConstraint(['signer_id'], ['console.people.id'], name=op.f('fk_signatures_signer_id')),
    sa.ForeignKeyConstraint(['slot_id'], ['console.signature_slots.id'], name=op.f('fk_signatures_slot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signatures')),
    sa.UniqueConstraint('correction_id', 'revision', 'signer_id', name=op.f('uq_signatures_correction_id')),
    sa.UniqueConstraint('slot_id', name=op.f('uq_signatures_slot_id')),
    schema='console'
    )


def downgrade():
    # An office never comes here: its trail would go with it. This empties a trial database.
    for schema in ("report", "audit", "commercial"):
        op.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    for table in op.get_bind().execute(sa.text(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'console'"
            " AND tablename <> 'alembic_version'")).scalars().all():
        op.execute(f"DROP TABLE console.{table} CASCADE")
    op.execute("DROP FUNCTION console.normalise, console.initials")
