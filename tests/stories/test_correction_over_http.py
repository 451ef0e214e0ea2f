"""The main job over HTTP: from a bill to a note, each step by its office."""

import re
from decimal import Decimal

from tests.office import PDF, upload


def number(location):
    return int(re.search(r"/(\d+)/", location).group(1))


def test_a_leak_from_bill_to_note(office):
    staff, director = office.client("staff"), office.client("commercial_director")
    bill = office.leak_bill()
    page = staff.get(f"/recibos/{bill}/acto/start_correction/")
    assert page.status_code == 200
    way = re.search(r'value="(\d+-\d+)"[^>]*>[^<]*uga oculta', page.text).group(1)
    made = office.post(staff, f"/recibos/{bill}/acto/start_correction/",
                       {"way": way, "reason": "Fuga en la línea interna."})
    assert made.status_code == 302, made.text
    key = number(made.location)
    desk = f"/correcciones/{key}/"

    refused = staff.get(f"{desk}acto/submit/")
    assert refused.status_code == 409
    assert "La fuga está reparada" in refused.text

    def act(client, step, data=None, **options):
        page = client.get(f"{desk}acto/{step}/")
        assert page.status_code == 200, page.text
        version = re.search(r'name="version"[^>]*value="(\d+)"', page.text).group(1)
        seen = re.search(r'name="seen_hash"[^>]*value="(\w+)"', page.text)
        hidden = {"version": version, "csrf_token": office.token(page)}
        if seen:
            hidden["seen_hash"] = seen.group(1)
        return client.post(f"{desk}acto/{step}/", data=hidden | (data or {}), **options)

    assert act(staff, "calculate", {"reason": "Fuga reparada.", "leak__repaired": "True"}).status_code == 302
    assert "500.82" in staff.get(desk).text
    assert act(staff, "attach", {"kind": "repair_invoice", "file": upload(PDF)},
               content_type="multipart/form-data").status_code == 302
    assert act(staff, "submit").status_code == 302
    assert "UAS-COR-" in director.get("/").text
    wrong = act(director, "sign", {"password": "no es"})
    assert wrong.status_code == 422 and "contraseña no es correcta" in wrong.text
    signed = act(director, "sign", {"password": "agua-clara-2026"})
    assert signed.status_code == 302, signed.text
    assert act(staff, "apply").status_code == 302
    note = "SELECT amount FROM commercial.credit_notes WHERE correction_id = %s"
    assert office.scalar(note, key) == Decimal("500.82")
    page = staff.get(desk)
    assert "Aplicada" in page.text
    pdf = staff.get(f"{desk}cedula.pdf")
    assert pdf.data.startswith(b"%PDF")
    auditor = office.client("auditor")
    assert "Firmada" in auditor.get(f"{desk}historia/").text
