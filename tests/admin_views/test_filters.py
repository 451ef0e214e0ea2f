"""Filters: what an address asks is what a person would pick by hand, and no address is a fault."""

import re
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest
from flask import g
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

import policies
from admin_views.lists import lists
from admin_views.lists.filters import FIGURE, FULL_DAY, GONE, TOO_MANY, UNKNOWN
from models import db
from models.billing import Bill
from models.corrections import CorrectionState as S
from models.customers import Account
from policies.core.typed_words import unaccented
from tests.house.addresses import screens, without_rule

HERE = ZoneInfo("America/Mexico_City")
SLOW = settings(max_examples=60, deadline=None,
                suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@contextmanager
def asking(office, role="staff"):
    with office.app.test_request_context("/"):
        g.actor = office.actor(role)
        with policies.speaks(db.session, g.actor, "test", True) as session:
            yield session


@pytest.fixture(scope="module")
def corrections(office):
    return {state: office.correction(state) for state in S}


@pytest.fixture(scope="module")
def staff(office, corrections):
    return office.client("staff")


@pytest.fixture(scope="module")
def bills(office):
    """Every bill, as plain values, for Python to choose from."""
    with asking(office) as session:
        return {bill.id: {"period_end": bill.period_end, "tariff_class": bill.tariff_class.value,
                          "balance": bill.balance, "volume": bill.volume, "folio": bill.folio,
                          "account": bill.account_id, "previous_reading_id": bill.previous_reading_id}
                for bill in session.scalars(select(Bill))}


def found(office, endpoint, pairs, role="staff"):
    view = screens(office.app)[endpoint]
    with asking(office, role) as session:
        query, _ = lists.chosen_rows(view, MultiDict(pairs))
        return [row.id for row in session.scalars(query)]


def keys(page):
    """The records that a list page shows, in its order."""
    return [int(key) for key in re.findall(r'class="row-link" href="/\w+/(\d+)/"', page.text)]


def said(page):
    return re.findall(r'class="notice warning".*?</span> (.*?)</p>', page.text)


# ---- the grammar means what Python would pick

DAYS = st.dates(date(2024, 6, 1), date(2026, 12, 31))
CENTS = st.decimals(-10, 900, places=3)


def conditions():
    """(pairs of the grammar without group, the same as a Python question)."""
    classes = st.lists(st.sampled_from(["domestic", "commercial", "industrial", "public"]),
                       min_size=1, max_size=3)
    return st.one_of(
        classes.map(lambda words: ([("tariff_class", w) for w in words],
                                   lambda row: row["tariff_class"] in words)),
        DAYS.map(lambda day: ([("period_end.min", day.isoformat())],
                              lambda row: row["period_end"] >= day)),
        DAYS.map(lambda day: ([("period_end.max", day.isoformat())],
                              lambda row: row["period_end"] <= day)),
        CENTS.map(lambda n: ([("balance.min", f"{n:f}")], lambda row: row["balance"] >= n)),
        CENTS.map(lambda n: ([("volume.max", f"{n:f}")], lambda row: row["volume"] <= n)),
        st.integers(1, 60).map(lambda n: ([("account", str(n))], lambda row: row["account"] == n)),
        st.sampled_from(["R-2025", "r-20260", "R-202610-1000", "X", "%", "_"]).map(
            lambda w: ([("folio.begins", w)],
                       lambda row: row["folio"].startswith((w, w.upper())))),
        st.just(([("account.empty", "1")], lambda row: row["account"] is None)))


def joined(group):
    """The conditions of one group, where repeating «is» on a column widens it."""
    wide, rest = {}, []
    for pairs, holds in group:
        name = pairs[0][0]
        if "." in name:
            rest.append(holds)
        else:
            wide.setdefault(name, []).append(holds)
    return lambda row: (all(any(holds(row) for holds in either) for either in wide.values())
                        and all(holds(row) for holds in rest))


@SLOW
@given(st.lists(st.lists(conditions(), min_size=1, max_size=3), min_size=1, max_size=3))
def test_and_and_or_are_those_of_python(office, bills, groups):
    pairs = [(name if place == 1 else f"{place}:{name}", text)
             for place, group in enumerate(groups, start=1) for asked, _ in group
             for name, text in asked]
    questions = [joined(group) for group in groups]
    right = {key for key, row in bills.items() if any(question(row) for question in questions)}
    assert set(found(office, "bills", pairs)) == right


def test_the_property_is_not_vacuous(office, bills):
    some = found(office, "bills", [("tariff_class", "commercial"), ("2:balance.min", "0.01")])
    assert 0 < len(some) < len(bills)


@pytest.mark.parametrize(("pairs", "states"), [
    ([("state", "draft")], {S.DRAFT}),
    ([("state", "draft"), ("state", "signed")], {S.DRAFT, S.SIGNED}),
    ([("state", "draft"), ("2:state", "applied")], {S.DRAFT, S.APPLIED}),
    ([("state", "draft"), ("eligible", "false")], set()),
    ([("submitted_at.empty", "1")], {S.DRAFT, S.WITHDRAWN}),
    ([("folio.begins", "uas-cor")], {S.SUBMITTED, S.SIGNED, S.APPLIED, S.REJECTED}),
    ([("amount.max", "-0.01")], set(S)), ([("amount.min", "0")], set())])
def test_corrections_by_condition(office, corrections, pairs, states):
    assert set(found(office, "corrections", pairs)) == {corrections[state] for state in states}


def test_a_day_is_that_of_san_luis_potosi(office, corrections):
    """Both ends count, whole, in local time."""
    at = office.scalar("SELECT drafted_at FROM console.corrections WHERE id = %s",
                       corrections[S.DRAFT]).astimezone(HERE)
    today, before = at.date().isoformat(), (at.date() - timedelta(days=1)).isoformat()
    for pairs, there in (([("drafted_at.min", today), ("drafted_at.max", today)], True),
                         ([("drafted_at", today)], True), ([("drafted_at.max", before)], False),
                         ([("drafted_at", before)], False)):
        assert (corrections[S.DRAFT] in found(office, "corrections", pairs)) is there, pairs
    assert datetime.now(HERE) - at < timedelta(hours=1)


def test_names_are_found_without_accents_by_who_reads_them(office):
    with asking(office) as session:
        holders = {row.id: row.holder_name for row in session.scalars(
            select(Account).options(*lists.personal_loading(True)))}
    right = {key for key, name in holders.items() if unaccented(name).startswith("mar")}
    assert right and set(found(office, "accounts", [("holder_name.begins", "MÁR")])) == right


# ---- what an office may not read answers nothing

def test_a_personal_column_is_no_oracle(office):
    auditor = office.client("auditor")
    plain = keys(auditor.get("/cuentas/"))
    for query in ("holder_name.begins=mar", "holder_name=x", "street.begins=a", "search_name=x",
                  "holder_name.empty=1", "2:holder_name.begins=mar"):
        page = auditor.get(f"/cuentas/?{query}")
        assert keys(page) == plain and said(page) == [UNKNOWN], query
    for query in ("orden=holder_name", "orden=-search_name", "columnas=holder_name,number"):
        page = auditor.get(f"/cuentas/?{query}")
        assert keys(page) == plain and len(said(page)) == 1, query
    assert "holder_name" not in re.sub(r'value="[^"]*"', "", auditor.get("/cuentas/").text)
    assert "password" not in office.client("administrator").get(
        "/accesos/?password.begins=a&columnas=password,fs_uniquifier").text.split("<main")[1]


def test_a_relation_is_named_only_to_who_may_open_it(office):
    view = screens(office.app)["bills"]
    with without_rule(Account), asking(office):
        assert "account" not in lists.filters_of(view)
        assert "account" not in lists.offered(view)
    with asking(office):
        assert "account" in lists.filters_of(view)


# ---- an address may say anything

NAMES = st.one_of(
    st.sampled_from(["state", "amount", "drafted_at", "account", "q", "orden", "columnas", "vista",
                     "densidad", "pagina", "campo", "como", "valor", "grupo", "id", "version"]),
    st.text(max_size=12))
WORDS = st.one_of(
    st.sampled_from(["draft", "1", "-1", "2026-02-30", "2026-11-23", "9" * 40, "NaN", "1e9", "\x00",
                     "is", "min", "$1,000.00", "folio,state", "ninguna", "junta", "-amount", "٣"]),
    st.text(max_size=20))


@SLOW
@given(st.lists(st.tuples(st.sampled_from(["", "1:", "2:", "6:", "0:"]), NAMES,
                          st.sampled_from(["", ".min", ".max", ".begins", ".empty", ".x"]), WORDS),
                max_size=8))
def test_no_address_is_a_fault_and_none_is_answered_in_english(office, staff, asked):
    query = urlencode([(group + name + test, word.encode("utf-8", "replace"))
                       for group, name, test, word in asked])
    page = staff.get(f"/correcciones/?{query}", follow_redirects=True)
    assert page.status_code == 200 and "<h1>Correcciones</h1>" in page.text
    for sentence in said(page):
        assert sentence.endswith(".") and re.search(r"muestra|aplican", sentence), sentence
    assert not re.search(r"\b(None|Invalid|must be|Traceback|not found)\b", page.text)


@pytest.mark.parametrize(("query", "sentence"), [
    ("state=nope", GONE.format("Estado")), ("nope=1", UNKNOWN), ("6:state=draft", UNKNOWN),
    ("amount.min=mil", FIGURE.format("Diferencia (MXN)", "«mil» no es una cifra; escríbala con cifras, por ejemplo 1,234.50.")), ("account=999999", GONE.format("Cuenta")),
    ("drafted_at.max=2026-02-30", FULL_DAY.format("Elaborada")), ("orden=nope", lists.NO_ORDER),
    ("columnas=folio,nope", lists.NO_COLUMN), ("densidad=x", lists.UNREAD),
    ("vista=77", lists.UNREAD), ("state.min=draft", "«Estado» no se compara")])
def test_what_is_asked_in_vain_is_said_and_the_rest_kept(staff, corrections, query, sentence):
    page = staff.get(f"/correcciones/?folio.begins=UAS&{query}")
    assert len(said(page)) == 1 and said(page)[0].startswith(sentence)
    assert len(keys(page)) == 4 and "Folio empieza con «UAS»" in page.text


def test_a_hundred_thousand_parameters_are_no_fault(staff):
    page = staff.get("/correcciones/?" + "&".join(f"state=draft&x{n}=1" for n in range(50_000)))
    assert page.status_code == 200 and TOO_MANY in page.text
    assert len(page.data) < 300_000


def test_old_links_keep_working(staff, corrections):
    assert keys(staff.get("/correcciones/?state=draft")) == [corrections[S.DRAFT]]
    assert keys(staff.get("/correcciones/?state=&q=&orden=")) == keys(staff.get("/correcciones/"))


# ---- chips, and rows typed without JavaScript

def chips(page):
    return {re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body)).replace("Quitar ", "").strip(" ×"): href
            for href, body in re.findall(r'class="chip" href="([^"]*)">(.*?)</a>', page.text, re.DOTALL)}


