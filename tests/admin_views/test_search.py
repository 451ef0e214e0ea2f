"""The one box: an official number opens its page, words find what this office may see, and no more."""

import html
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import policies

OFFICES = ("staff", "unit_head", "commercial_director", "operations_director", "works_director",
           "general_director", "auditor", "administrator")
GROUP = re.compile(r'<h2 id="found-\d+">(.*?)</h2>.*?</section>', re.DOTALL)
HIT = re.compile(r'<a class="row-name" href="([^"]+)">(.*?)</a>\s*<span class="row-note">(.*?)</span>', re.DOTALL)


@pytest.fixture(scope="module")
def applied(office):
    return office.correction("applied")


@pytest.fixture(scope="module")
def named(office):
    """People and a holder whose names bear every accent."""
    with office.program() as raw:
        raw.execute("UPDATE commercial.accounts SET holder_name = 'Íñigo Zárraga Núñez'"
                    " WHERE number = '10000020'")
        raw.execute("INSERT INTO console.people (name) VALUES ('Ángela Zárraga Güémez')")


@pytest.fixture(scope="module")
def desks(office):
    return {role: office.client(role) for role in OFFICES}


def went(client, words):
    return client.get("/buscar/", query_string={"q": words}).location


def found(client, words):
    """title → [(name, address, note)] of the page of results."""
    answer = client.get("/buscar/", query_string={"q": words})
    assert answer.status_code == 200, answer.location
    return {html.unescape(part.group(1)): [
        tuple(html.unescape(word) for word in (hit.group(2), hit.group(1), hit.group(3)))
        for hit in HIT.finditer(part.group(0))] for part in GROUP.finditer(answer.text)}


# ---- numbers

def test_an_official_number_opens_the_page_of_what_it_names(office, applied):
    staff, number = office.client("staff"), office.scalar
    bill = number("SELECT bill_id FROM console.corrections WHERE id = %s", applied)
    folio = number("SELECT folio FROM console.corrections WHERE id = %s", applied)
    note = number("SELECT folio FROM commercial.credit_notes WHERE correction_id = %s", applied)
    meter = number("SELECT m.serial FROM commercial.meters m JOIN commercial.accounts a"
                   " ON a.id = m.account_id WHERE a.number = '10000001'")
    assert went(staff, f" {folio.lower()} ") == f"/correcciones/{applied}/"
    assert went(staff, number("SELECT folio FROM commercial.bills WHERE id = %s", bill)) == f"/recibos/{bill}/"
    assert went(staff, note).startswith("/notas/")
    assert went(staff, "10000001") == went(staff, meter.lower()) == "/cuentas/1/"


def test_an_office_that_may_not_view_a_kind_is_not_led_there_by_its_number(office, desks, applied):
    folio = office.scalar("SELECT folio FROM console.corrections WHERE id = %s", applied)
    for role in OFFICES:
        rule = next(rule for rule in policies.RULES.values() if rule.model.__tablename__ == "corrections")
        sees = role in {seen.value for seen in rule.view}
        assert (went(desks[role], folio) == f"/correcciones/{applied}/") == sees, role
        assert (went(desks[role], "10000001") == "/cuentas/1/") == sees, role
    assert found(desks["administrator"], folio) == found(desks["administrator"], "10000001") == {}


def test_the_beginning_of_a_number_lists_what_begins_so(desks, applied, office):
    groups = found(desks["staff"], "1000000")
    assert [name for name, _, _ in groups["Cuentas"]] == [f"1000000{last}" for last in range(1, 9)]
    serial = office.scalar("SELECT serial FROM commercial.meters WHERE account_id = 1 ORDER BY id LIMIT 1")
    groups = found(desks["staff"], serial[:-1].lower())
    assert (serial, "/cuentas/1/", "Cuenta 10000001") in groups["Medidores"]
    assert "Correcciones" in found(desks["staff"], "uas-cor-2")
    assert "Notas de crédito y cargo" in found(desks["staff"], "nc-2")
    assert len(found(desks["staff"], "r-2")["Recibos"]) == 8


# ---- words

@pytest.mark.parametrize("words", ["zarraga", "ZÁRR", "nun inig", "íñigo   zar", "inigo\u0301 nunez"])
def test_words_find_a_holder_by_the_beginning_of_each(desks, named, words):
    assert ("10000020", "/cuentas/20/") in [
        (name, url) for name, url, _ in found(desks["staff"], words)["Cuentas"]]


