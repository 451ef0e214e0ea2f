"""The menu of each office: nine entries at most, what it does daily first, and nothing lost."""

import re

import pytest

from admin_views.core.menu import MOST_ENTRIES
from models.base.people import Role


def test_what_an_office_does_daily_stands_first_in_its_menu(office):
    for role, first in (("staff", "Cuentas y recibos"), ("commercial_director", "Correcciones"),
                        ("auditor", "Bitácora"), ("administrator", "Personas y cargos")):
        assert menu_of(office, role)[1] == first


def menu_of(office, role):
    side = office.client(role).get("/").text.split('<nav class="side"')[1].split("</nav>")[0]
    return re.findall(r"<li[^>]*><a[^>]*>(?:<span>)?([^<]+)", side)


@pytest.mark.parametrize("role", list(Role))
def test_a_menu_has_nine_entries_at_most_and_ends_with_all_there_is(office, role):
    named = menu_of(office, role)
    assert named[0] == "Mi trabajo" and named[-1] == "Todo lo que hay"
    assert len(named) == len(set(named)) <= MOST_ENTRIES
