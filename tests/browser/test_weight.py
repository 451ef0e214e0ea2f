"""What a page weighs when a browser sees it for the first time: bytes over the wire, requests."""

import gzip
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy.demo.people import DEMO_PASSWORD
from tests.house.addresses import screens

KB = 1024
STATIC = Path(__file__).resolve().parents[2] / "admin_views/static"


@pytest.fixture(scope="module")
def scales(chromium, address, office):
    """scales(role, path) → [(kind, address, bytes on the wire)] of a first view, with a cold cache."""
    logged = {}

    def weigh(role, path):
        if role not in logged:
            context = chromium.new_context()
            page = context.new_page()
            page.goto(f"{address}/entrar")
            page.get_by_label("Correo").fill(office.email(role))
            page.locator("input[name=password]").fill(DEMO_PASSWORD)
            page.get_by_role("button", name="Entrar").click()
            page.get_by_role("heading", level=1).wait_for()
            logged[role] = context.storage_state()
            context.close()
        context = chromium.new_context(storage_state=logged[role])
        page = context.new_page()
        wire, kinds, sizes = context.new_cdp_session(page), {}, {}
        wire.on("Network.responseReceived", lambda seen: kinds.update(
            {seen["requestId"]: (seen["type"], urlsplit(seen["response"]["url"]).path)}
            if not seen["response"]["url"].startswith("data:") else {}))   # a browser's own calendar icon
        wire.on("Network.loadingFinished", lambda seen: sizes.update(
            {seen["requestId"]: seen["encodedDataLength"]}))
        wire.send("Network.enable")
        page.goto(address + path, wait_until="networkidle")
        context.close()
        return [(*kinds[key], size) for key, size in sizes.items() if key in kinds]
    return weigh


def lists(office):
    """(role, address) of every list, by the first office that may open it."""
    found = {}
    for role in ("staff", "administrator", "auditor"):
        client = office.client(role)
        for view in screens(office.app).values():
            if view.url not in found and client.get(f"{view.url}/").status_code == 200:
                found[view.url] = role
    return found


def test_the_first_view_of_every_list_is_light(scales, office):
    seen = {url: scales(role, f"{url}/") for url, role in lists(office).items()}
    assert len(seen) >= 20
    heavy = {url: (sum(size for *_, size in parts), len(parts)) for url, parts in seen.items()
             if sum(size for *_, size in parts) > 250 * KB or len(parts) > 12}
    assert heavy == {}
    scripts = {url: sum(size for kind, _, size in parts if kind == "Script") for url, parts in seen.items()}
    assert 0 < max(scripts.values()) <= 120 * KB


def test_every_form_is_light(scales, office):
    """Each form for a new record, and each act's, over all its relations."""
    forms = [("administrator", f"{view.url}/nuevo/") for view in screens(office.app).values()
             if office.client("administrator").get(f"{view.url}/nuevo/").status_code == 200]
    draft = office.draft()
    forms += [("staff", f"/correcciones/{draft}/acto/{step}/") for step in ("calculate", "attach", "submit")]
    forms += [("staff", f"/recibos/{office.leak_bill()}/acto/start_correction/")]
    assert len(forms) >= 10
    heavy = {}
    for role, path in forms:
        parts = scales(role, path)
        total = sum(size for *_, size in parts)
        if total > 200 * KB:
            heavy[path] = total
    assert heavy == {}


def test_all_the_script_there_is_fits_in_its_measure():
    """Even a page that used every module at once."""
    whole = sum(len(gzip.compress(path.read_bytes())) for path in STATIC.rglob("*.js"))
    assert 1 * KB < whole <= 120 * KB