@pytest.mark.parametrize("words", ["arraga", "zarragas", "inigo zzz"])
def test_the_middle_of_a_word_or_one_wrong_word_finds_nobody(desks, named, words):
    assert "Cuentas" not in found(desks["staff"], words)


@pytest.mark.parametrize("role", OFFICES)
def test_a_holders_name_finds_and_shows_only_for_who_may_read_it(office, desks, named, role):
    reads = policies.reads_personal(office.actor(role), next(
        model for model in policies.RULES if model.__tablename__ == "accounts"))
    groups = found(desks[role], "zarraga")
    assert ("Cuentas" in groups) == reads
    assert [name for name, _, _ in groups["Personas"]] == ["Ángela Zárraga Güémez"]   # a colleague
    if "Cuentas" in groups:
        assert "Íñigo Zárraga Núñez" in groups["Cuentas"][0][2]
    if policies.allows(office.actor(role), "view", next(
            model for model in policies.RULES if model.__tablename__ == "accounts")):
        ((_, _, note),) = [hit for hit in found(desks[role], "1000002")["Cuentas"] if hit[0] == "10000020"]
        assert ("Zárraga" in note) == reads and ("Í. Z. N." in note) == (not reads)


@pytest.mark.parametrize("role", OFFICES)
def test_each_office_finds_the_kinds_that_it_may_view_and_no_other(office, desks, applied, named, role):
    kinds = set()
    for words in ("zarraga", "san", "fuga", "dom", "desde", "hasta", "dg", "slp", "demo", "r-2", "uas-cor-2",
                  "nc-2", "1000", "med-0", "z"):
        kinds |= set(found(desks[role], words))
    sees = {rule.model.__title__.many for rule in policies.RULES.values()
            if policies.allows(office.actor(role), "view", rule.model)}
    assert kinds - {"Pantallas y actos"} <= sees
    for kind in {"Personas", "Colonias", "Zonas de abasto", "Nombramientos"} | (
            sees & {"Cuentas", "Medidores", "Recibos", "Correcciones", "Notas de crédito y cargo",
                    "Anomalías", "Procedimientos", "Niveles de firma", "Tarifas", "Accesos"}):
        assert kind in kinds, kind


def test_the_logs_are_not_searched(desks):
    assert not {"Bitácora", "Intentos negados", "Exportaciones"} & set(found(desks["auditor"], "accounts"))


def test_a_kind_with_more_than_eight_leads_to_the_list_that_shows_the_same(desks):
    page = desks["staff"].get("/buscar/?q=1000000").text   # nine begin so
    shown = found(desks["staff"], "1000000")
    assert 'href="/cuentas/?q=1000000">Ver todos en Cuentas</a>' in page and len(shown["Cuentas"]) == 8
    assert f"Más de {sum(map(len, shown.values()))} resultados." in page
    rows = re.findall(r'class="row-link" href="/cuentas/(\d+)/"', desks["staff"].get("/cuentas/?q=1000000").text)
    assert sorted(rows) == [str(key) for key in range(1, 10)]
    few = desks["staff"].get("/buscar/?q=1000005").text    # ten, of which sixty accounts leave ten
    assert "Ver todos en Cuentas" in few
    assert "Ver todos" not in desks["staff"].get("/buscar/?q=1000006").text


def test_the_nearest_comes_first(office, desks):
    with office.program() as raw:
        raw.execute("INSERT INTO console.people (name) VALUES ('Beatriz Xochitla'), ('Xochitla Arce'),"
                    " ('Ana Xochitla')")
    assert [name for name, _, _ in found(desks["staff"], "xochit")["Personas"]] == [
        "Xochitla Arce", "Ana Xochitla", "Beatriz Xochitla"]


# ---- screens and acts

@pytest.mark.parametrize("role", OFFICES)
def test_every_screen_and_act_that_is_offered_opens(office, desks, role):
    offered = {}
    for words in ("a", "b", "c", "d", "e", "f", "i", "m", "n", "p", "q", "r", "t", "v", "z"):
        offered |= {(name, url): note for name, url, note in found(desks[role], words).get("Pantallas y actos", ())}
    names = {name for name, _ in offered}
    assert "Mi trabajo" in names and len(offered) >= 8
    for name, url in offered:
        answer = desks[role].get(url)
        assert answer.status_code == 200 and "ya no existe" not in answer.text, (name, url)
    acts = {step.label for step in policies.ACTS.values()}
    mine = {step.label for step in policies.ACTS.values() if role in {by.value for by in step.by}}
    assert names & acts <= mine


