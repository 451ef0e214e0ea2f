"""Every screen of the offices that prepare and sign: axe, Spanish, width, CSP, no dead link."""

import pytest

from models.corrections import CorrectionState
from tests.browser.walk import walk


@pytest.fixture(scope="module", autouse=True)
def work(office):
    """A correction in each state, so that every page has what to show."""
    for state in CorrectionState:
        office.correction(state)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ["staff", "unit_head", "commercial_director", "general_director"])
def test_every_screen_is_clean(sit, office, role):
    found, read = walk(sit, office, role)
    assert found == {} and read > 15
