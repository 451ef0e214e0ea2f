"""What is signed and what is sealed is the same text under any setting of the session that computes it."""

import pytest

from tests import psql
from tests.policies import drafting
from tests.policies.batches import Batches

SETTINGS = {
    "datestyle": ["German", "SQL, DMY", "Postgres, MDY", "ISO, DMY"], "intervalstyle": ["sql_standard", "iso_8601"],
    "timezone": ["Pacific/Kiritimati", "America/Mexico_City"], "extra_float_digits": ["-15", "3"],
    "bytea_output": ["escape"], "client_encoding": ["LATIN1"], "standard_conforming_strings": ["off"],
    "lc_monetary": ["POSIX"], "lc_numeric": ["POSIX"], "lc_time": ["POSIX"], "xmlbinary": ["hex"],
    "quote_all_identifiers": ["on"], "transform_null_equals": ["on"], "array_nulls": ["off"],
    "search_path": ["pg_temp", "audit, console"], "enable_sort": ["off"], "enable_indexscan": ["off"],
    "enable_hashjoin": ["off"], "plan_cache_mode": ["force_generic_plan"], "jit": ["off"], "row_security": ["off"]}
KINDS = ("corrections", "correction_batches", "procedure_versions")
# Every function of the database whose result is hashed or compared with a hash, over all the rows there are.
CONTENT = {
    "console.signed_content": " UNION ALL ".join(
        f"SELECT '{table}', d.id, console.signed_content('{table}', d.id) FROM console.{table} d" for table in KINDS) + " ORDER BY 1, 2",
    "console.content_hash": " UNION ALL ".join(
        f"SELECT '{table}', d.id, console.content_hash('{table}', d.id) FROM console.{table} d" for table in KINDS) + " ORDER BY 1, 2",
    "console.hashed": "SELECT console.hashed(v.definition::text) FROM console.procedure_versions v ORDER BY v.id",
    "console.batch_row_hash": "SELECT r.id, console.batch_row_hash(r), r.row_hash FROM console.batch_rows r ORDER BY 1",
    "console.batch_rows_hash": "SELECT b.id, console.batch_rows_hash(b.id) FROM console.correction_batches b ORDER BY 1",
    "console.fingerprint": "SELECT v.id, console.fingerprint(v.definition::text) FROM console.procedure_versions v ORDER BY 1",
    "console.sources": "SELECT v.id, s.bill_id, s.sources::text FROM console.procedure_versions v, console.sources(ARRAY("
                       "SELECT id FROM commercial.bills ORDER BY id DESC LIMIT 20), v.id, NULL) s ORDER BY 1, 2",
    "audit.canon": "SELECT l.seq, sha256(audit.canon(l)) = l.row_hash FROM audit.log l ORDER BY 1",
    "audit.seal_hash": "SELECT s.number, audit.seal_hash(s) = s.hash FROM audit.seal s WHERE s.number > 0 ORDER BY 1",
    "audit.pseudonym": "SELECT audit.pseudonym('abc'::bytea, to_jsonb(a.holder_name)) FROM commercial.accounts a ORDER BY a.id",
    "audit.verify": "SELECT * FROM audit.verify()"}
SIGNED = """SELECT bool_and(console.fully_signed('corrections', id)) FROM console.corrections WHERE state IN ('signed', 'applied')
UNION ALL SELECT bool_and(console.fully_signed('correction_batches', id)) FROM console.correction_batches WHERE state = 'signed'
UNION ALL SELECT bool_and(console.fully_signed('procedure_versions', id)) FROM console.procedure_versions WHERE state = 'authorized'"""
# They hash what one of these gives, or a token, which is no content; console.signed_content() calls the texts by kind; audit.verify reads what the sealer wrote.
THROUGH = {"audit.write", "audit.seal_now", "console.token_holder"}


@pytest.fixture(scope="module")
def signed(office):
    """Signed corrections, versions and batches, and a trail that is sealed."""
    psql.applied(office)
    psql.sent(office, 1500)
    Batches(office).signed(back=3, days=1)
    drafting.draft(office)
    with office.program(login="sealer") as raw:
        raw.execute("SELECT audit.seal_now()")
    with office.program() as raw:
        assert raw.execute(SIGNED).fetchall() == [(True,)] * 3
        return {name: raw.execute(query).fetchall() for name, query in CONTENT.items()}


@pytest.mark.parametrize(("setting", "value"), [(name, value) for name in SETTINGS for value in SETTINGS[name]])
def test_every_content_is_the_same_text_under_any_setting(office, signed, setting, value):
    with office.program() as raw:
        raw.execute("SELECT set_config(%s, %s, false)", (setting, value))
        for name, query in CONTENT.items():
            assert raw.execute(query).fetchall() == signed[name], name
        assert raw.execute(SIGNED).fetchall() == [(True,)] * 3
    assert signed["audit.verify"] == [] and all(signed[name] for name in CONTENT if name != "audit.verify")


def test_no_hash_is_computed_by_a_function_that_is_not_tried_here(office):
    with office.program() as raw:
        found = {row[0] for row in raw.execute(
            "SELECT n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname IN ('console', 'audit') AND (p.prosrc ~ '(sha256|fingerprint)\\(' OR p.proname ~ '(content|hash|canon)$')")}
    assert found - THROUGH - {f"console.{table}_content" for table in KINDS} == set(CONTENT)


@pytest.mark.parametrize(("style", "code"), [("German", "slp-error-lectura"), ("SQL, DMY", "slp-iva-por-linea")])
def test_what_is_signed_and_written_under_another_style_of_dates_verifies_under_the_usual_one(office, signed, style, code):
    key = drafting.sent(office, code=code)
    with office.program("unit_head") as raw:
        raw.execute("SELECT set_config('datestyle', %s, true)", (style,))
        raw.execute("INSERT INTO console.signatures (place_id, method, content_hash) SELECT id, 'password',"
                    " console.content_hash('procedure_versions', subject_id) FROM console.signature_places"
                    " WHERE subject = 'procedure_versions' AND subject_id = %s AND position = 1", (key,))
    drafting.sign(office, key, "commercial_director")
    assert drafting.row(office, key, "state") == ("authorized",)
    with office.program(login="sealer") as raw:
        assert raw.execute("SELECT * FROM audit.verify()").fetchall() == []


@pytest.mark.parametrize("style", ["German", "SQL, DMY"])
def test_a_draft_version_is_written_under_another_style_of_dates(office, signed, style):
    key = drafting.draft(office, code="slp-medidor-danado")
    with office.program("staff") as raw:
        raw.execute("SELECT set_config('datestyle', %s, true)", (style,))
        raw.execute("UPDATE console.procedure_versions SET reason = 'Otra.' WHERE id = %s", (key,))
    assert drafting.row(office, key, "reason") == ("Otra.",)


def test_a_batch_is_signed_under_another_style_of_dates_and_stays_signed(office, signed):
    key = office.scalar("SELECT max(id) FROM console.correction_batches WHERE state = 'signed'")
    with office.program() as raw:
        raw.execute("SET datestyle = 'German'")
        assert raw.execute("SELECT console.fully_signed('correction_batches', %s)", (key,)).fetchone() == (True,)
        assert "|2026-" in raw.execute("SELECT console.signed_content('correction_batches', %s)", (key,)).fetchone()[0]
