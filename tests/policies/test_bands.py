"""Amount bands: one office drafts, another decides, and no two rule the same amount."""

from datetime import date

import psycopg
import pytest

import policies
from models.bands import ApprovalBand, ApprovalSlot
from models.base.people import Role
from policies.bands import authorize_band, retire_band

PROOF = {"method": "password"}


def drafted(office, low, high, first="2026-01-01", last=None, signer=Role.UNIT_HEAD):
    with office.speaks("administrator") as session:
        band = ApprovalBand(name=f"De {low} a {high}", from_amount=low, to_amount=high,
                            valid_from=date.fromisoformat(first), valid_to=last and date.fromisoformat(last))
        session.add(band)
        session.flush()
        if signer:
            session.add(ApprovalSlot(band_id=band.id, position=1, role=signer))
        session.commit()
        return band.id


def state(office, key):
    return office.scalar("SELECT state FROM console.approval_bands WHERE id = %s", key)


@pytest.mark.parametrize("terms, said", [
    (dict(low=0, high=500), "Ya rige «Hasta $1,000.00»"), (dict(low=999, high=1000), "Ya rige"),
    (dict(low=5000, high=None), "Ya rige"), (dict(low=0, high=None, first="2030-01-01"), "Ya rige"),
    (dict(low=0, high=1, last="2026-01-01"), "Ya rige"),
    (dict(low=0, high=1, first="1990-01-01", last="1990-12-31", signer=None), "no tiene firmas"),
    (dict(low=0, high=1, first="1990-01-01", last="1990-12-31", signer=Role.STAFF), "no firma correcciones")])
def test_a_band_that_cannot_rule_alone_is_not_authorised(office, terms, said):
    key = drafted(office, **terms)
    with pytest.raises(policies.Broken, match=said.replace("$", r"\$")):
        office.perform("commercial_director", authorize_band, key, PROOF, model=ApprovalBand)
    assert state(office, key) == "draft"


def test_a_band_is_replaced_by_retiring_the_former(office):
    former = office.scalar("SELECT id FROM console.approval_bands WHERE from_amount = 1000")
    key = drafted(office, 1000, 10000)
    office.perform("commercial_director", retire_band, former, PROOF, model=ApprovalBand)
    office.perform("commercial_director", authorize_band, key, PROOF, model=ApprovalBand)
    assert (state(office, former), state(office, key)) == ("retired", "in_force")
    assert office.scalar("SELECT string_agg(role, ',') FROM console.required_slots(1500, current_date)") == "unit_head"


def test_a_band_of_other_years_stands_beside(office):
    key = drafted(office, 0, None, "1990-01-01", "1990-12-31")
    office.perform("commercial_director", authorize_band, key, PROOF, model=ApprovalBand)
    assert state(office, key) == "in_force"


@pytest.mark.parametrize("role", ["administrator", "staff", "unit_head", "auditor"])
def test_nobody_else_authorises_and_the_administrator_never_decides_alone(office, role):
    key = drafted(office, 0, 1, "1980-01-01", "1980-12-31")
    with pytest.raises(psycopg.Error) as caught, office.program(role) as raw:
        raw.execute("UPDATE console.approval_bands SET state = 'in_force' WHERE id = %s", (key,))
    assert caught.value.sqlstate == "42501" and state(office, key) == "draft"


@pytest.mark.parametrize("statement", [
    "UPDATE console.approval_bands SET to_amount = 5 WHERE from_amount = 0 AND state = 'in_force'",
    "UPDATE console.approval_slots SET role = 'staff'", "DELETE FROM console.approval_slots",
    "INSERT INTO console.approval_slots (band_id, position, role) SELECT id, 9, 'unit_head'"
    " FROM console.approval_bands WHERE state = 'in_force'"])
def test_what_rules_stands_still(office, statement):
    before = office.scalar("SELECT count(*) FROM console.required_slots(20, current_date)")
    for role in ("administrator", None):
        with pytest.raises(psycopg.Error) as caught, office.program(role) as raw:
            raw.execute(statement)
        assert caught.value.sqlstate == "AG002"
    assert office.scalar("SELECT count(*) FROM console.required_slots(20, current_date)") == before
