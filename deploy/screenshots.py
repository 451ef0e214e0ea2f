"""The main screens as pictures, to be looked at one by one: wide, on a telephone, and dark."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from deploy.browser import browser as chromium
from deploy.demo.people import DEMO_PASSWORD, DOMAIN
from deploy.trial import office, served

FOLDER = Path(__file__).resolve().parents[1] / "docs/screenshots"
KEPT = {"type": "jpeg", "quality": 72}   # small enough to live beside the code
# (mailbox, name, address, looks): looked at one by one, and shown in the README.
SCREENS = (
    ("personal", "trabajo", "/", "wide phone dark"),
    ("personal", "cuenta", "/cuentas/1/", "wide phone"),
    ("personal", "lista", "/correcciones/?state=draft&state=signed&2:amount.min=1000", "wide phone"),
    ("personal", "correccion", "/correcciones/2/", "wide phone dark"),
    ("personal", "capturar", "/correcciones/2/acto/calculate/", "wide"),
    ("personal", "buscar", "/buscar/?q=nunez", "wide"),
    ("personal", "cuadros", "/correcciones/cuadros/", "wide dark"),
    ("personal", "procedimiento", "/procedimientos/4/", "wide phone"),
    ("personal", "biblioteca", "/procedimientos/biblioteca/", "wide"),
    ("personal", "comprobantes", "/comprobantes/", "wide"),
    ("comercial", "decisiones", "/", "wide phone"),
    ("comercial", "firmar", "/correcciones/3/acto/sign/", "wide phone"),
    ("auditoria", "revisiones", "/", "wide"), ("auditoria", "historia", "/correcciones/4/historia/", "wide"),
    ("sistemas", "sistemas", "/", "wide"), ("sistemas", "nombramiento", "/nombramientos/nuevo/", "wide"),
    ("sistemas", "importar", "/colonias/importar/", "wide"))
LOOKS = {"wide": (1280, "light"), "phone": (360, "light"), "dark": (1280, "dark")}


def enter(page, address, mailbox):
    """Log in as somebody of the demonstration."""
    page.goto(f"{address}/entrar")
    page.fill("input[name=email]", f"{mailbox}@{DOMAIN}")
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector("h1")


def take(window, address, look):
    """The first screenful of each screen of that look; how many pictures were taken."""
    width, scheme = LOOKS[look]
    wanted = [screen for screen in SCREENS if look in screen[3].split()]
    for mailbox in dict.fromkeys(screen[0] for screen in wanted):
        context = window.new_context(viewport={"width": width, "height": 900}, locale="es-MX",
                                     color_scheme=scheme)
        page = context.new_page()
        enter(page, address, mailbox)
        for _, name, path, _ in (screen for screen in wanted if screen[0] == mailbox):
            page.goto(address + path, wait_until="networkidle")
            page.screenshot(path=FOLDER / f"{name}-{look}.jpg", **KEPT)
        context.close()
    return len(wanted)


def main():
    """Take every picture of docs/screenshots."""
    if not chromium():
        print("Hace falta Chromium: «apt install chromium».")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with office(RIBBON="DEMOSTRACIÓN") as (app, _, _), served(app) as address, sync_playwright() as playwright:
        window = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        taken = sum(take(window, address, look) for look in LOOKS)
        window.close()
    print(f"{taken} imágenes en {FOLDER.name}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
