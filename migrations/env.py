"""Runs the versions as the database's owner. What is code and no history (functions, grants,
triggers) is said again after them by `flask --app app prepare`."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, text

SCHEMAS = ("console", "commercial", "audit", "report")


def ours(name, kind, parent):
    return kind != "schema" or name in SCHEMAS


def compared(element, name, kind, reflected, counterpart):
    # audit.secret holds the key of the pseudonyms: no model, so that no code can read it.
    return not (kind == "table" and name == "secret")


def run(connection):
    # A waiting migration must not stop the office: it gives up and is run again.
    connection.execute(text("SET lock_timeout = '10s'; SET statement_timeout = '10min'"))
    connection.execute(text("SELECT pg_advisory_lock(7020002)"))
    # The version table lives in the console's schema, which the first version fills.
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS console"))
    connection.commit()
    context.configure(
        connection=connection, target_metadata=current_app.extensions["migrate"].db.metadata,
        include_schemas=True, include_name=ours, include_object=compared,
        version_table_schema="console", compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text("SELECT pg_advisory_unlock(7020002)"))


engine = create_engine(current_app.config["DATABASE_URL"])
with engine.connect() as connection:
    run(connection)
engine.dispose()
