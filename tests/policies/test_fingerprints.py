"""Each figure that a computation may read moves the fingerprint of its kind, and nothing else does."""

import json
from types import SimpleNamespace

import pytest

from tests import psql

# Reads every kind: an average of measured periods of the premise, two later periods, the meter, notes and the balance.
EVERYTHING = {
    "result": {"kind": "volume"}, "inputs": [{"name": name, "origin": "record"} for name in ("meter.state", "used_leak", "paid")],
    "baseline": [{"method": "average", "filters": {"measured_only": True}, "window": {"scope": "premise", "next": 2}}]}
VERSION = """INSERT INTO console.procedure_versions (procedure_id, number, state, valid_from, anomaly_codes, definition,
content_hash) SELECT procedure_id, (SELECT max(number) + 1 FROM console.procedure_versions), 'draft', valid_from, '[]', %s, 'x'
FROM console.procedure_versions LIMIT 1 RETURNING id"""
BILL = """SELECT b.id FROM commercial.bills b WHERE b.account_id = (SELECT l.account_id FROM commercial.bills l
WHERE NOT EXISTS (SELECT FROM console.corrections c WHERE c.account_id = l.account_id) GROUP BY 1
HAVING count(*) > 20 AND count(l.current_reading_id) > 20 ORDER BY 1 LIMIT 1) ORDER BY b.period_end DESC OFFSET 5 LIMIT 1"""
NEAR = """SELECT id FROM commercial.bills WHERE account_id = %s AND period_end {} (SELECT period_end FROM commercial.bills
WHERE id = %s) ORDER BY period_end {} OFFSET %s LIMIT 1"""
NOW = "SELECT sources FROM console.sources(ARRAY[%s::integer], %s, NULL)"
BESIDE = (("1990-01-01", "1990-12-31"), ("2090-01-01", None))     # prices of other days
KIND = "UPDATE commercial.readings SET kind = CASE kind WHEN 'estimated' THEN 'measured' ELSE 'estimated' END WHERE id = ({})"
CURRENT = "SELECT current_reading_id FROM commercial.bills WHERE id = %({})s"
CLASS = "tariff_class = CASE tariff_class WHEN 'industrial' THEN 'commercial' ELSE 'industrial' END"


def nearby(raw, account, bill, side, place):
    return raw.execute(NEAR.format(*(("<", "DESC") if side == "before" else (">", "ASC"))), (account, bill, place)).fetchone()[0]