@pytest.mark.parametrize(("role", "words", "address"), [
    ("commercial_director", "autorizar nivel", "/niveles/?state=draft"),
    ("commercial_director", "firmar", "/correcciones/?state=submitted"),
    ("unit_head", "dia inhabil", "/dias-inhabiles/?state=draft"),
    ("administrator", "nueva colonia", "/colonias/nuevo/"),
    ("auditor", "verificar bita", "/bitacora/verificar/"),
    ("staff", "iniciar", "/recibos/")])
def test_an_act_leads_to_the_list_where_it_is_taken(desks, role, words, address):
    assert address in [url for _, url, _ in found(desks[role], words)["Pantallas y actos"]]


@pytest.mark.parametrize("role", sorted(set(OFFICES) - {"administrator"}))
def test_who_may_not_make_a_record_is_not_offered_a_new_one(desks, role):
    assert "Pantallas y actos" not in found(desks[role], "nueva colonia")


# ---- the page, the fragment, the trail

def test_nothing_found_says_what_to_try(desks):
    staff = desks["staff"].get("/buscar/?q=zzqqx").text
    assert "Nada se encontró con «zzqqx»." in staff and "Revise que esté bien escrito" in staff
    assert "los nombres están reservados" not in staff
    assert "los nombres están reservados" in desks["auditor"].get("/buscar/?q=zzqqx").text
    assert "Su cargo busca en:" in desks["administrator"].get("/buscar/").text


def test_the_palette_asks_the_same_endpoint_for_the_results_alone(desks):
    answer = desks["staff"].get("/buscar/?q=10000001&parte=1")
    assert answer.status_code == 200 and "<html" not in answer.text   # never sent elsewhere: Enter goes
    first = re.search(r'<a class="finder-option" role="option"[^>]*href="([^"]+)"', answer.text)
    assert first.group(1) == "/cuentas/1/"
    assert 'data-told="' in answer.text
    many = desks["staff"].get("/buscar/?q=1000&parte=1").text
    assert many.count('href="/cuentas/') == 6   # five, and the list


def test_the_words_of_a_search_stay_out_of_the_logs(office, desks, named, caplog):
    """Whom it found is logged, as a reading; the words may be anybody's name, and auditors read none."""
    logs = ("SELECT count(*) FROM console.refusals", "SELECT count(*) FROM audit.log")
    before = [office.scalar(statement) for statement in logs]
    desks["staff"].get("/buscar/?q=zarraga")
    desks["staff"].get("/buscar/?q=zarraga&parte=1")
    assert [office.scalar(statement) for statement in logs] == before
    assert "zarraga" not in caplog.text
    assert "zarraga" not in office.scalar("SELECT string_agg(e::text, '|') FROM console.read_entries e")


ODD = st.text(alphabet=st.sampled_from(list("aá'\"&|!:*()<->\\%_\x00\x1f\u0301ñ 0-,;{}$\u200b\U0001f6b0")), max_size=40)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=ODD | st.text(max_size=60))
def test_no_words_break_the_box(desks, words):
    for role in ("staff", "auditor"):
        for part in ({}, {"parte": "1"}):
            answer = desks[role].get("/buscar/", query_string={"q": words, **part})
            assert answer.status_code in (200, 302), (words, answer.text)


@pytest.mark.parametrize("words", ["x" * 10_000, "9" * 10_000, "' OR 1=1 --", "\\", "<->", "\x00", "'':* & !",
                                   "%_\\", "", "   ", "\u0301", "<script>alert(1)</script>"])
def test_what_names_nothing_finds_nothing(desks, words):
    answer = desks["staff"].get("/buscar/", query_string={"q": words})
    assert answer.status_code == 200 and "<script>alert" not in answer.text
    assert found(desks["staff"], words) == {}


@pytest.mark.parametrize("words", ["nunez & | ! :*", "nunez:*", "(nunez)", "nunez'", "\\nunez", "nunez\x00"])
def test_operators_of_a_query_change_nothing(desks, named, words):
    assert found(desks["staff"], words) == found(desks["staff"], "nunez") != {}


def test_a_list_searches_by_the_same_words_as_the_box(desks, named):
    page = desks["administrator"].get("/personas/?q=guem ang").text
    assert "Ángela Zárraga Güémez" in page
    assert "Ángela" not in desks["administrator"].get("/personas/?q=uemez").text
