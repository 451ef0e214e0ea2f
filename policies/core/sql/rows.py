"""Row scope as PostgreSQL's own row policies, for any program: what policies/core/scopes.py says of each office.

No FORCE: the owner, and so its triggers and functions, is not bound, for a guard must see every part. A function that
answers an office with the owner's rights asks console.in_scope() itself. A table without scope has no row security.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import ColumnElement

from models.base.columns import Named
from models.base.people import Role
from policies.core.scopes import scoped
from policies.core.sql.clauses import DEFINER, OFFICE, literal, several, sql
from policies.core.sql.declared import models

# Logins that read tables by grants of their own, in no office.
MACHINES = ("console_gate", "console_tier_sealer")
# Policies of before are dropped, and tables that lost their scope lose their row security.
CLEARED = """DO $$
DECLARE p record;
BEGIN
  FOR p IN SELECT schemaname, tablename, policyname FROM pg_policies WHERE schemaname IN ('console', 'commercial') LOOP
    EXECUTE format('DROP POLICY %I ON %I.%I', p.policyname, p.schemaname, p.tablename);
  END LOOP;
  FOR p IN SELECT c.oid::regclass AS subject FROM pg_class c
            WHERE c.relnamespace IN ('console'::regnamespace, 'commercial'::regnamespace) AND c.relrowsecurity LOOP
    EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', p.subject);
  END LOOP;
END $$;"""


def statements() -> Iterator[str]:
    """SQL of every row policy, and of the function that asks the same of some keys of a table."""
    yield CLEARED
    tables = scoped_tables()
    for model, conditions in tables.items():
        yield from policies_of(model, conditions)
    yield in_scope(tables)


def scoped_tables() -> dict:
    """{model: {office: condition}} of the tables whose rows some office does not see whole."""
    tables = sorted(models(), key=lambda model: model.__tablename__)
    return {model: conditions for model in tables if (conditions := scoped(model))}


def policies_of(model: type[Named], conditions: Mapping[Role, ColumnElement]) -> Iterator[str]:
    """One policy for each scoped office, and one that lets the others see all.

    FOR ALL and not FOR SELECT: what an office may not see it may not write, nor write a row that it would not see,
    and a row that is locked with FOR UPDATE asks the policy of UPDATE.
    """
    table = model.__table__
    yield f"ALTER TABLE {table.fullname} ENABLE ROW LEVEL SECURITY;"
    for role, condition in sorted(conditions.items()):
        yield (f"CREATE POLICY rows_of_{role.value} ON {table.fullname} TO console_{role.value}\n"
               f"  USING ({sql(condition, table)});")
    unscoped = [f"console_{role.value}" for role in sorted(set(type(next(iter(conditions)))) - set(conditions))]
    yield f"CREATE POLICY all_rows ON {table.fullname} TO {', '.join((*unscoped, *MACHINES))} USING (true);"


def in_scope(tables: Mapping[type[Named], Mapping[Role, ColumnElement]]) -> str:
    """console.in_scope(table, keys): those of the keys whose rows the office of the transaction sees; all of them where
    it sees the table whole, those of deleted rows too.
    """
    cases = "".join(
        f"  IF subject = {literal(model.__table__.fullname)} AND office IN ({several(conditions)}) THEN\n"
        f"    RETURN ARRAY(SELECT id::text FROM {model.__table__.fullname} WHERE id = ANY (keys::bigint[])\n"
        "     AND CASE office\n"
        + "".join(f"      WHEN {literal(role)} THEN {sql(condition, model.__table__)}\n"
                  for role, condition in sorted(conditions.items()))
        + "      END);\n  END IF;\n" for model, conditions in tables.items())
    return ("CREATE OR REPLACE FUNCTION console.in_scope(subject text, keys text[]) RETURNS text[] LANGUAGE plpgsql\n"
            f"  STABLE {DEFINER} AS $$\nDECLARE office text := {OFFICE};\n"
            f"BEGIN\n{cases}  RETURN keys;\nEND $$;")