@pytest.fixture(scope="module")
def facts(cluster, office):
    """The keys of what is read: a bill, its tariff and rule, bills around it, an earlier holder, two corrections."""
    bill = office.scalar(BILL)
    account = office.scalar("SELECT account_id FROM commercial.bills WHERE id = %s", bill)
    with office.program() as raw:
        former, following = (nearby(raw, account, bill, side, 0) for side in ("before", "after"))
        (other,) = raw.execute("SELECT max(o.id) FROM commercial.bills o JOIN commercial.bills b ON b.id = %s AND o.account_id"
                               " <> b.account_id AND o.period_end < b.period_start WHERE NOT EXISTS (SELECT FROM"
                               " console.corrections c WHERE c.account_id = o.account_id)", (bill,)).fetchone()
    for corrected in (former, following, other):
        psql.applied(office, bill=corrected)
    with psql.superuser(cluster, office) as raw:
        one = SimpleNamespace(bill=bill, account=account, former=former, following=following, other=other,
                              second=nearby(raw, account, bill, "before", 1), third=nearby(raw, account, bill, "after", 2),
                              oldest=nearby(raw, account, bill, "before", 12),
                              version=raw.execute(VERSION, (json.dumps(EVERYTHING),)).fetchone()[0])
        raw.execute("UPDATE commercial.bills SET period_start = period_start - interval '70 months', period_end = period_end"
                    " - interval '70 months' WHERE id = %s", (one.oldest,))
        (one.tariff,) = raw.execute("SELECT t.id FROM commercial.tariffs t JOIN commercial.bills b ON b.id = %s AND b.tariff_class"
                                    " = t.tariff_class AND b.period_end BETWEEN t.valid_from AND coalesce(t.valid_to, 'infinity')",
                                    (bill,)).fetchone()
        raw.execute("INSERT INTO commercial.tariff_steps (tariff_id, volume, charge) VALUES (%s, 7777, 1)", (one.tariff,))
        raw.execute("INSERT INTO commercial.tariff_blocks (tariff_id, from_m3, to_m3, price) VALUES (%s, 7777, 8888, 1)",
                    (one.tariff,))
        for number, (first, last) in enumerate(BESIDE):
            raw.execute("INSERT INTO commercial.tariffs (code, tariff_class, valid_from, valid_to, method, minimum_charge,"
                        " minimum_volume) SELECT 'X-' || %s, tariff_class, %s, %s, method, 1, 1 FROM commercial.tariffs"
                        " WHERE id = %s", (number, first, last, one.tariff))
            raw.execute("INSERT INTO commercial.line_rules (service, tariff_class, valid_from, valid_to, tax_percent,"
                        " rounding_step, rounding_mode) SELECT 'sewer', tariff_class, %s, %s, 7, 0.01, 'half_up'"
                        " FROM commercial.tariffs WHERE id = %s", (first, last, one.tariff))
        (one.rule,) = raw.execute("SELECT r.id FROM commercial.line_rules r JOIN commercial.bills b ON b.id = %s AND"
                                  " b.tariff_class = r.tariff_class AND b.period_end BETWEEN r.valid_from AND"
                                  " coalesce(r.valid_to, 'infinity') ORDER BY r.id LIMIT 1", (bill,)).fetchone()
        (one.meter,) = raw.execute("SELECT m.id FROM commercial.meters m WHERE m.account_id = %s ORDER BY installed_on DESC"
                                   " LIMIT 1", (account,)).fetchone()
        # The premise: this holder since ten months before the bill, another one before.
        raw.execute("UPDATE commercial.accounts SET opened_on = (SELECT period_start - 300 FROM commercial.bills WHERE id = %s)"
                    " WHERE id = %s", (bill, account))
        (one.holder,) = raw.execute(
            "UPDATE commercial.accounts e SET neighborhood_id = a.neighborhood_id, street = a.street, opened_on = '2001-01-01'"
            " FROM commercial.accounts a WHERE a.id = %s AND e.id = (SELECT max(l.account_id) FROM commercial.bills l WHERE"
            " l.current_reading_id IS NOT NULL AND l.account_id <> a.id AND l.period_end < a.opened_on) RETURNING e.id",
            (account,)).fetchone()
        (one.theirs,) = raw.execute("SELECT max(l.id) FROM commercial.bills l JOIN commercial.accounts a ON a.id = %s"
                                    " WHERE l.account_id = %s AND l.period_end < a.opened_on AND l.current_reading_id IS NOT NULL",
                                    (account, one.holder)).fetchone()
        (one.later_theirs,) = raw.execute("SELECT max(id) FROM commercial.bills WHERE account_id = %s", (one.holder,)).fetchone()
    return one


def moved(cluster, office, facts, statement):
    """The kinds whose fingerprints a statement moves; undone afterwards."""
    with psql.superuser(cluster, office) as raw:
        (before,) = raw.execute(NOW, (facts.bill, facts.version)).fetchone()
        assert raw.execute(statement, vars(facts)).rowcount > 0
        (after,) = raw.execute(NOW, (facts.bill, facts.version)).fetchone()
        raw.rollback()
    assert set(before) == {"bill", "prices", "history", "corrected", "balance", "meters", "later", "premises"}
    return {kind for kind in before if before[kind] != after[kind]}


def bills(which, *sets):
    return [f"UPDATE commercial.bills SET {words} WHERE id = %({which})s" for words in sets]


