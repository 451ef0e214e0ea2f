"""A list from a file in a real browser: every step usable by everybody, and back by its button."""

import pytest

from tests.browser.axe import violations

LOOKS = {"ancho claro": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
         "teléfono oscuro": {"viewport": {"width": 360, "height": 800}, "color_scheme": "dark"},
         "sin JavaScript": {"viewport": {"width": 1280, "height": 900}, "java_script_enabled": False}}


def fits(person):
    """Axe finds nothing and the page does not scroll sideways."""
    assert violations(person.page) == []
    assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("look", LOOKS)
def test_a_list_is_imported_and_taken_back(sit, office, tmp_path, look):
    town = office.scalar("SELECT name FROM console.municipalities ORDER BY id LIMIT 1")
    file = tmp_path / "colonias.csv"
    file.write_bytes(f"Nombre;Municipio\nÑandúes {look};{town}\nSin lugar;Nadie\n".encode("cp1252"))
    person, check = sit("administrator", **LOOKS[look]), fits if look != "sin JavaScript" else lambda person: None
    page = person.page
    person.open("/colonias/")
    person.press("Importar")
    check(person)
    page.get_by_label("Archivo").set_input_files(file)
    person.press("Subir y ver columnas")
    assert person.reads("El archivo venía en Latin-1") and person.reads(f"Ñandúes {look}")
    check(person)
    person.press("Revisar los renglones")
    assert person.reads("elija en qué columna de su archivo viene")
    check(person)
    page.get_by_label("Colonia").select_option("A · Nombre")
    person.press("Revisar los renglones")
    assert person.reads("1 renglón se puede importar; 1 no.") and person.reads("Nadie ni nada se llama «Nadie».")
    check(person)
    page.get_by_label("Dejar fuera 1 renglón con error").check()
    person.press("Importar 1 renglón")
    assert person.reads("Importación hecha: 1 renglón.") and person.heading() == "colonias.csv (1 renglón)"
    check(person)
    person.press("Deshacer importación")
    assert person.reads("La bitácora los conserva")
    check(person)
    page.locator("main button[type=submit]").click()
    if look != "sin JavaScript":
        page.get_by_role("button", name="Sí, deshacer importación").click()
    assert person.reads("Esta importación se deshizo")
    assert office.scalar("SELECT count(*) FROM console.neighborhoods WHERE name = %s", f"Ñandúes {look}") == 0
    assert [fault for fault in person.faults if "422" not in fault] == []   # a form sent back with its errors
