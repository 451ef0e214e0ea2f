"""What people attach: known by its bytes, stored once by its hash, served only as a download."""

import hashlib
import os
import re
import stat
import time
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from admin_views.forms import uploads
from deploy.demo import files
from models.base.documents import LARGEST
from models.corrections import CorrectionState
from policies.core.rules import Broken
from tests.admin_views.pages import fresh_token, send, version_of
from tests.office import PDF

WRONG_TYPE = "El archivo no es PDF, JPG ni PNG"
NOT_ONES = {
    "texto.pdf": b"Esto no es un PDF.", "programa.pdf": b"MZ\x90\x00" + b"\x00" * 300,
    "pagina.pdf": b"<!doctype html><script>alert(1)</script>", "dibujo.png": b"<svg onload='alert(1)'/>",
    "hoja.pdf": b"PK\x03\x04" + b"\x00" * 300, "guion.jpg": b"#!/bin/sh\nrm -rf /\n",
    "animado.png": b"GIF89a" + b"\x00" * 300, "tarde.pdf": b"x" * 2000 + PDF, "vacio.pdf": b""}
NAMES = ("../../../etc/passwd.pdf", "..\\..\\windows\\x.pdf", "/etc/shadow.pdf", "C:\\x.pdf", "a\x00b.pdf",
         "CON.pdf", ".pdf", "..pdf", "", "a" * 300 + ".pdf", "‮fdp.exe", "recibo.pdf.exe", "a/b/c.pdf",
         "<script>x</script>.pdf", "ñandú água.pdf", "%2e%2e%2fx.pdf", "x.php", "~", "👍")
ATTACHED = "SELECT count(*) FROM console.attachments WHERE subject = 'corrections' AND subject_id = %s"


def picture(kind, colour=None, size=(64, 48), **options):
    """A whole picture: of one colour, or of noise."""
    made, file = Image.new("RGB", size, colour) if colour else Image.effect_noise(size, 60), BytesIO()
    made.save(file, kind, **options)
    return file.getvalue()


JPEG = picture("JPEG")


def papers(*leaves, **options):
    """A PDF of these leaves: a sentence each, or a blank page, or a scanned picture of one colour."""
    file = BytesIO()
    with pikepdf.new() as made:
        for leaf in leaves:
            source = files.page(leaf) if leaf else picture("PDF", "white")
            if leaf is None:
                made.add_blank_page(page_size=(612, 792))
                continue
            with pikepdf.open(BytesIO(source)) as one:
                made.pages.extend(one.pages)
        made.save(file, **options)
    return file.getvalue()