FIGURES = ("volume = volume + 1", "total = total + 1", CLASS, "period_start = period_start + 1", "period_end = period_end - 1")
MOVES = {
    "bill": [*bills("bill", "issued_on = issued_on + 1", "due_on = due_on + 1", "volume = volume + 1"),
             *(f"UPDATE commercial.readings SET value = value + 1 WHERE id = (SELECT {side}_reading_id FROM commercial.bills"
               " WHERE id = %(bill)s)" for side in ("previous", "current"))],
    "prices": [*(f"UPDATE commercial.tariffs SET {words} WHERE id = %(tariff)s" for words in (
                 "minimum_charge = minimum_charge + 1", "minimum_volume = minimum_volume + 1",
                 "method = CASE method WHEN 'blocks' THEN 'table' ELSE 'blocks' END",
                 "valid_to = (SELECT period_end - 1 FROM commercial.bills WHERE id = %(bill)s)",
                 "valid_from = (SELECT period_start + 1 FROM commercial.bills WHERE id = %(bill)s)",
                 "valid_to = (SELECT period_start - 1 FROM commercial.bills WHERE id = %(bill)s)",
                 "valid_from = (SELECT period_end + 1 FROM commercial.bills WHERE id = %(bill)s)")),
               *(f"UPDATE commercial.tariff_blocks SET {words} WHERE tariff_id = %(tariff)s AND from_m3 = 7777" for words in (
                 "price = price + 1", "from_m3 = from_m3 + 1", "to_m3 = to_m3 + 1")),
               *(f"UPDATE commercial.tariff_steps SET {words} WHERE tariff_id = %(tariff)s AND volume = 7777" for words in (
                 "charge = charge + 1", "volume = volume + 1")),
               *(f"UPDATE commercial.line_rules SET {words} WHERE id = %(rule)s" for words in (
                 "percent_of_water = coalesce(percent_of_water, 0) + 1", "tax_percent = tax_percent + 1",
                 "rounding_step = rounding_step + 1",
                 "rounding_mode = CASE rounding_mode WHEN 'half_up' THEN 'half_even' ELSE 'half_up' END",
                 "valid_to = (SELECT period_end - 1 FROM commercial.bills WHERE id = %(bill)s)",
                 "valid_from = (SELECT period_end + 1 FROM commercial.bills WHERE id = %(bill)s)"))],
    "history": [*bills("second", *FIGURES), KIND.format(CURRENT.format("second"))],
    "corrected": ["UPDATE console.corrections SET reversed_by_id = id WHERE bill_id = %(former)s",
                  "UPDATE console.corrections SET reversal_of_id = id WHERE bill_id = %(former)s",
                  "UPDATE console.procedure_versions SET definition = definition || '{\"kind\": \"other\"}'"
                  " WHERE id = (SELECT procedure_version_id FROM console.corrections WHERE bill_id = %(former)s)"],
    "balance": bills("bill", "balance = balance - 1"),
    "meters": [f"UPDATE commercial.meters SET {words} WHERE id = %(meter)s" for words in (
               "installed_on = installed_on - 1", "state = CASE state WHEN 'broken' THEN 'absent' ELSE 'broken' END",
               "removed_on = (SELECT period_end - 1 FROM commercial.bills WHERE id = %(bill)s)",
               "installed_on = (SELECT period_end + 1 FROM commercial.bills WHERE id = %(bill)s)")],
    "later": [*bills("following", *FIGURES), KIND.format(CURRENT.format("following")),
              "UPDATE commercial.credit_notes SET bill_id = %(third)s WHERE bill_id = %(following)s"],
    "premises": [*bills("theirs", "volume = volume + 1", "total = total + 1", CLASS, "period_start = period_start + 1"),
                 KIND.format(CURRENT.format("theirs")),
                 "INSERT INTO commercial.credit_notes (folio, kind, bill_id, correction_id, amount) SELECT 'NC-1-1', kind,"
                 " %(theirs)s, 999999, amount FROM commercial.credit_notes LIMIT 1"]}
# What moves more than one kind: the bill's own period and class, a note that passes to another period.
SEVERAL = {
    "UPDATE commercial.bills SET tariff_class = 'industrial' WHERE id = %(bill)s": {"bill", "prices"},
    "UPDATE commercial.bills SET period_start = period_start + 1 WHERE id = %(bill)s": {"bill"},
    "UPDATE commercial.bills SET period_end = period_end - 1 WHERE id = %(bill)s": {"bill"},
    "UPDATE commercial.credit_notes SET bill_id = %(second)s WHERE bill_id = %(former)s": {"history", "corrected"}}
