"""The people whom nobody appoints from the console: each is written once, and by the database's owner alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from admin_views.door.passwords import first_administrator, first_auditor
from policies.core.offices import CONFIRMERS
from tests import psql

WRITTEN = """SELECT a.role, a.state, a.letter, l.handed_at IS NOT NULL FROM console.logins l
JOIN console.appointments a USING (person_id) WHERE l.email = %s"""


def first(office, name, email):
    with office.app.app_context():
        return first_auditor(office.url, name, email)


@pytest.fixture
def nobody_confirms(office):
    """As before the upgrade that asks for a second person: no confirmer is left."""
    listed = [role.value for role in CONFIRMERS]
    with psql.unguarded(office, "console.appointments") as raw:
        kept = [row[0] for row in raw.execute("UPDATE console.appointments SET state = 'revoked' WHERE state = 'confirmed'"
                                              " AND role = ANY(%s) RETURNING id", (listed,))]
    yield
    with psql.unguarded(office, "console.appointments") as raw:
        raw.execute("UPDATE console.appointments SET state = 'revoked' WHERE role = ANY(%s)", (listed,))
        raw.execute("UPDATE console.appointments SET state = 'confirmed' WHERE id = ANY(%s)", (kept,))


def test_there_is_one_first_administrator(office):
    with pytest.raises(ValueError, match="ya tiene personas"), office.app.app_context():
        first_administrator(office.url, "Otro Primero", "otro@demo.interapas.example")


def test_there_is_one_first_auditor_while_somebody_confirms(office):
    with pytest.raises(ValueError, match="Ya hay quien confirma"), office.app.app_context():
        first_auditor(office.url, "Otra Contralora", "otra@demo.interapas.example")


def test_who_confirms_is_another_person_than_who_has_an_account(office, nobody_confirms):
    with pytest.raises(ValueError, match="Ese correo ya tiene un acceso"), office.app.app_context():
        first_auditor(office.url, "La Misma", office.email("administrator").upper())


def test_the_first_auditor_confirms_and_changes_the_password(office, nobody_confirms):
    password = first(office, "Primera Contralora", "Primera@demo.interapas.example")
    assert len(password) > 20
    with office.program() as raw:
        assert raw.execute(WRITTEN, ("primera@demo.interapas.example",)).fetchall() == [
            ("auditor", "confirmed", "Instalación", True)]


def test_a_confirmer_who_is_being_written_is_waited_for(office, nobody_confirms):
    with ThreadPoolExecutor(1) as pool, office.program() as raw:
        raw.execute("INSERT INTO console.appointments (person_id, role, valid_from, letter, state)"
                    " SELECT max(id), 'auditor', current_date - 1, 'DG/9', 'confirmed' FROM console.people")
        waiting = pool.submit(first, office, "Otra", "tercera@demo.interapas.example")
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.5)
        raw.commit()
        with pytest.raises(ValueError, match="Ya hay quien confirma"):
            waiting.result(timeout=10)