HEADER = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64
BROKEN_PDF, BROKEN_IMAGE = "El PDF está incompleto o dañado", "La imagen está incompleta o dañada"
UNOPENED = {
    "con contraseña": (papers("Factura", encryption=pikepdf.Encryption(owner="a", user="b")), "pide contraseña"),
    "cortado a la mitad": (papers("Factura", "Acta")[:400], BROKEN_PDF),
    "cortado al final": (papers("Factura", "Acta")[:-30], BROKEN_PDF),
    "sin páginas": (papers(), "no tiene páginas"),
    "sin contenido": (b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n", BROKEN_PDF),
    "de 501 páginas": (papers(*[None] * 501), "501 páginas y se admiten 500"),
    "JPG cortado": (JPEG[:len(JPEG) // 2], BROKEN_IMAGE),
    "JPG progresivo cortado": (picture("JPEG", progressive=True)[:-400], BROKEN_IMAGE),
    "PNG cortado": (picture("PNG")[:-400], BROKEN_IMAGE),
    "solo su principio": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 64, BROKEN_IMAGE),
    "desmedida": (picture("PNG", "white", (8001, 8000)), "más de 64 millones"),
    "HEIC": (HEADER, "formato HEIC, que no se admite")}
BLANK = {"en blanco": (papers(None), "El documento está en blanco"),
         "una hoja en blanco": (papers("Factura", None), "De sus 2 páginas, están en blanco: 2."),
         "escaneado en blanco": (papers(""), "El documento está en blanco"),
         "foto blanca": (picture("JPEG", "white"), "La imagen es de un solo color")}


@pytest.fixture(scope="module")
def staff(office):
    return office.client("staff")


@pytest.fixture(scope="module")
def draft(office):
    return office.draft()


def attach(office, client, key, content, name="factura.pdf"):
    return send(office, client, f"/correcciones/{key}/acto/attach/",
                {"kind": "repair_invoice", "file": (BytesIO(content), name)},
                content_type="multipart/form-data")


@pytest.mark.parametrize("what", UNOPENED)
def test_a_file_that_does_not_open_whole_is_refused_with_what_to_do(office, staff, draft, what):
    content, said = UNOPENED[what]
    before, kept = office.scalar(ATTACHED, draft), stored_files(office)
    answer = attach(office, staff, draft, content)
    assert answer.status_code == 422 and said in answer.text
    assert office.scalar(ATTACHED, draft) == before and stored_files(office) == kept


@pytest.mark.parametrize("what", BLANK)
def test_a_blank_page_is_kept_with_its_warning_and_told_to_who_signs(office, staff, draft, what):
    content, said = BLANK[what]
    assert attach(office, staff, draft, content).status_code == 302
    kept = office.scalar("SELECT warning FROM console.documents WHERE sha256 = %s", hashlib.sha256(content).hexdigest())
    assert said in kept and kept in staff.get(f"/correcciones/{draft}/").text
    assert kept in office.client("commercial_director").get(f"/correcciones/{draft}/").text


def test_a_file_that_unfolds_without_end_is_opened_in_a_process_that_ends(office, tmp_path, monkeypatch):
    """Fifty million operators in 100 KB; and a reader that does not answer in its time."""
    path, began = tmp_path / "bomba.pdf", time.monotonic()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.pages[0].Contents = made.make_stream(b"q " * 50_000_000)
        made.save(path, compress_streams=True)
    assert uploads.warning_of(path, "application/pdf") == "" and time.monotonic() - began < uploads.PATIENCE
    monkeypatch.setattr(uploads, "PATIENCE", 0.01)
    with pytest.raises(Broken, match="no pudo abrirse"):
        uploads.warning_of(path, "application/pdf")


def stored_files(office):
    store = Path(office.app.config["FILES"])
    return {path for path in store.rglob("*") if path.is_file()} if store.exists() else set()


@pytest.mark.parametrize("name", NOT_ONES)
def test_a_file_is_what_its_bytes_say_and_not_what_its_name_says(office, staff, draft, name):
    """Twelve renames and none goes in; nothing is left behind on the disk."""
    before, files = office.scalar(ATTACHED, draft), stored_files(office)
    answer = attach(office, staff, draft, NOT_ONES[name], name)
    assert answer.status_code == 422
    assert WRONG_TYPE in answer.text or (not NOT_ONES[name] and "El archivo está vacío" in answer.text)
    assert office.scalar(ATTACHED, draft) == before and stored_files(office) == files


@pytest.mark.parametrize(("content", "media"), [
    (PDF + b"uno", "application/pdf"), (JPEG, "image/jpeg"), (picture("PNG"), "image/png")])
def test_the_three_types_go_in_under_any_name(office, staff, draft, content, media):
    assert attach(office, staff, draft, content, "sin-extension").status_code == 302
    sha256 = hashlib.sha256(content).hexdigest()
    assert office.scalar("SELECT media_type FROM console.documents WHERE sha256 = %s", sha256) == media
    kept = Path(office.app.config["FILES"]) / sha256[:2] / sha256
    assert kept.read_bytes() == content and stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_a_file_out_of_the_store(office, staff, draft, name):
    """The name is for reading; the place is the hash."""
    content = PDF + name.encode("utf-8", "replace")
    before = stored_files(office)
    answer = attach(office, staff, draft, content, name or "x")
    assert answer.status_code == 302, answer.text
    (made,) = stored_files(office) - before
    assert made == Path(office.app.config["FILES"]) / made.name[:2] / hashlib.sha256(content).hexdigest()
    shown = office.scalar("SELECT file_name FROM console.attachments ORDER BY id DESC LIMIT 1")
    assert re.fullmatch(r"[^/\\\x00-\x1f\u202e]{1,120}\.pdf", shown), shown


def test_no_file_at_all_is_asked_for_again(office, staff, draft):
    answer = send(office, staff, f"/correcciones/{draft}/acto/attach/", {"kind": "repair_invoice"})
    assert answer.status_code == 422 and "Elija el archivo." in answer.text


def test_a_file_over_twenty_megabytes_is_told_so(office, staff, draft, monkeypatch):
    assert LARGEST == 20 * 1024 * 1024
    assert LARGEST < office.app.config["MAX_CONTENT_LENGTH"] <= LARGEST + 2 * 1024 * 1024
    files = stored_files(office)
    monkeypatch.setattr(uploads, "LARGEST", 5000)
    answer = attach(office, staff, draft, PDF + b"x" * 5000)
    assert answer.status_code == 422 and "El archivo mide más de 20 MB" in answer.text
    monkeypatch.setitem(office.app.config, "MAX_CONTENT_LENGTH", 6000)
    token = fresh_token(office, staff)
    page = staff.post(f"/correcciones/{draft}/acto/attach/", content_type="multipart/form-data", data={
        "csrf_token": token, "file": (BytesIO(PDF + b"x" * 9000), "x.pdf")})
    assert page.status_code == 413 and "20 MB como máximo" in page.text
    assert stored_files(office) == files


def test_the_same_file_twice_is_stored_once_and_never_overwritten(office, staff, draft):
    content = PDF + b"dos veces"
    kept = Path(office.app.config["FILES"]) / hashlib.sha256(content).hexdigest()[:2] / hashlib.sha256(
        content).hexdigest()
    assert attach(office, staff, draft, content).status_code == 302
    again = attach(office, staff, draft, content, "otro nombre.pdf")
    assert again.status_code == 409 and "Ese mismo archivo ya está agregado" in again.text
    assert kept.read_bytes() == content
    assert office.scalar("SELECT count(*) FROM console.documents WHERE sha256 = %s", kept.name) == 1


def test_taking_a_document_off_a_draft_leaves_the_file(office, staff):
    key = office.draft()
    content = PDF + b"se queda"
    attach(office, staff, key, content)
    page = staff.get(f"/correcciones/{key}/acto/detach/")
    (choice,) = re.findall(r'<option[^>]*value="(\d+)"', page.text)
    answer = staff.post(f"/correcciones/{key}/acto/detach/", data={
        "csrf_token": office.token(page), "version": version_of(page), "document": choice})
    assert answer.status_code == 302 and office.scalar(ATTACHED, key) == 0
    assert hashlib.sha256(content).hexdigest() in {path.name for path in stored_files(office)}


def test_a_stored_file_never_opens_in_the_consoles_name(office, staff):
    key = office.draft()
    attach(office, staff, key, PDF + b"descarga", "informe\"; X-Evil=1.pdf")
    item = office.scalar("SELECT id FROM console.attachments WHERE subject = 'corrections' AND subject_id = %s", key)
    for role in ("staff", "auditor", "commercial_director"):
        with office.client(role).get(f"/correcciones/{key}/evidencia/{item}/") as answer:
            assert answer.status_code == 200 and answer.data == PDF + b"descarga"
            assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
            assert "Evil" not in answer.headers["Content-Disposition"]
            assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cache-Control"] == "no-store"


def test_a_document_opens_from_its_own_correction_only(office, staff):
    """The number of another's document in this correction's address is not found."""
    mine, other = office.draft(), office.draft()
    attach(office, staff, mine, PDF + b"mio")
    attach(office, staff, other, PDF + b"ajeno")
    item = office.scalar("SELECT id FROM console.attachments WHERE subject = 'corrections' AND subject_id = %s", mine)
    assert staff.get(f"/correcciones/{other}/evidencia/{item}/").status_code == 404
    refused = office.client("operations_director").get(f"/correcciones/{mine}/evidencia/{item}/")
    assert refused.status_code == 403


def test_nothing_is_attached_once_sent(office, staff):
    key = office.correction(CorrectionState.SUBMITTED)
    answer = staff.post(f"/correcciones/{key}/acto/attach/", content_type="multipart/form-data", data={
        "csrf_token": fresh_token(office, staff), "version": "1", "kind": "repair_invoice",
        "file": (BytesIO(PDF), "x.pdf")})
    assert answer.status_code == 409 and "«En firma»" in answer.text


def test_no_draft_of_a_file_is_left_behind(office):
    store = Path(office.app.config["FILES"])
    assert not [name for _, _, names in os.walk(store) for name in names if name.startswith(".incoming-")]
