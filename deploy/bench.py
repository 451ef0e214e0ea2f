"""The first figures: measured in one run over a fresh demonstration office, and printed."""

import io
import json
import statistics
import time
from functools import partial

import psycopg
from flask import g
from sqlalchemy import select

import policies
from admin_views.core.screens import screen_of
from admin_views.forms.fields import form_for
from deploy.bench_batches import ACCOUNTS, batch_of_many
from deploy.bench_clients import clients, starting
from deploy.bench_exports import exporting, fill
from deploy.bench_records import records
from deploy.bench_replays import replaying
from deploy.demo.anomalies import LEAKS
from deploy.demo.people import DEMO_PASSWORD, DOMAIN, actor
from deploy.statements import counted
from deploy.trial import office
from models import db
from models.billing import Bill
from models.customers import Account
from policies.corrections.acts import calculate, start_correction
from policies.corrections.cases import case_of, definition_of
from policies.procedures.engine import compute

REPEATS, WRITES = 60, 2000
LIST = ("SELECT a.id, a.number, a.holder_name, a.tariff_class, n.name, z.code, a.status"
        " FROM commercial.accounts a JOIN console.neighborhoods n ON n.id = a.neighborhood_id"
        " JOIN console.supply_zones z ON z.id = a.supply_zone_id ORDER BY a.number LIMIT 26")


def milliseconds(call, repeats=REPEATS):
    """The median of one call's time, after three that are not counted."""
    times = []
    for turn in range(repeats + 3):
        begin = time.perf_counter()
        call()
        if turn >= 3:
            times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def say(what, figure, unit="ms", beside=""):
    """Print one figure of the bench, with its unit and what it is compared with."""
    print(f"{what:<58} {figure:>10,.2f} {unit:<6} {beside}", flush=True)


# Whose first page is measured: (mailbox, office).
HOMES = (("personal", "personal"), ("comercial", "comercialización"), ("general", "dirección general"),
         ("auditoria", "contraloría"), ("sistemas", "informática"))


def browser(app, mailbox="personal"):
    """A client logged in as somebody of the demonstration."""
    client = app.test_client()
    client.post("/entrar", data={"email": f"{mailbox}@{DOMAIN}", "password": DEMO_PASSWORD,
                                 "csrf_token": token_of(client.get("/entrar").text)})
    return client


def token_of(page):
    """The CSRF token of a page."""
    return page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]


def pages(app, dsn):
    """List, account page and search, beside the same list as one query of psycopg."""
    client = browser(app)

    def get(path):
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
    with psycopg.connect(dsn) as raw:
        floor = milliseconds(lambda: raw.execute(LIST).fetchall())
    say("lista de cuentas, la consulta sola (psycopg)", floor)
    for what, path in (("lista de cuentas", "/cuentas/"), ("lista de recibos", "/recibos/"),
                       ("búsqueda «nunez»", "/cuentas/?q=nunez"),
                       ("paleta «nunez»", "/buscar/?parte=1&q=nunez"),
                       ("paleta «1000»", "/buscar/?parte=1&q=1000"),
                       ("paleta, un número que no existe", "/buscar/?parte=1&q=99999999"),
                       ("página de una cuenta", "/cuentas/1/")):
        taken = milliseconds(lambda path=path: get(path))
        with counted() as told:
            get(path)
        say(what, taken, "ms", f"{taken / floor:,.0f}× la consulta sola, {len(told)} sentencias")


def homes(app):
    """The first page of each office, and the pictures, whose drawings are made at each request."""
    for mailbox, office_name in HOMES:
        client = browser(app, mailbox)
        say(f"inicio, {office_name}", milliseconds(lambda client=client: client.get("/")))
    client = browser(app)
    assert client.get("/correcciones/cuadros/?por=bill").status_code == 200
    say("cuadros", milliseconds(lambda: client.get("/correcciones/cuadros/?por=bill")))


def forms(app):
    """A form whose relation has every account, and what its picker answers as one types."""
    client = browser(app)
    accounts = json.loads(client.get("/cuentas/elegir/id/?q=1").text)
    assert len(accounts) == 20, accounts
    with app.test_request_context("/"):
        g.actor = actor("personal")
        with policies.speaks(db.session, g.actor, "bench"):
            view = screen_of(Bill)
            page = view.show("form.html", record=None, form=form_for(Bill, ("account_id",))())
    say("formulario con todas las cuentas por elegir", len(page.encode()) / 1000, "KB",
        "meta: 150 KB o menos")
    for words in ("nunez", "mar", "1000"):
        say(f"elegir una cuenta, «{words}»", milliseconds(
            lambda words=words: client.get(f"/cuentas/elegir/id/?q={words}")), "ms",
            "meta: 200 ms o menos")


