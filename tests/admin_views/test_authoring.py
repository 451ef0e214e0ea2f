"""Writing a procedure over HTTP: saved by parts and as a file, tried on a bill, and nothing typed is lost."""

import re
from datetime import date
from html import unescape
from html.parser import HTMLParser
from io import BytesIO

import pytest

from policies.procedures import drafts
from policies.procedures.parsing import load, parse
from policies.procedures.writing import as_text
from tests.policies import drafting
from tests.policies.procedures.test_differences import SHELVES


class Fields(HTMLParser):
    """What a browser would send of a page's form, by name."""

    def __init__(self, html):
        super().__init__()
        self.sent, self.area, self.select = {}, None, None
        self.feed(html)

    def handle_starttag(self, tag, pairs):
        terms = dict(pairs)
        name, value = terms.get("name"), terms.get("value") or ""
        if tag == "textarea":
            self.area = name
            self.sent[name] = ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in terms or self.select not in self.sent):
            self.sent[self.select] = value
        elif tag == "input" and name and terms.get("type") == "checkbox" and "checked" in terms:
            self.sent.setdefault(name, []).append(value)
        elif tag == "input" and name and terms.get("type") not in ("checkbox", "file"):
            self.sent[name] = value

    def handle_data(self, data):
        if self.area:
            self.sent[self.area] += data

    def handle_endtag(self, tag):
        self.area = None if tag == "textarea" else self.area
        self.select = None if tag == "select" else self.select


def typed(page):
    return Fields(page.text.split("<main")[1].split("novalidate")[1].split("</form>")[0]).sent


@pytest.fixture(scope="module")
def staff(office):
    return office.client("staff")


@pytest.fixture
def key(office):
    return drafting.draft(office)


def content(office, key):
    return drafting.row(office, key, "definition, content_hash, reason")


def at(key, part):
    return f"/procedimientos/{key}/escribir/{part}/"


PAGES = ("identidad", "datos", "requisitos", "referencia", "calculo", "renglones", "topes", "redondeo", "evidencia",
         "firmas", "plazos", "ejemplos", "notas")


@pytest.mark.parametrize("part", PAGES)
def test_saving_a_page_untouched_changes_nothing(office, staff, key, part):
    before = content(office, key)
    answer = staff.post(at(key, part), data=typed(staff.get(at(key, part))))
    assert answer.status_code == 302 and content(office, key) == before


def test_a_cap_is_changed_by_form_and_told_in_words(office, staff, key):
    answer = staff.post(at(key, "topes"), data=typed(staff.get(at(key, "topes"))) | {"caps-0-maximum": "2"})
    assert answer.status_code == 302
    assert content(office, key)[0]["caps"][0]["maximum"] == "2"
    page = unescape(staff.get(f"/procedimientos/{key}/").text)
    assert "El máximo de «Un ajuste por cuenta en 12 meses» pasa de 1 a 2." in page
    assert "El ejemplo 4 no sale" in page


def test_a_mistake_keeps_what_was_typed_and_says_row_field_and_mend(office, staff, key):
    before = content(office, key)
    sent = typed(staff.get(at(key, "topes"))) | {
        "caps-0-maximum": "2 *", "caps-1-kind": "max_amount", "caps-1-of": "correcte_volume", "caps-1-maximum": "10",
        "reason": "Texto que no se pierde"}
    answer = staff.post(at(key, "topes"), data=sent)
    page = unescape(answer.text)
    assert answer.status_code == 422 and content(office, key) == before
    assert "Tope 1, Máximo: La fórmula «2 *» no se puede usar" in page
    assert 'value="2 *"' in page and 'value="correcte_volume"' in page and "Texto que no se pierde" in page
    answer = staff.post(at(key, "topes"), data=typed(answer) | {"caps-0-maximum": "2"})
    assert answer.status_code == 422
    assert "Tope 2, usa «correcte_volume», que nadie declara" in unescape(answer.text)


