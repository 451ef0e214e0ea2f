"""A batch from its filter to its notes: computed and applied by the worker, signed once."""

import pytest

from models.batches import BatchState as B
from tests.policies.batches import Batches


@pytest.fixture(scope="module")
def batches(office):
    return Batches(office)


def test_every_bill_of_the_month_gets_its_own_note(batches):
    key = batches.applied(back=3)
    bills, proceeding, amount = batches.figures(key)
    assert batches.state(key) == B.APPLIED, batches.trouble(key)
    assert bills > 30 and proceeding > 30 and amount < 0
    assert batches.notes(key) == (proceeding, proceeding, amount)
