"""The console's name comes from its configuration: in links, in QR codes and at the foot of each sheet."""

import re
from pathlib import Path

import pytest
from flask import request, request_started

from admin_views.output import pdf
from app import create_app
from models.corrections import CorrectionState as S

PUBLIC = "https://consola.ejemplo.mx"
ROOT = Path(__file__).resolve().parents[2]
ASKED = re.compile(r"_external|request\.(url\b|url_root|host|base_url|root_url)|host_url")


@pytest.mark.parametrize("path", ["/", "/entrar", "/salud", "/verificar/", "/static/console.css", "/nada"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_host_that_is_not_ours_is_refused_in_one_sentence(office, path, method):
    answer = getattr(office.stranger(), method)(path, base_url="http://otro.ejemplo.com")
    assert answer.status_code == 400 and "La consola no se sirve con ese nombre" in answer.text
    assert "otro.ejemplo.com" not in answer.text and "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "consola.ejemplo.mx", "consola.ejemplo.mx:443"])
def test_the_configured_name_and_the_machine_itself_are_served(office, host):
    with office.another(PUBLIC_URL=PUBLIC + "/") as app:
        assert app.test_client().get("/entrar", base_url=f"http://{host}").status_code == 200


def test_a_proxy_says_the_address_and_the_scheme_and_never_the_name(office):
    said = {"X-Forwarded-For": "203.0.113.9, 10.0.0.1", "X-Forwarded-Proto": "https, http", "X-Forwarded-Host": "consola.ejemplo.mx"}
    seen = []

    def listen(*_, **__):
        seen.append((request.remote_addr, request.scheme))
    for proxies, wanted in ((0, ("127.0.0.1", "http")), (1, ("10.0.0.1", "http")), (2, ("203.0.113.9", "https"))):
        with office.another(PUBLIC_URL=PUBLIC, PROXIES=proxies) as app, request_started.connected_to(listen, app):
            assert app.test_client().get("/entrar", base_url="http://otro.mx", headers=said).status_code == 400
            assert app.test_client().get("/entrar", base_url="http://localhost", headers=said).status_code == 200
        assert seen[-1] == wanted


def test_papers_and_footers_say_the_configured_address(office, monkeypatch):
    """Whatever name the request used."""
    key, seen = office.correction(S.APPLIED), []
    draw = pdf.qr
    monkeypatch.setattr(pdf, "qr", lambda address: seen.append(address) or draw(address))
    note = office.scalar("SELECT id FROM commercial.credit_notes WHERE correction_id = %s AND form = 'corrected_bill'", key)
    code = office.scalar("SELECT verification_code FROM console.corrections WHERE id = %s", key)
    with office.another(PUBLIC_URL=PUBLIC) as app:
        client = app.test_client()
        office.log_in(client, office.email("staff"), "agua-clara-2026")
        client.get(f"/correcciones/{key}/cedula.pdf")
        client.get(f"/notas/{note}/recibo-corregido.pdf")
        page = client.get(f"/correcciones/{key}/?a=1").text
    assert seen == [f"{PUBLIC}/verificar/{code}"] * 2
    assert f"{PUBLIC}/correcciones/{key}/?a=1" in page and "http://localhost" not in page


def test_nothing_asks_the_request_for_its_own_name():
    found = [path.name for path in (ROOT / "admin_views").rglob("*") if path.suffix in (".py", ".html")
             and ASKED.search(path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize("settings, told", [
    ({"PUBLIC_URL": "consola.ejemplo.mx"}, "CONSOLE_PUBLIC_URL"), ({"PUBLIC_URL": "https://a.mx/ruta"}, "CONSOLE_PUBLIC_URL"),
    ({"PROXIES": "uno"}, "CONSOLE_PROXIES"), ({"PROXIES": -1}, "CONSOLE_PROXIES"),
    ({"PROXIES": 10}, "CONSOLE_PROXIES")])
def test_a_wrong_setting_is_told_at_the_start(office, settings, told):
    with pytest.raises(ValueError, match=told):
        create_app(DATABASE_URL=office.url, INSTANCE=office.app.instance_path, **settings)
