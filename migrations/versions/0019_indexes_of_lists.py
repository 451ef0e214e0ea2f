"""what every list offers to order and narrow by has an index, and so has what its search looks through

An index on one column becomes the beginning of one that also gives the list its order. Where tables are large, they may
be made before, CONCURRENTLY and by these names, while people work: what is there already is left as it is.
"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

WORDS = ("to_tsvector('simple'::regconfig, regexp_replace(console.normalise(subject), '[^a-z0-9]+'::text, ' '::text,"
         " 'g'::text))")
# (name, schema, table, columns)
MADE = (
    ('ix_accounts_premise', 'commercial', 'accounts', ('neighborhood_id', 'street')),
    ('ix_accounts_zone', 'commercial', 'accounts', ('supply_zone_id', 'number')),
    ('ix_accounts_class', 'commercial', 'accounts', ('tariff_class', 'number')),
    ('ix_accounts_status', 'commercial', 'accounts', ('status', 'number')),
    ('ix_accounts_route', 'commercial', 'accounts', ('route', 'number')),
    ('ix_accounts_opened', 'commercial', 'accounts', ('opened_on', 'number')),
    ('ix_bills_balance', 'commercial', 'bills', ('balance', 'id')),
    ('ix_credit_notes_issued', 'commercial', 'credit_notes', ('issued_at',)),
    ('ix_credit_notes_amount', 'commercial', 'credit_notes', ('amount',)),
    ('ix_corrections_cause', 'console', 'corrections', ('anomaly_type_id', 'id')),
    ('ix_corrections_version', 'console', 'corrections', ('procedure_version_id', 'id')),
    ('ix_corrections_author', 'console', 'corrections', ('drafted_by_id', 'id')),
    ('ix_corrections_drafted', 'console', 'corrections', ('drafted_at',)),
    ('ix_corrections_amount', 'console', 'corrections', ('amount',)),
    ('ix_fiscal_records_original', 'console', 'fiscal_records', ('original_uuid',)),
    ('ix_fiscal_records_state', 'console', 'fiscal_records', ('state', 'id')),
    ('ix_fiscal_records_opened', 'console', 'fiscal_records', ('opened_at',)),
    ('ix_notices_state', 'console', 'notices', ('state', 'id')),
    ('ix_notices_written', 'console', 'notices', ('written_at',)),
    ('ix_log_at', 'audit', 'log', ('at',)),
    ('ix_log_request', 'audit', 'log', ('request_id', 'seq')),
    ('ix_refusals_person', 'console', 'refusals', ('person_id', 'at')),
    ('ix_refusals_request', 'console', 'refusals', ('request_id',)),
    ('ix_read_entries_person', 'console', 'read_entries', ('person_id', 'at')),
    ('ix_read_entries_row', 'console', 'read_entries', ('table_name', 'row_id')),
    ('ix_export_entries_person', 'console', 'export_entries', ('person_id', 'at')),
)
GONE = (('ix_accounts_neighborhood_id', 'neighborhood_id'), ('ix_accounts_supply_zone_id', 'supply_zone_id'))


def upgrade():
    for name, schema, table, columns in MADE:
        op.create_index(name, table, list(columns), schema=schema, if_not_exists=True)
    op.create_index('ix_notices_words', 'notices', [sa.literal_column(WORDS)], schema='console',
                    postgresql_using='gin', if_not_exists=True)
    for name, _ in GONE:
        op.drop_index(name, 'accounts', schema='commercial', if_exists=True)


def downgrade():
    for name, column in GONE:
        op.create_index(name, 'accounts', [column], schema='commercial')
    op.drop_index('ix_notices_words', 'notices', schema='console')
    for name, schema, table, _ in MADE:
        op.drop_index(name, table, schema=schema)
