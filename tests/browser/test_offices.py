"""What the administrator does in a browser: hires, hands over a password, drafts a band."""

import re

from admin_views.door.offices import today


def pick(page, label, typed, name):
    """Type in a picker and choose."""
    page.locator(".ts-wrapper").wait_for()
    page.get_by_role("combobox", name=label).press_sequentially(typed)
    page.locator(".ts-dropdown").get_by_role("option", name=name).click()


def go_on(page, times=1):
    """To the next step of a long form."""
    for _ in range(times):
        page.get_by_role("button", name="Siguiente").click()


def test_the_administrator_hires_a_person_and_hands_over_a_password(sit, office):
    desk = sit("administrator")
    desk.open("/personas/nuevo/")
    desk.page.get_by_label("Nombre").fill("Tomás Peñaloza Ñúñez")
    desk.page.get_by_label("En activo").check()
    desk.page.get_by_role("button", name="Guardar").click()
    assert desk.reads("Tomás Peñaloza Ñúñez")
    desk.open("/nombramientos/nuevo/")
    pick(desk.page, "Persona", "tomas pena", "Tomás Peñaloza Ñúñez")
    desk.page.get_by_label("Cargo").select_option(label="Personal administrativo")
    go_on(desk.page)
    desk.page.get_by_label("Desde").fill(str(today()))
    go_on(desk.page)
    desk.page.get_by_label("Oficio").fill("DG/2026/099")
    go_on(desk.page)
    desk.page.get_by_role("button", name="Guardar").click()
    assert desk.reads("DG/2026/099")
    desk.open("/accesos/nuevo/")
    pick(desk.page, "Persona", "tomas pena", "Tomás Peñaloza Ñúñez")
    desk.page.get_by_label("Correo").fill("Tomas@Oficina.Example")
    desk.page.get_by_label("Acceso permitido").check()
    desk.page.get_by_role("button", name="Guardar").click()
    assert desk.reads("tomas@oficina.example")
    desk.page.get_by_role("button", name="Generar contraseña nueva").click()
    desk.page.get_by_role("button", name="Sí, generar").click()
    desk.page.get_by_role("heading", name=re.compile("Contraseña nueva")).wait_for()
    password = desk.page.locator(".handed code").inner_text()
    newcomer = office.stranger()
    assert office.log_in(newcomer, "tomas@oficina.example", password).status_code == 302
    assert newcomer.get("/").location == "/contrasena"
    office.post(newcomer, "/contrasena", {"password": password, "new_password": "otra frase larga",
                                          "new_password_confirm": "otra frase larga"})
    assert "Mi trabajo" in newcomer.get("/").text


def test_a_band_without_signatures_cannot_be_authorised(sit, office):
    """What the administrator drafts is worth nothing until it is whole and the director signs."""
    desk = sit("administrator")
    desk.open("/niveles/nuevo/")
    desk.page.get_by_label("Nivel").fill("Desde $500,000.00")
    desk.page.get_by_label("Desde (MXN)").fill("$500,000.00")
    go_on(desk.page)
    desk.page.get_by_label("Vigente desde").fill("2027-01-01")
    go_on(desk.page, 2)
    desk.page.get_by_role("button", name="Guardar").click()
    assert desk.reads("$500,000.00") and desk.reads("Propuesta")
    key = re.search(r"/niveles/(\d+)/", desk.page.url).group(1)
    director = sit("commercial_director")
    director.open(f"/niveles/{key}/")
    director.page.locator("summary", has_text="¿Por qué no puedo").click()
    assert director.reads("El nivel no tiene firmas")
    state = office.scalar("SELECT state FROM console.approval_bands WHERE id = %s", int(key))
    assert state == "draft"
