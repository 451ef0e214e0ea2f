"""What a very long list needs before it orders or narrows by what no index answers."""

import html
import re

import pytest

from admin_views.core.screens import screens
from admin_views.lists import narrowing


@pytest.fixture
def long(monkeypatch):
    """Every list is taken for a long one."""
    monkeypatch.setattr(narrowing, "is_long", lambda model: True)


def first_step(page):
    found = re.search(r'class="first-step"><a class="button" href="([^"]+)">([^<]+)<', page.text)
    return found and (html.unescape(found[1]), found[2])


def rows(page):
    return len(re.findall(r'class="row-link"', page.text))


def test_an_order_without_an_index_asks_for_a_month_and_offers_the_last_one(office, long):
    staff = office.client("staff")
    page = staff.get("/recibos/?orden=-total&q=R-2026&columnas=folio,total")
    assert page.status_code == 200 and rows(page) == 25 and "aria-sort" not in page.text
    assert ("Esta lista pasa de 100,000 registros: para ordenar por «Total» elija antes un mes de «Periodo hasta» o "
            "«Cuenta». Se muestra sin ello.") in page.text
    address, label = first_step(page)
    assert label == "Pedirlo para oct/2026"
    there = staff.get(address)
    assert 'aria-sort="descending"' in there.text and first_step(there) is None and "pasa de" not in there.text
    shown = [float(text.replace(",", "")) for text in re.findall(r'data-label="Total" class="figure">\$?([\d,.]+)', there.text)]
    assert len(shown) == 25 and shown == sorted(shown, reverse=True)


def test_a_filter_without_an_index_asks_for_a_month_and_keeps_the_others(office, long):
    staff = office.client("staff")
    page = staff.get("/recibos/?tariff_class=commercial&balance.min=1&2:volume.min=50")
    assert "filtrar por «Uso facturado» y «Consumo (m³)»" in page.text and "Quitar </span>Saldo" in page.text
    assert "Quitar </span>Uso facturado" not in page.text
    there = staff.get(first_step(page)[0])
    assert "Quitar </span>Uso facturado" in there.text and "Quitar </span>Consumo" in there.text
    assert there.text.count("Quitar </span>Periodo hasta") == 4 and "pasa de" not in there.text


@pytest.mark.parametrize("query", [
    "orden=total&account=1", "total.min=5&account=1", "orden=total&period_end.min=2026-10-01&period_end.max=2026-10-31",
    "orden=-total&period_end=2026-10-31", "orden=-period_end&balance.min=5", "orden=folio"])
def test_what_leaves_few_rows_or_has_an_index_is_done_at_once(office, long, query):
    page = office.client("staff").get(f"/recibos/?{query}")
    assert "pasa de" not in page.text and first_step(page) is None


@pytest.mark.parametrize("query", [
    "orden=total&period_end.min=2026-08-01&period_end.max=2026-10-31", "orden=total&period_end.min=2026-10-01",
    "orden=total&account=1&2:balance.min=5", "orden=total&period_end.empty=1"])
def test_more_than_a_month_is_not_few(office, long, query):
    assert "pasa de" in office.client("staff").get(f"/recibos/?{query}").text


def test_a_list_that_nothing_narrows_says_so(office, long):
    page = office.client("staff").get("/colonias/?orden=name")
    assert "no se puede ordenar por «Colonia»; se muestra sin ello." in page.text and first_step(page) is None


def test_a_short_list_does_all_that_it_is_asked(office):
    page = office.client("staff").get("/recibos/?orden=-total&tariff_class=commercial&volume.min=1")
    assert "pasa de" not in page.text and 'aria-sort="descending"' in page.text


def test_the_length_of_a_list_is_what_postgresql_counted(office):
    with office.speaks("staff", read_only=True):
        model = screens()["bills"].model
        assert not narrowing.is_long(model)
    with office.program() as raw:
        raw.execute("SELECT pg_restore_relation_stats('schemaname', 'commercial', 'relname', 'bills', 'relpages', 9,"
                    " 'reltuples', 4800000::real)")
    with office.speaks("staff", read_only=True):
        assert narrowing.is_long(model)