def computing(app):
    """One correction computed: with its queries, and the engine apart from them."""
    with app.app_context():
        staff = actor("personal")
    with app.app_context(), policies.speaks(db.session, staff, "bench") as session:
        bill = session.scalar(select(Bill).join(Account).where(Account.number == LEAKS[0])
                              .order_by(Bill.period_end.desc()).limit(1))
        way = next(value for ask in start_correction.asks(bill, staff) if ask.name == "way"
                   for value, label in ask.choices if "uga oculta" in label)
        made = policies.perform(session, start_correction, bill, staff,
                                {"way": way, "reason": "Medición."})
        policies.perform(session, calculate, made, staff,
                         {"reason": "Medición.", "leak.repaired": True})
        definition = definition_of(made.procedure_version)
        facts, rate = case_of(made)
        assert compute(definition, facts, rate).eligible
        say("una corrección, con sus consultas", milliseconds(
            lambda: compute(definition_of(made.procedure_version), *case_of(made))))
        say("una corrección, solo el cálculo", milliseconds(
            lambda: compute(definition, facts, rate)), "ms", "meta: 5 ms o menos")


def auditing(dsn):
    """The cost of the trail: the same writes, in one transaction each way, without and with it."""
    def writes():
        with psycopg.connect(dsn) as raw:
            begin = time.perf_counter()
            for turn in range(WRITES):
                raw.execute("UPDATE console.anomaly_types SET description = %s WHERE id = 1",
                            (f"medición {turn} {begin}",))
            raw.commit()
            return (time.perf_counter() - begin) / WRITES * 1e6
    with_trail, without = [], []
    for _ in range(5):
        with_trail.append(writes())
        switch(dsn, "DISABLE")
        without.append(writes())
        switch(dsn, "ENABLE")
    plain, full = statistics.median(without), statistics.median(with_trail)
    say("una escritura sin bitácora", plain, "µs")
    say("una escritura con bitácora", full, "µs",
        f"{full / plain:,.2f}×, {full - plain:,.0f} µs más por escritura")


def switch(dsn, how):
    """Enable or disable (`how`) the trigger of the trail on one table."""
    with psycopg.connect(dsn, autocommit=True) as raw:
        raw.execute(f"ALTER TABLE console.anomaly_types {how} TRIGGER y_audit")


def importing(app, dsn, rows=100_000):
    """A list of colonias from a file: read, checked, written in one transaction, taken back."""
    client = browser(app, "sistemas")
    with psycopg.connect(dsn) as raw:
        (town,) = raw.execute("SELECT name FROM console.municipalities ORDER BY id LIMIT 1").fetchone()
    lines = (f"Medida {turn},{'Nadie' if turn % 2750 == 1 else town}\n" for turn in range(rows))
    file = io.BytesIO(f"Colonia,Municipio\n{''.join(lines)}".encode())
    token = token_of(client.get("/cargo").text)
    address, whole = "/colonias/importar/", 0
    for what, form in (("leer el archivo", {"file": (file, "colonias.csv")}),
                       ("revisar cada renglón", {"columna-name": "0", "columna-municipality_id": "1"}),
                       ("escribir los buenos, en una transacción", {"solo_buenos": "1"}),
                       ("deshacer la importación", {})):
        begin = time.perf_counter()
        answer = client.post(address, data={"csrf_token": token, **form},
                             content_type="multipart/form-data")
        assert answer.status_code == 302, answer.text
        whole += time.perf_counter() - begin
        say(f"importar {rows:,} renglones: {what}", time.perf_counter() - begin, "s")
        address = answer.location + ("acto/undo_import/" if "/importaciones/" in answer.location else "")
    say(f"importar {rows:,} renglones, 37 malos, y deshacerlo", whole, "s", "meta: 60 s o menos")


def main():
    """Make a demonstration office and print every figure."""
    begin = time.perf_counter()
    with office() as (app, dsn, made):
        say("oficina de demostración, de nada a lista", time.perf_counter() - begin, "s",
            f"{made['cuentas']:,} cuentas, {made['recibos']:,} recibos")
        pages(app, dsn)
        homes(app)
        records(dsn, partial(browser, app), milliseconds, say)
        forms(app)
        computing(app)
        auditing(dsn)
        importing(app, dsn)
        replaying(app)
        clients(app, dsn, f"consola={browser(app).get_cookie('consola').value}", say)
        starting(say, app.instance_path, app.config["DATABASE_URL"])
    with office(accounts=ACCOUNTS) as (app, dsn, _):
        batch_of_many(app, dsn, say)
        fill(dsn)
        exporting(app, browser(app), dsn, say)


if __name__ == "__main__":
    main()
