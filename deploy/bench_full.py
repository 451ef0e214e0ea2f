"""`make bench SIZE=full`: the figures that only a whole city shows, over what `make bench-data` made."""

import re
import time
from datetime import date

import psycopg
from flask import g
from sqlalchemy import select

import policies
from admin_views.core.screens import screens
from deploy.bench import browser, milliseconds, say, token_of
from deploy.bench_batches import batch_of_many
from deploy.bench_data import city
from deploy.bench_exports import exporting
from deploy.demo.people import actor
from deploy.statements import counted
from models import db
from models.organization import SupplyZone

REPEATS = 9
SEARCHES = (("paleta, nadie", "/buscar/?parte=1&q=zzyzx"),
            ("paleta, un número que no existe", "/buscar/?parte=1&q=99999999"),
            ("cuentas, nadie", "/cuentas/?q=zzyzx"), ("cuentas, un apellido", "/cuentas/?q=nunez"),
            ("cuentas, un nombre muy común", "/cuentas/?q=maria"), ("cartas, nadie", "/cartas/?q=zzyzx"),
            ("cartas, un folio", "/cartas/?q=M-120"), ("comprobantes, un número", "/comprobantes/?q=00000A"))
TRAIL = (("bitácora, nadie", "/bitacora/?q=zzyzx"), ("bitácora, una tabla", "/bitacora/?q=corrections"))
# What the lists' indexes of bills cost a load: the ones that nothing but a list asks for.
OF_LISTS = ("commercial.ix_bills_balance", "commercial.ix_bills_period")
MONTH = """INSERT INTO commercial.bills (folio, account_id, period_start, period_end, issued_on, due_on, tariff_class,
  volume, total, balance) SELECT folio || 'X', account_id, period_start + 400, period_end + 400, issued_on, due_on,
  tariff_class, volume, total, balance FROM commercial.bills ORDER BY id DESC LIMIT 200000"""


def timed(client, what, path):
    """Print the time of a page and how many statements it runs."""
    def get():
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
    get()
    with counted() as told:
        get()
    say(what, milliseconds(get, REPEATS), "ms", f"{len(told)} sentencias")


def searches(app):
    """Print the time of each search of the box and of the trail."""
    for what, path in SEARCHES:
        timed(browser(app), f"búsqueda: {what}", path)
    for what, path in TRAIL:
        timed(browser(app, "auditoria"), f"búsqueda: {what}", path)


def lists(app):
    """Each list in each order that it offers, the slowest of each list."""
    client = browser(app, "auditoria")
    with app.test_request_context("/"):
        g.actor = actor("auditoria")
        with policies.speaks(db.session, g.actor, "bench", read_only=True):
            offered = [(view.name, view.url, [sign + name for name in view.sortable() for sign in ("", "-")])
                       for view in screens().values() if view.may("view")]
    for name, url, orders in offered:
        taken = {order: milliseconds(lambda address=f"{url}/?orden={order}": client.get(address), 2)
                 for order in ("", *orders)}
        slowest = max(taken, key=taken.get)
        say(f"lista «{name}», en su orden", taken[""], "ms", f"la más lenta de {len(taken)} órdenes: "
            f"{taken[slowest]:,.0f} ms («{slowest}»)")


def pages(app, dsn):
    """Print the time of the pages of a big database."""
    client = browser(app)
    with psycopg.connect(dsn) as raw:
        (account,) = raw.execute("SELECT max(id) FROM commercial.accounts").fetchone()
        (bill,) = raw.execute("SELECT max(id) FROM commercial.bills b WHERE account_id BETWEEN 1000 AND 2000 AND"
                              " NOT EXISTS (SELECT FROM console.corrections c WHERE c.bill_id = b.id)").fetchone()
    draft = drafted(client, bill)
    for what, path in (("página de una cuenta", f"/cuentas/{account}/"), ("página de un borrador", draft),
                       ("su formulario", f"{draft}acto/calculate/"), ("página de un recibo", f"/recibos/{bill}/")):
        timed(client, what, path)


def drafted(client, bill):
    """The address of a draft correction of that bill, with its figures captured."""
    form = f"/recibos/{bill}/acto/start_correction/"
    page = client.get(form).text
    way = next(value for value, label in re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)', page)
               if "servicio" in label.lower())
    made = client.post(form, data={"csrf_token": token_of(page), "way": way, "reason": "Medición."})
    assert made.status_code == 302, made.text
    return made.location


def batch(app, dsn):
    """Half a year of the houses of one zone, another zone each time."""
    with app.app_context(), policies.speaks(db.session, actor("personal"), "bench", read_only=True) as session:
        zones = session.scalars(select(SupplyZone.id).order_by(SupplyZone.id)).all()
    with psycopg.connect(dsn) as raw:
        (made,) = raw.execute("SELECT count(*) FROM console.correction_batches").fetchone()
    batch_of_many(app, dsn, say, period_from=date(2026, 6, 1), period_to=date(2026, 10, 31), tariff_class="domestic",
                  supply_zone=zones[made % len(zones)])


def writing(dsn):
    """What the indexes that only lists ask for cost the commercial system: a load of half a month, undone."""
    taken = {}
    with psycopg.connect(dsn) as raw:
        for what in ("con", "sin"):
            if what == "sin":
                for name in OF_LISTS:
                    raw.execute(f"DROP INDEX {name}")
            begun = time.perf_counter()
            with raw.transaction() as mark:
                (loaded,) = [raw.execute(MONTH).rowcount]
                taken[what] = time.perf_counter() - begun
                raise psycopg.Rollback(mark)
        raw.rollback()
    say(f"cargar {loaded:,} recibos con los índices de las listas", taken["con"], "s",
        f"sin ellos {taken['sin']:,.1f} s")


def main():
    """Print the figures of the city that bench_data loads."""
    with city() as (app, dsn):
        pages(app, dsn)
        searches(app)
        lists(app)
        batch(app, dsn)
        exporting(app, browser(app), dsn, say)
        writing(dsn)


if __name__ == "__main__":
    main()
