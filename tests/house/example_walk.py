"""Four offices walk the example's screen, inside the copied house; prints what each met."""

import ast
import html
import re
import sys

from app import create_app
from deploy.demo.people import DEMO_PASSWORD

instance, emails = sys.argv[1], ast.literal_eval(sys.argv[2])
app = create_app(INSTANCE=instance, DEMO=True)
LIST = "/fuentes/"


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
    return client.post(path, data=hidden(client.get(path)) | typed)


def main():
    staff, head, auditor = enter("staff"), enter("unit_head"), enter("auditor")
    made = send(staff, f"{LIST}nuevo/", name="Fuente de la Conchita", working="y", neighborhood_id="1")
    print("staff creates:", made.status_code)
    page = staff.get(f"{LIST}?q=FUENTE")
    print("staff lists it:", page.status_code, "Conchita" in page.text)
    edited = send(staff, f"{made.location}editar/", name="Fuente de la Conchita", neighborhood_id="1")
    print("staff edits:", edited.status_code)
    print("staff filters it out:", "Conchita" not in staff.get(f"{LIST}?working=true").text)
    short = send(staff, f"{LIST}nuevo/", name="F", working="y", neighborhood_id="1")
    print("a short name:", short.status_code, "Algo falló" not in short.text)
    read = head.get(made.location)
    print("unit_head reads:", read.status_code, "Fuente de la Conchita" in read.text)
    print("unit_head creates:", head.get(f"{LIST}nuevo/").status_code)
    sheet = auditor.get(f"{LIST}exportar/csv/")
    print("auditor exports:", sheet.status_code, "Fuente de la Conchita" in sheet.text)
    print("staff exports:", staff.get(f"{LIST}exportar/csv/").status_code)
    print("menu of everyone:", all(LIST in enter(role).get("/").text for role in emails))


main()
