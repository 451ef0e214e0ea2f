"""What another system or the installation writes: as the database's owner, by the thousand."""

from contextlib import contextmanager

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from models.base.connections import address

INSTALLER = "instalador"    # PostgreSQL keeps only ASCII in a program's name


def owner_engine(app, program):
    """An engine of the database's owner; `program` is the name that the trail shows."""
    url = make_url(address(app.config)).set(drivername="postgresql+psycopg")
    return create_engine(url, connect_args={"application_name": program})


@contextmanager
def owner_session(app, program="sistema comercial"):
    """One transaction of the owner; whole or not at all. The trail names the program."""
    engine = owner_engine(app, program)
    try:
        with Session(engine) as session, session.begin():
            yield session
    finally:
        engine.dispose()


@contextmanager
def alone(app):
    """Two loads of one database take turns, by a lock that only its owner can take; the second finds
    everything made."""
    engine = owner_engine(app, INSTALLER)
    try:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            connection.execute(text("LOCK TABLE console.alembic_version IN SHARE ROW EXCLUSIVE MODE"))
            yield
    finally:
        engine.dispose()


def copy_rows(session, model, columns, rows):
    """COPY: one statement, and so one entry in the trail, whatever the number of rows."""
    cursor = session.connection().connection.cursor()
    name = model.__table__.fullname
    with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    if "id" in columns:
        session.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'),"
                             f" (SELECT max(id) FROM {name}))"))
