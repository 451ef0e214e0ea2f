"""Each office walks the example's area inside the copied house; prints, as JSON, what each met."""

import ast
import html
import json
import re
import sys
from datetime import date
from io import BytesIO

from models.fountains import Fountain, Repair, RepairTask

import policies
from app import create_app
from deploy.demo.files import page
from deploy.demo.people import DEMO_PASSWORD
from models.base.columns import today
from policies.core.rules import Actor, Role

instance, emails = sys.argv[1], ast.literal_eval(sys.argv[2])
app = create_app(INSTANCE=instance, DEMO=True)
SCREENS = {Fountain: "/fuentes/", Repair: "/reparaciones/", RepairTask: "/trabajos-de-reparacion/"}
PHOTO = page("Una fuente sin agua.")
met = {}


def hidden(page):
    """What a form carries besides what people type."""
    found = [tag for tag in re.findall(r"<input[^>]*>", page.text) if 'type="hidden"' in tag]
    return {re.search(r'name="([^"]+)"', tag)[1]: html.unescape(re.search(r'value="([^"]*)"', tag)[1])
            for tag in found if " value=" in tag}


def enter(role):
    client = app.test_client()
    client.post("/entrar", data=hidden(client.get("/entrar")) | {"email": emails[role], "password": DEMO_PASSWORD})
    return client


def send(client, path, **typed):
    return client.post(path, data=hidden(client.get(path)) | typed, content_type="multipart/form-data")


def shown(client, path):
    """The text of a page, without its tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", client.get(path).text)))


def tell(name, answer, *texts):
    met[name] = [answer.status_code, *(text in answer.text for text in texts)]


def prepare(administrator, head):
    """The rule of its term and the template of its letter: proposed by one office, authorised by another."""
    rule = send(administrator, "/plazos/nuevo/", code="fountain.repair", amount="5", unit="working_days",
                starts_on="el envío a firma", basis="Propuesta de la Unidad", valid_from=date(2026, 1, 1).isoformat())
    words = send(administrator, "/plantillas-de-carta/nuevo/", code="repair_done", subject="Reparación {folio}",
                 body="La reparación {folio} de {fountain} quedó concluida.\n\n{result}", reason="Primera versión")
    met["rule and template"] = [send(head, f"{rule.location}acto/authorize_deadline/").status_code,
                                send(head, f"{words.location}acto/authorize_template/").status_code]


def walk(staff, head, auditor):
    """One repair, from its fountain to the letter."""
    fountain = send(staff, "/fuentes/nuevo/", name="Fuente de la Conchita", working="y", neighborhood_id="1")
    tell("fountain", fountain)
    tell("short name", send(staff, "/fuentes/nuevo/", name="F", working="y", neighborhood_id="1"),
         "Escriba el nombre con tres letras o más.")
    repair = send(staff, "/reparaciones/nuevo/", fountain_id="1", description="La bomba no enciende.",
                  neighbour="Rosa Juárez", address="Hidalgo 10", **{
                      "tasks-0-position": "1", "tasks-0-description": "Cambiar la bomba"})
    at = repair.location
    tell("repair", repair)
    tell("file", send(staff, f"{at}acto/attach_to_repair/", kind="photo", file=(BytesIO(PHOTO), "foto.pdf")))
    tell("task too early", staff.get("/trabajos-de-reparacion/1/acto/finish_task/"), "Pertenece a")
    tell("sent", send(staff, f"{at}acto/send_repair/"))
    met["tray of the head"] = "Reparaciones por firmar" in shown(head, "/")
    tell("edited after", staff.get(f"{at}editar/"), "ya no se edita")
    signing = head.get(f"{at}acto/sign_repair/")
    tell("signing shows", signing, "Fotografía", "Cambiar la bomba", "REPARACION")
    tell("wrong password", send(head, f"{at}acto/sign_repair/", password="otra"))
    tell("signed", send(head, f"{at}acto/sign_repair/", password=DEMO_PASSWORD))
    met["tray of staff"] = "Reparaciones por hacer" in shown(staff, "/")
    tell("concluded too early", staff.get(f"{at}acto/conclude_repair/"), "Le quedan trabajos por hacer.")
    tell("task", send(staff, "/trabajos-de-reparacion/1/acto/finish_task/", done_on=today().isoformat()))
    tell("concluded", send(staff, f"{at}acto/conclude_repair/", result="Se cambió la bomba."))
    record = shown(staff, at)
    met["record"] = {word: word in record for word in (
        "UAS-REP-2026-000001", "Concluida", "Se cambió la bomba.", "Rosa Juárez", "Firmó el", "foto.pdf", "UAS-CAR-")}
    met["repair by"] = re.search(r"Reparar a más tardar (\S+)", record)[1]
    met["letter"], met["file at"] = (re.search(rf'href="({address})"', staff.get(at).text)[1] for address in (
        r"/cartas/\d+/", r"/reparaciones/\d+/evidencia/\d+/"))
    met["letter folio"] = re.search(r"UAS-CAR-\d+-\d+", record)[0]
    tell("letter printed", staff.get(f"{met['letter']}carta.pdf"))
    met["letter text"] = shown(staff, met["letter"]).count("Se cambió la bomba.")
    seen = shown(auditor, at)
    met["masked for the auditor"] = ["Rosa Juárez" in seen, "foto.pdf" in seen, "Se cambió la bomba." in seen]


def look(role, client):
    """What the office meets on every address of the area, and what the rules say that it should."""
    actor = Actor(0, Role(role))
    for model, url in SCREENS.items():
        creates = model is not RepairTask and policies.allows(actor, "create", model)
        wanted = {"": policies.allows(actor, "view", model), "1/": policies.allows(actor, "view", model),
                  "nuevo/": creates, "exportar/csv/": policies.allows(actor, "export", model)}
        for address, allowed in wanted.items():
            met[f"{role} {url}{address}"] = [client.get(url + address).status_code == 200, allowed]
    for (model, name), step in policies.ACTS.items():
        if model in SCREENS and role not in {office.value for office in step.by}:
            met[f"{role} {name}"] = [client.get(f"{SCREENS[model]}1/acto/{name}/").status_code in (200, 302), False]


def prove(role, client):
    """What the office meets of the file and the letter of the repair, and whether it may read the repair."""
    reads = policies.allows(Actor(0, Role(role)), "view", Repair)
    for name, address in {"file": met["file at"], "letter's page": met["letter"]}.items():
        met[f"{role} {name}"] = [client.get(address).status_code == 200, reads]
    met[f"{role} letter's paper"] = [client.get(f"{met['letter']}carta.pdf").status_code == 200,
                                     reads and policies.reads_personal(Actor(0, Role(role)), Repair)]
    for name, address, sign in (("list", "/cartas/", f'href="{met["letter"]}"'),
                                ("found letters", f"/cartas/?q={met['letter folio']}", f'href="{met["letter"]}"'),
                                ("export", "/cartas/exportar/csv/", met["letter folio"])):
        met[f"{role} {name}"] = [sign in client.get(address).text, reads]
    found = client.get(f"/buscar/?q={met['letter folio']}")
    met[f"{role} box"] = [met["letter"] in (found.location or found.text), reads]


clients = {role: enter(role) for role in emails}
prepare(clients["administrator"], clients["unit_head"])
walk(clients["staff"], clients["unit_head"], clients["auditor"])
for role, client in clients.items():
    look(role, client)
    prove(role, client)
print(json.dumps(met))
