"""The main screens as pictures, to be looked at one by one: wide, on a telephone, and dark."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from deploy.browser import browser as chromium
from deploy.demo.people import DEMO_PASSWORD, DOMAIN
from deploy.trial import office, served

FOLDER = Path(__file__).resolve().parents[1] / "docs/screenshots"
KEPT = {"type": "jpeg", "quality": 72}   # small enough to live beside the code
SCREENS = (
    ("personal", "trabajo", "/"), ("personal", "busqueda", "/cuentas/?q=nunez"),
    ("personal", "cuenta", "/cuentas/1/"), ("personal", "recibo", "/recibos/24/"),
    ("personal", "correccion", "/correcciones/2/"),
    ("personal", "calcular", "/correcciones/2/acto/calculate/"),
    ("comercial", "bandeja", "/"), ("comercial", "firmar", "/correcciones/3/acto/sign/"),
    ("auditoria", "historia", "/correcciones/4/historia/"), ("auditoria", "bitacora", "/bitacora/"),
    ("auditoria", "verificar", "/bitacora/verificar/"),
    ("sistemas", "nombramientos", "/nombramientos/"))
LOOKS = (("ancho", 1280, "light"), ("telefono", 360, "light"), ("oscuro", 1280, "dark"))


def enter(page, address, mailbox):
    page.goto(f"{address}/entrar")
    page.fill("input[name=email]", f"{mailbox}@{DOMAIN}")
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector("h1")


def take(window, address, look, width, scheme):
    for mailbox in dict.fromkeys(screen[0] for screen in SCREENS):
        context = window.new_context(viewport={"width": width, "height": 900}, locale="es-MX",
                                     color_scheme=scheme)
        page = context.new_page()
        enter(page, address, mailbox)
        for _, name, path in (screen for screen in SCREENS if screen[0] == mailbox):
            page.goto(address + path)
            page.screenshot(path=FOLDER / f"{name}-{look}.jpg", full_page=True, **KEPT)
        context.close()


def main():
    if not chromium():
        print("Hace falta Chromium: «apt install chromium».")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with office(RIBBON="DEMOSTRACIÓN") as (app, _, _), served(app) as address, sync_playwright() as playwright:
        window = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for look in LOOKS:
            take(window, address, *look)
        window.close()
    print(f"{len(SCREENS) * len(LOOKS)} imágenes en {FOLDER}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