NOTHING = [
    "UPDATE commercial.tariffs SET valid_to = '2099-12-31' WHERE id = %(tariff)s",
    "UPDATE commercial.tariffs SET valid_from = valid_from - 1 WHERE id = %(tariff)s",
    *(f"UPDATE commercial.tariffs SET minimum_charge = 2 WHERE code = 'X-{number}'" for number in (0, 1)),
    *(f"UPDATE commercial.line_rules SET rounding_step = 1 WHERE valid_from = '{first}' AND tax_percent = 7"
      for first, _ in BESIDE),
    "UPDATE commercial.line_rules SET valid_from = valid_from - 1 WHERE id = %(rule)s",
    "UPDATE commercial.tariffs SET minimum_charge = minimum_charge + 1 WHERE tariff_class <> (SELECT tariff_class FROM"
    " commercial.bills WHERE id = %(bill)s)",
    "UPDATE commercial.line_rules SET tax_percent = tax_percent + 1 WHERE tariff_class <> (SELECT tariff_class FROM"
    " commercial.bills WHERE id = %(bill)s)",
    *bills("oldest", "volume = volume + 1"), *bills("third", "volume = volume + 1"), *bills("later_theirs", "volume = volume + 1"),
    *bills("second", "balance = balance - 1", "due_on = due_on + 1"),
    *(f"UPDATE console.corrections SET reversed_by_id = id WHERE bill_id = %({one})s" for one in ("following", "other")),
    "INSERT INTO commercial.meters (serial, account_id, installed_on, state) SELECT 'M-X', %(account)s, period_end + 1, 'broken'"
    " FROM commercial.bills WHERE id = %(bill)s"]


@pytest.mark.parametrize(("kind", "statement"), [(kind, one) for kind, all_of in MOVES.items() for one in all_of])
def test_each_figure_moves_its_own_kind(cluster, office, facts, kind, statement):
    assert moved(cluster, office, facts, statement) == {kind}


@pytest.mark.parametrize(("statement", "kinds"), SEVERAL.items())
def test_what_belongs_to_several_kinds_moves_them(cluster, office, facts, statement, kinds):
    assert moved(cluster, office, facts, statement) >= kinds


@pytest.mark.parametrize("statement", NOTHING)
def test_what_was_not_read_moves_nothing(cluster, office, facts, statement):
    assert moved(cluster, office, facts, statement) == set()


def record(*names, origin="record"):
    return {"inputs": [{"name": name, "origin": origin} for name in names]}


@pytest.mark.parametrize(("definition", "read"), [
    ({}, {}), ({"result": {"kind": "class"}}, {"classes"}), ({"baseline": [{"method": "average"}]}, {"history"}),
    ({"computation": [{"expr": "history.volume"}]}, {"history"}),
    ({"baseline": [{"method": "fixed", "filters": {"measured_only": True}}]}, {"measured"}),
    ({"computation": [{"expr": "period.measured"}]}, {"measured"}),
    ({"baseline": [{"method": "fixed", "window": {"scope": "premise"}}]}, {"premises"}),
    (record("meter.state"), {"meters"}), (record("months_installed"), {"meters"}),
    (record("estimates_already_used"), {"meters", "corrected"}), (record("used_leak"), {"corrected"}),
    (record("adjustments_last_12m"), {"corrected"}), (record("paid"), {"balance"}), (record("balance"), {"balance"}),
    (record("paid", "meter.state", "used_leak", origin="person"), set())])
def test_a_version_reads_what_it_names(cluster, office, definition, read):
    with psql.superuser(cluster, office) as raw:
        (version,) = raw.execute(VERSION, (json.dumps(definition),)).fetchone()
        (kinds,) = raw.execute("SELECT to_jsonb(k) FROM console.source_kinds(%s) k", (version,)).fetchone()
        raw.rollback()
    assert {kind for kind, is_read in kinds.items() if is_read} == set(read)


def test_the_periods_after_it_are_as_many_as_its_widest_window_waits_for(cluster, office):
    definition = {"baseline": [{"window": {"next": count}} for count in (1, 3, 2)]}
    with psql.superuser(cluster, office) as raw:
        (version,) = raw.execute(VERSION, (json.dumps(definition),)).fetchone()
        assert raw.execute("SELECT later FROM console.source_kinds(%s)", (version,)).fetchone() == (3,)
        raw.rollback()


def test_a_class_that_is_asked_reads_the_prices_of_all(cluster, office, facts):
    with psql.superuser(cluster, office) as raw:
        (version,) = raw.execute(VERSION, (json.dumps({"result": {"kind": "class"}}),)).fetchone()
    asked = SimpleNamespace(**{**vars(facts), "version": version})
    with psql.superuser(cluster, office) as raw:
        (before,) = raw.execute(NOW, (facts.bill, version)).fetchone()
        raw.execute("UPDATE commercial.tariffs SET minimum_charge = minimum_charge + 1 WHERE tariff_class <> (SELECT tariff_class"
                    " FROM commercial.bills WHERE id = %(bill)s)", vars(asked))
        (after,) = raw.execute(NOW, (facts.bill, version)).fetchone()
        raw.rollback()
    assert before["prices"] != after["prices"]
