"""Runs the versions as the database's owner. What is code and no history (functions, grants,
triggers) is said again after them by `flask --app app prepare`."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, text

# Another that makes them at the same moment is as good.
VERSION_TABLE = """
DO $$ BEGIN
  CREATE SCHEMA IF NOT EXISTS console;
  CREATE TABLE IF NOT EXISTS console.alembic_version (
    version_num varchar(32) CONSTRAINT alembic_version_pkc PRIMARY KEY);
EXCEPTION WHEN unique_violation OR duplicate_schema OR duplicate_table THEN NULL;
END $$"""
SCHEMAS = ("console", "commercial", "audit", "report")


def ours(name, kind, parent):
    return kind != "schema" or name in SCHEMAS


def compared(element, name, kind, reflected, counterpart):
    # audit.secret holds the key of the pseudonyms: no model, so that no code can read it.
    return not (kind == "table" and name == "secret")


def run(connection):
    # A waiting migration must not stop the office: it gives up and is run again.
    connection.execute(text("SET lock_timeout = '10s'; SET statement_timeout = '10min'"))
    # The version table lives in the console's schema, which the first version fills.
    connection.execute(text(VERSION_TABLE))
    connection.commit()
    context.configure(
        connection=connection, target_metadata=current_app.extensions["migrate"].db.metadata,
        include_schemas=True, include_name=ours, include_object=compared,
        version_table_schema="console", compare_type=True)
    with context.begin_transaction():
        # Two at once take turns, by a lock that only the table's owner can take.
        connection.execute(text("LOCK TABLE console.alembic_version IN SHARE ROW EXCLUSIVE MODE"))
        context.run_migrations()


engine = create_engine(current_app.config["DATABASE_URL"])
with engine.connect() as connection:
    run(connection)
engine.dispose()
