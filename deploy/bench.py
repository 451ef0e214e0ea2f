"""The first figures: measured in one run over a fresh demonstration office, and printed."""

import json
import statistics
import time

import psycopg
from flask import g
from sqlalchemy import select

import policies
from admin_views.fields import form_for
from admin_views.pickers import screen_of
from deploy.demo.anomalies import LEAKS
from deploy.demo.people import DEMO_PASSWORD, actor
from deploy.trial import office
from models import db
from models.billing import Bill
from models.customers import Account
from policies.cases import case_of, definition_of
from policies.corrections import calculate, start_correction
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
    print(f"{what:<58} {figure:>10,.2f} {unit:<6} {beside}", flush=True)


def browser(app):
    client = app.test_client()
    page = client.get("/entrar").text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    client.post("/entrar", data={"email": "personal@demo.interapas.example",
                                 "password": DEMO_PASSWORD, "csrf_token": token})
    return client


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
                       ("búsqueda «nunez»", "/cuentas/?q=nunez"), ("página de una cuenta",
                                                                   "/cuentas/1/")):
        taken = milliseconds(lambda path=path: get(path))
        say(what, taken, "ms", f"{taken / floor:,.0f}× la consulta sola")


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
    with psycopg.connect(dsn, autocommit=True) as raw:
        raw.execute(f"ALTER TABLE console.anomaly_types {how} TRIGGER y_audit")


def main():
    begin = time.perf_counter()
    with office() as (app, dsn, made):
        say("oficina de demostración, de nada a lista", time.perf_counter() - begin, "s",
            f"{made['cuentas']:,} cuentas, {made['recibos']:,} recibos")
        pages(app, dsn)
        forms(app)
        computing(app)
        auditing(dsn)


if __name__ == "__main__":
    main()
