"""The story on the screens: who did what and when, in words, for every office that reads the record."""

import re

import psycopg
import pytest

from admin_views.records import codes
from models.base.people import Role
from policies.corrections.acts import detach

READERS = ("staff", "unit_head", "commercial_director", "general_director", "auditor")


@pytest.fixture(scope="module")
def applied(office):
    return office.correction("applied")


def steps(page):
    return re.findall(r'<li class="moment">\s*<h2>([^<]+)</h2>', page.text)


@pytest.mark.parametrize("role", READERS)
def test_every_reader_of_a_correction_reads_its_whole_story(office, applied, role):
    page = office.client(role).get(f"/correcciones/{applied}/historia/")
    assert steps(page) == ["Aplicar", "Firmar", "Enviar a firma", "Agregar evidencia",
                           "Capturar datos y calcular", "Iniciar corrección"]
    assert office.actor("commercial_director").name in page.text and "Dirección de Comercialización" in page.text


def test_codes_are_said_in_words(office, applied):
    page = office.client("unit_head").get(f"/correcciones/{applied}/historia/").text
    assert "Prueba de identidad" in page and "<td>Contraseña</td>" in page and "<td>password</td>" not in page
    assert "<td>Factura de la reparación</td>" in page and "repair_invoice" not in page
    assert "La fuga está reparada: Sí" in page and "leak.repaired" not in page
    assert "Renglón de Agua potable: alta" in page


def test_an_area_says_what_its_codes_mean(office):
    assert codes.of_list("corrections", "effects", ["credit_note"]) == ["nota de crédito"]
    assert codes.of_list("signature_places", "deputies", ["unit_head"]) == [Role.UNIT_HEAD.label]
    assert codes.of_list("corrections", "refusals", ["a"] * 4) == codes.of_list("x", "y", [{}] * 4) == "4 renglones"
    assert codes.of_object("procedure_versions", "definition", {"code": 1, "name": 2}) == "2 apartados"
    assert codes.of_object("corrections", "accumulated", {"since": "2026-01-01"}) == {"Desde": "2026-01-01"}
    assert codes.of_object("letter_templates", "undeclared", {"since": 1}) == {"since": 1}


def test_the_record_page_tells_the_last_steps_and_leads_to_the_rest(office, applied):
    page = office.client("commercial_director").get(f"/correcciones/{applied}/").text
    told = re.findall(r'<p class="moment-head"><strong>([^<]+)</strong>', page)
    assert told[0] == "Aplicar" and told[-1] == "Iniciar corrección"
    assert "Estado: Firmada → Aplicada" in page
    assert f'href="/correcciones/{applied}/historia/"' in page


def test_a_document_that_was_removed_is_in_the_story(office):
    draft = office.draft()
    office.prove(draft)
    evidence = office.scalar("SELECT id FROM console.attachments WHERE subject = 'corrections' AND subject_id = %s", draft)
    office.perform("staff", detach, draft, {"document": str(evidence)})
    page = office.client("auditor").get(f"/correcciones/{draft}/historia/")
    assert steps(page)[:2] == ["Quitar evidencia", "Agregar evidencia"]
    assert "Evidencia: baja" in page.text and "factura.pdf" not in page.text


def test_a_record_that_came_in_a_load_says_so(office):
    page = office.client("staff").get("/cuentas/2/")
    assert page.status_code == 200 and "llegó completo, en una carga" in page.text
    assert "no tiene cambios de este registro" in office.client("staff").get("/cuentas/2/historia/").text


def test_a_personal_change_is_told_without_its_value(office):
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("SELECT set_config('application_name', 'psql', false)")
        owner.execute("UPDATE commercial.accounts SET street = 'Callejón Ocelote 7' WHERE id = 3")
    staff, auditor = (office.client(role).get("/cuentas/3/historia/").text for role in ("staff", "auditor"))
    assert "Domicilio" in staff and "reservado (" in staff
    assert "Domicilio" not in auditor and "cambió un dato que su cargo no consulta" in auditor
    for page in (staff, auditor):
        assert "Ocelote" not in page and "programa psql" in page


def test_an_accounts_story_tells_of_its_corrections_by_their_folio(office, applied):
    account = office.scalar("SELECT account_id FROM console.corrections WHERE id = %s", applied)
    folio = office.scalar("SELECT folio FROM console.corrections WHERE id = %s", applied)
    page = office.client("staff").get(f"/cuentas/{account}/historia/").text
    assert f"Corrección {folio}: cambio" in page and "<h2>Aplicar</h2>" in page


def test_a_catalogues_story_says_who_changed_what(office):
    admin = office.client("administrator")
    page = admin.get("/colonias/1/editar/")
    name = office.scalar("SELECT name FROM console.neighborhoods WHERE id = 1")
    municipality = office.scalar("SELECT municipality_id FROM console.neighborhoods WHERE id = 1")
    version = re.search(r'name="version" value="(\d+)"', page.text)[1]
    admin.post("/colonias/1/editar/", data={"csrf_token": office.token(page), "version": version,
                                            "name": f"{name} Nueva", "municipality_id": municipality})
    told = office.client("works_director").get("/colonias/1/").text
    assert f"Colonia: {name} → {name} Nueva" in told and office.actor("administrator").name in told


def test_logs_tell_of_themselves_and_have_no_story(office):
    auditor = office.client("auditor")
    auditor.get("/recibos/nuevo/")
    key = office.scalar("SELECT max(id) FROM console.refusals")
    assert "<h2>Historia</h2>" not in auditor.get(f"/negados/{key}/").text
    assert auditor.get(f"/negados/{key}/historia/").status_code == 200


def test_the_readings_of_others_stay_the_auditors(office):
    """Who looked at whose data is no part of any story."""
    office.client("staff").get("/cuentas/5/")
    assert office.scalar("SELECT count(*) FROM console.read_entries WHERE row_id = 5") > 0
    page = office.client("unit_head").get("/cuentas/5/historia/").text
    assert "no tiene cambios de este registro" in page
    assert office.client("unit_head").get("/consultas/").status_code == 403