@pytest.mark.parametrize(("part", "name", "value", "said"), [
    ("identidad", "valid_from", "", "Diga desde qué día regirá"), ("identidad", "name", "", "falta este campo"),
    ("redondeo", "rounding-step", "0,5", "se puede leer como 0.5 o como 5"), ("datos", "inputs-0-when", "leak", "nombre: valor"),
    ("ejemplos", "worked_examples-0-history", "14, {", "no se entiende"),
    ("ejemplos", "worked_examples-0-expected", "corregido: 14", "no calcula"),
    ("requisitos", "eligibility-1-value", "= 2 * baselin", "baselin"), ("calculo", "result-kind", "tax", "corrija el resultado"),
    ("firmas", "approval-0-level", "uno", "«uno» no es una cifra"), ("referencia", "baseline-0-window-last", "6", "corrija el paso")])
def test_each_mistake_has_its_sentence_and_stays_on_the_page(office, staff, key, part, name, value, said):
    before = content(office, key)
    answer = staff.post(at(key, part), data=typed(staff.get(at(key, part))) | {name: value})
    assert answer.status_code in (409, 422) and said in unescape(answer.text)
    assert typed(answer)[name] == value and content(office, key) == before


def test_signers_are_chosen_by_their_names_without_script(office, staff, key):
    page = staff.get(at(key, "firmas"))
    assert '<option value="general_director">Dirección General</option>' in page.text
    sent = typed(page) | {"approval-0-office": "general_director", "approval-0-deputies": ["unit_head", "commercial_director"]}
    assert staff.post(at(key, "firmas"), data=sent).status_code == 302
    (level,) = content(office, key)[0]["approval"]
    assert (level["office"], level["deputies"]) == ("general_director", ["unit_head", "commercial_director"])
    assert typed(staff.get(at(key, "firmas")))["approval-0-deputies"] == ["unit_head", "commercial_director"]
    told = unescape(staff.get(f"/procedimientos/{key}/").text)
    assert "El cargo de la firma 1 pasa de «Dirección de Comercialización» a «Dirección General»." in told
    page = staff.get(at(key, "renglones")).text
    assert 'list="lines-0-service-known"' in page and '<option value="sanitation">Saneamiento</option>' in page


def test_a_row_is_added_without_script_and_nothing_is_saved(office, staff, key):
    before = content(office, key)
    answer = staff.post(at(key, "evidencia"), data=typed(staff.get(at(key, "evidencia"))) | {
        "more": "evidence", "evidence-0-label": "otro nombre"})
    assert answer.status_code == 200 and content(office, key) == before
    assert {"evidence-3-kind", "evidence-4-kind"} <= typed(answer).keys() and "otro nombre" in answer.text


def test_examples_turn_red_and_green_before_anything_is_saved(office, staff, key):
    before, page = content(office, key), staff.get(at(key, "calculo"))
    assert "Todos salen" in page.text
    looked = staff.post(at(key, "calculo"), data=typed(page) | {"computation-0-expr": "baseline + 1", "look": "1"})
    text = unescape(looked.text)
    assert "2 no salen" in text and "por 1" in text and content(office, key) == before
    assert "Todos salen" in staff.post(at(key, "calculo"), data=typed(looked) | {"computation-0-expr": "baseline", "look": "1"}).text


def folio(office):
    return office.scalar("SELECT folio FROM commercial.bills WHERE id = %s", office.leak_bill())


def test_a_version_is_tried_on_a_real_bill_and_nothing_is_written(office, staff, key):
    terms = {"recibo": folio(office), "caso-leak.repaired": "True"}
    page = unescape(staff.get(f"/procedimientos/{key}/probar/", query_string=terms).text)
    assert "Procede: a favor del usuario" in page and "$500.82" in page and "Memoria de cálculo" in page
    page = unescape(staff.get(f"/procedimientos/{key}/probar/", query_string=terms | {"caso-leak.repaired": "False"}).text)
    assert "No procede" in page and "La fuga debe estar reparada" in page
    assert "Ese recibo no existe" in staff.get(f"/procedimientos/{key}/probar/", query_string={"recibo": "nada"}).text
    sent = typed(staff.get(at(key, "requisitos"))) | terms | {"look": "1", "eligibility-1-value": "= 3 * baseline"}
    assert "No procede" in staff.post(at(key, "requisitos"), data=sent).text