def test_each_condition_is_a_chip_that_takes_itself_away(staff):
    page = staff.get("/correcciones/?state=draft&state=signed&amount.min=$1,000.00&2:folio.empty=1&q=x")
    found = chips(page)
    assert set(found) == {"Busca «x»", "Estado: Borrador o Firmada",
                          "Diferencia (MXN) desde $1,000.00", "Folio: sin dato"}
    assert page.text.count("o bien</li>") == 1
    left = dict(parse_qsl(urlsplit(found["Estado: Borrador o Firmada"].replace("&amp;", "&")).query))
    assert left == {"amount.min": "1000.00", "2:folio.empty": "1", "q": "x"}
    alone = staff.get(found["Folio: sin dato"].replace("&amp;", "&"))
    assert "o bien</li>" not in alone.text and "Folio: sin dato" not in alone.text


def test_typed_rows_become_an_address_that_can_be_shared(office, staff):
    rows = [("state", "is", "Borrador", "1"), ("state", "is", "firmada", "1"), ("", "is", "", "1"),
            ("drafted_at", "min", "01/02/2026", "1"), ("account", "is", "10000001", "2"), ("account", "is", "#3", "2"),
            ("folio", "empty", "", "3"), ("eligible", "is", "sí", "3")]
    query = urlencode([pair for row in rows for pair in zip(("campo", "como", "valor", "grupo"), row,
                                                            strict=True)])
    answer = staff.get(f"/correcciones/?{query}&orden=-amount")
    account = office.scalar("SELECT id FROM commercial.accounts WHERE number = '10000001'")
    assert answer.status_code == 302 and parse_qsl(urlsplit(answer.location).query) == [
        ("state", "draft"), ("state", "signed"), ("drafted_at.min", "2026-02-01"),
        ("2:account", str(account)), ("2:account", "3"), ("3:folio.empty", "1"), ("3:eligible", "true"),
        ("orden", "-amount")]


