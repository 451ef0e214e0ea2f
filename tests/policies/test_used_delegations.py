"""What counts as a use of a delegation: the signatures put with it, and no others."""

import psycopg
import pytest

from tests import psql
from tests.policies.test_delegations import DIRECTOR, UNIT, hired, lend, owner, signs

LETTER = "UPDATE console.delegations SET letter = 'DG/2026/099' WHERE id = %s"


@pytest.fixture
def delegate(office):
    """Somebody who signed today with a delegation of somebody who holds two offices: (delegate, holder, delegation)."""
    who, holder = hired(office, "Delegada"), hired(office, "Titular De Dos", DIRECTOR, UNIT)
    made = lend(office, who, holder=holder)
    signs(office, psql.sent(office), who)
    return who, holder, made


def refused(office, statement, key):
    with pytest.raises(psycopg.Error) as caught:
        owner(office, statement, key)
    assert caught.value.sqlstate == "AG032"


@pytest.mark.parametrize("other", ["another holder", "another office", "another letter", "other days"])
def test_a_delegation_is_used_by_its_own_signatures_alone(office, delegate, other):
    who, holder, made = delegate
    terms = {"another holder": {"holder": hired(office, "Otra Titular", DIRECTOR)}, "another office": {"role": UNIT},
             "another letter": {"letter": "DG/2026/051"}, "other days": {"first": 40, "last": 60}}[other]
    unused = lend(office, who, **{"holder": holder, **terms})
    owner(office, LETTER, unused)
    refused(office, LETTER, made)


def test_one_that_was_revoked_keeps_what_was_signed_with_it(office, delegate):
    made = delegate[2]
    owner(office, "UPDATE console.delegations SET state = 'revoked' WHERE id = %s", made)
    refused(office, LETTER, made)


def test_who_lent_one_office_decides_in_the_others(office, delegate):
    key = psql.sent(office, 1500)
    signs(office, key, delegate[1], UNIT)
    with psql.refused(office, "AG055", key):
        signs(office, key, delegate[1])