def test_the_bill_may_be_chosen_from_those_that_the_picker_offers(office, staff, key):
    path, bill = f"/procedimientos/{key}/probar/", folio(office)
    address = re.search(r'data-picker="([^"]+)"', staff.get(path).text)[1]
    (offered,) = staff.get(address, query_string={"q": bill.lower()}).json
    assert offered["text"] == bill
    chosen = {"recibo-key": offered["value"], "caso-leak.repaired": "True"}
    page = unescape(staff.get(path, query_string=chosen).text)
    assert "$500.82" in page and f'value="{bill}"' in page          # and stays chosen
    assert "Ese recibo no existe" in staff.get(path, query_string=chosen | {"recibo": "R-1"}).text     # what is typed rules
    for odd in ("nada", "²", "-1", "9" * 12, "0"):
        assert "Ese recibo no existe" in staff.get(path, query_string={"recibo-key": odd}).text


def test_the_file_on_screen_is_the_content_and_may_be_edited(office, staff, key):
    path, before = f"/procedimientos/{key}/archivo/", content(office, key)
    page = staff.get(path)
    assert staff.post(path, data=typed(page)).status_code == 302 and content(office, key)[:2] == before[:2]
    text = typed(page)["text"].replace("maximum: '1'", "maximum: 3")
    assert staff.post(path, data=typed(staff.get(path)) | {"text": text}).status_code == 302
    assert content(office, key)[0]["caps"][0]["maximum"] == "3"
    download = staff.get(f"/procedimientos/{key}/archivo.yaml")
    assert "attachment" in download.headers["Content-Disposition"]
    assert "maximum: '3'" in download.text


@pytest.mark.parametrize(("text", "said"), [
    ("a: [", "no es YAML válido"), ("code: slp-fuga-oculta\nnombre: x", "no existe ese campo"), ("[]", "bloque"),
    ("x: 1\nx: 2", "repetido")])
def test_a_file_with_mistakes_is_refused_whole_and_kept_on_the_page(office, staff, key, text, said):
    before, path = content(office, key), f"/procedimientos/{key}/archivo/"
    answer = staff.post(path, data=typed(staff.get(path)) | {"text": text})
    assert answer.status_code == 422 and said in unescape(answer.text)
    assert typed(answer)["text"] == text and content(office, key) == before


def test_two_who_write_at_once_do_not_lose_each_others_words(office, staff, key):
    page = staff.get(at(key, "notas"))
    drafting.rewrite(office, key, notes=["de otra persona"])
    answer = staff.post(at(key, "notas"), data=typed(page) | {"notes": "la mía"})
    assert answer.status_code == 409 and "la mía" in answer.text
    assert content(office, key)[0]["notes"] == ["de otra persona"]


def test_only_who_drafts_writes_and_only_a_draft(office, staff, key):
    for role in ("unit_head", "commercial_director", "auditor"):
        client = office.client(role)
        assert client.get(at(key, "topes")).status_code == 403
        assert client.get(f"/procedimientos/{key}/archivo/").status_code == 200
        assert client.get("/procedimientos/biblioteca/").status_code == 403
    ruled = drafting.ruling(office)
    assert staff.get(at(ruled, "topes")).status_code == 409
    assert staff.get(at(key, "nada")).status_code == 404


def adopt(staff, **typed_in):
    page = staff.get("/procedimientos/biblioteca/")
    return staff.post("/procedimientos/biblioteca/", data=typed(page) | {
        "entry": "us-nc-pamlico-leak", "code": "slp-fuga-adoptada", "called": "Fuga adoptada", "valid_from": "2027-01-01",
        "reason": "La norma del condado"} | typed_in)


def test_a_published_procedure_is_adopted_and_what_it_lacks_is_said(office, staff):
    answer = adopt(staff)
    assert answer.status_code == 302
    key = int(re.search(r"/procedimientos/(\d+)/", answer.location)[1])
    page = unescape(staff.get(f"/procedimientos/{key}/").text)
    assert "Falta unidades en m³ y MXN (units)" in page and "Falta la evidencia (evidence)" in page
    assert "Falta el documento autorizado" in page
    again = adopt(staff)
    assert again.status_code == 422 and "Esa clave ya es de otro procedimiento" in again.text
    assert "Use minúsculas" in adopt(staff, code="SLP Fuga").text


