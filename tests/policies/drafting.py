"""Procedure versions walked by their acts, for the tests that need one."""

from datetime import date

from models.procedures import ProcedureVersion
from policies.core.signing_acts import content_hash
from policies.procedures import authority, drafts

LEAK = "slp-fuga-oculta"
FROM = date(2026, 12, 1)


def ruling(office, code=LEAK):
    return office.scalar("SELECT v.id FROM console.procedure_versions v JOIN console.procedures p ON p.id = v.procedure_id"
                         " WHERE p.code = %s AND v.state = 'authorized' ORDER BY v.number DESC LIMIT 1", code)


def do(office, role, step, key, which=0, **answers):
    return office.perform(role, step, key, answers, which, model=ProcedureVersion)


def draft(office, valid_from=FROM, code=LEAK):
    """A copy of the version that rules, with its authorised document."""
    key = do(office, "staff", drafts.prepare_version, ruling(office, code), valid_from=valid_from, reason="Cambia el tope.")
    do(office, "staff", drafts.attach_authorized, key, file=office.stored(f"acuerdo {key}"))
    return key


def rewrite(office, key, **changes):
    """The same content with some of its fields replaced, in the form of the file."""
    document = office.scalar("SELECT definition FROM console.procedure_versions WHERE id = %s", key)
    do(office, "staff", drafts.write_version, key, definition=document | changes, reason="Se corrige.")


def sent(office, **terms):
    key = draft(office, **terms)
    do(office, "staff", drafts.send_version, key)
    return key


def sign(office, key, role, which=0):
    with office.speaks(role, which) as session:
        seen = content_hash(session.get(ProcedureVersion, key))
    do(office, role, authority.endorse_version, key, which, seen_hash=seen, method="password")


def authorized(office, **terms):
    key = draft(office, **terms)
    authorize(office, key)
    return key


def authorize(office, key):
    do(office, "staff", drafts.send_version, key)
    for role in ("unit_head", "commercial_director"):
        sign(office, key, role)


def row(office, key, columns="state, valid_from, valid_to, revision"):
    with office.program() as raw:
        return raw.execute(f"SELECT {columns} FROM console.procedure_versions WHERE id = %s", (key,)).fetchone()