def test_a_name_that_nothing_bears_is_said_after_the_redirect(staff):
    page = staff.get("/recibos/?campo=account&como=is&valor=77&grupo=1", follow_redirects=True)
    assert "Nada se llama «77» en «Cuenta»" in page.text and page.request.args == MultiDict(
        {"vista": "ninguna"})


def test_the_bar_carries_along_what_it_cannot_show(staff):
    """Filtering again by the bar loses none of the other conditions."""
    page = staff.get("/correcciones/?state=draft&state=signed&amount.min=5&orden=-amount&densidad=junta")
    bar = re.search(r'<form class="filters".*?</form>', page.text, re.DOTALL)[0]
    for hidden in ('name="state" value="draft"', 'name="state" value="signed"',
                   'name="amount.min" value="5"', 'name="orden" value="-amount"',
                   'name="densidad" value="junta"'):
        assert f'type="hidden" {hidden}' in bar
    assert "filter-state" not in bar and "filter-anomaly_type" in bar


def test_amounts_are_compared_as_they_are_not_rounded(office, bills):
    """A bound of half a cent is not the next cent."""
    total = max(row["balance"] for row in bills.values())
    assert found(office, "bills", [("balance.min", f"{total + Decimal('0.004')}")]) == []
    assert found(office, "bills", [("balance.max", f"{total - Decimal('0.004')}"),
                                   ("balance.min", f"{total}")]) == []
    assert found(office, "bills", [("balance.min", f"{total}")])

    def places(*pair):
        return found(office, "approval_slots", [pair], "administrator")
    second = office.scalar("SELECT min(id) FROM console.approval_slots WHERE position = 2")
    assert second in places("position.min", "1.5") and second not in places("position.max", "1.5")
    assert places("position.min", "99999999999") == []