def load_file(staff, text, reason="Se carga."):
    page = staff.get("/procedimientos/cargar/")
    return staff.post("/procedimientos/cargar/", data=typed(page) | {
        "reason": reason, "file": (BytesIO(text.encode()), "nuevo.yaml")}, content_type="multipart/form-data")


def test_a_file_begins_the_next_version_or_a_new_procedure(office, staff):
    definition = load(SHELVES / "adopted/slp-medidor-danado.yaml")
    answer = load_file(staff, as_text(definition))
    key = int(re.search(r"/procedimientos/(\d+)/", answer.location)[1])
    assert drafting.row(office, key, "number, state") == (2, "draft")
    fresh = parse(definition.as_document() | {"code": "slp-nuevo", "valid_from": "2027-01-01"})
    assert load_file(staff, as_text(fresh)).status_code == 302


def test_a_file_with_mistakes_loads_nothing_and_says_each(office, staff):
    count = "SELECT count(*) FROM console.procedure_versions"
    before = office.scalar(count)
    text = as_text(load(SHELVES / "adopted/slp-medidor-danado.yaml"))
    answer = load_file(staff, text.replace("treatment: correct", "treatment: correcto").replace("version: 1", "version: uno"))
    said = unescape(answer.text)
    assert answer.status_code == 422 and "nuevo.yaml: version (renglón 3): debe ser un número entero" in said
    assert "lines[0].treatment" in said and "Se carga." in said and office.scalar(count) == before
    assert "Elija el archivo" in staff.post("/procedimientos/cargar/", data=typed(staff.get("/procedimientos/cargar/"))).text


def test_the_signers_page_says_what_changes_and_shows_its_hash(office, staff, key):
    drafting.rewrite(office, key, notes=["Acuerdo 12 de la junta"])
    drafting.do(office, "staff", drafts.send_version, key)
    page = unescape(office.client("unit_head").get(f"/procedimientos/{key}/acto/endorse_version/").text)
    assert "Se agrega a las notas: Acuerdo 12 de la junta." in page and "Documento autorizado" in page
    seen = office.scalar("SELECT console.content_hash('procedure_versions', %s)", key)
    assert f'name="seen_hash" value="{seen}"' in page and "Todos salen" in page


def test_days_left_to_no_version_are_told_to_who_drafts_and_to_who_signs(office, staff):
    former = drafting.draft(office, code="slp-dias-sin-servicio")
    drafting.rewrite(office, former, valid_to="2026-12-31")
    drafting.authorize(office, former)
    key = drafting.draft(office, code="slp-dias-sin-servicio", valid_from=date(2027, 1, 1))
    warning = "Del 01/ene/2027 al 14/ene/2027 no rige ninguna versión"
    page = staff.get(at(key, "identidad"))
    assert warning not in page.text
    assert warning in staff.post(at(key, "identidad"), data=typed(page) | {"valid_from": "2027-01-15", "look": "1"}).text
    drafting.rewrite(office, key, valid_from="2027-01-15")
    assert warning in staff.get(f"/procedimientos/{key}/").text
    drafting.do(office, "staff", drafts.send_version, key)
    assert warning in office.client("unit_head").get(f"/procedimientos/{key}/acto/endorse_version/").text


def test_any_two_versions_may_be_compared(office, staff, key):
    other = drafting.draft(office)
    drafting.rewrite(office, other, notes=["solo en la otra"])
    page = unescape(staff.get(f"/procedimientos/{key}/?contra={other}").text)
    assert "Se quita de las notas: solo en la otra." in page


def test_the_authorised_document_comes_back_as_it_was_stored(office, staff, key):
    with staff.get(f"/procedimientos/{key}/documento/") as answer:
        assert answer.status_code == 200 and answer.data.startswith(b"%PDF-1.4")
