"""Terms, signatures and effects: the dates, which levels are wrong, and what follows."""
from datetime import date, datetime
from fractions import Fraction

import pytest

from policies.procedures.effects import EFFECTS, effects_of_case, instalments_most
from policies.procedures.parsing import DefinitionError, parse
from policies.procedures.terms import NoTerm, due, has_expired, term_words, terms_of

EMPTY = {"code": "x", "name": "X", "version": 1, "sources": [], "units": {}, "anomaly_types": []}
FRIDAY, HOLIDAY = date(2026, 11, 13), date(2026, 11, 16)


def term(value, unit, **more):
    return parse(EMPTY | {"deadlines": [{"name": "plazo", "value": value, "unit": unit, **more}]}).deadlines[0]


@pytest.mark.parametrize(("value", "unit", "end"), [
    (1, "day", date(2026, 11, 14)), (60, "day", date(2027, 1, 12)), (2, "week", date(2026, 11, 27)),
    (1, "working_day", date(2026, 11, 17)), (5, "working_day", date(2026, 11, 23)), (1, "month", date(2026, 12, 13)),
    (3, "month", date(2027, 2, 13)), (1, "year", date(2027, 11, 13)), (2, "billing_cycle", date(2027, 1, 5))])
def test_each_unit_counts_from_the_day_after(value, unit, end):
    found = due(term(value, unit), FRIDAY, days_off={HOLIDAY}, billing_dates=[date(2027, 1, 5), date(2026, 12, 5), FRIDAY])
    assert found == end
    assert not has_expired(term(value, unit), FRIDAY, end, days_off={HOLIDAY}, billing_dates=[date(2026, 12, 5), date(2027, 1, 5)])


def test_hours_end_at_a_moment_and_months_at_their_last_day():
    assert due(term(72, "hour"), datetime(2026, 11, 13, 9, 30)) == datetime(2026, 11, 16, 9, 30)
    assert due(term(1, "month"), date(2027, 1, 31)) == date(2027, 2, 28)
    assert due(term(1, "month", rule="end_of_month"), date(2027, 1, 5)) == date(2027, 2, 28)
    assert due(term(1, "date", rule="next_bill"), FRIDAY, billing_dates=[date(2027, 2, 1)]) == date(2027, 2, 1)


def test_a_stopped_clock_does_not_run():
    stopped = [(date(2026, 11, 14), date(2026, 11, 20))]
    assert due(term(1, "day"), FRIDAY, stopped=stopped) == date(2026, 11, 21)
    assert due(term(1, "working_day"), FRIDAY, stopped=stopped) == date(2026, 11, 23)
    assert due(term(1, "month"), FRIDAY, stopped=stopped) == date(2026, 12, 20)
    assert due(term(1, "hour"), datetime(2026, 11, 13, 9), stopped=stopped) == datetime(2026, 11, 20, 10)
    assert has_expired(term(1, "day"), FRIDAY, date(2026, 11, 15)) and not has_expired(term(1, "day"), FRIDAY, date(2026, 11, 14))


@pytest.mark.parametrize("written", [("pronto", "day"), (1, "date"), ("1.5", "day"), (None, "day"), (3, "billing_cycle")])
def test_a_term_in_words_has_no_date(written):
    with pytest.raises(NoTerm, match="El plazo «plazo»"):
        due(term(*written), FRIDAY)


@pytest.mark.parametrize(("part", "sentence"), [
    ({"unit": "dia"}, "«dia» no es válido"), ({"anchor": "moon"}, "«moon» no es válido"), ({"on_expiry": "x"}, "«x» no es válido")])
def test_terms_have_their_words(part, sentence):
    with pytest.raises(DefinitionError, match=sentence):
        parse(EMPTY | {"deadlines": [{"name": "n", "value": 1} | part]})


@pytest.mark.parametrize("item", [{"signatures": 0}, {"members": ["a"], "signatures": 2}, {"minimum": 5, "maximum": 4}])
def test_a_wrong_level_is_told(item):
    with pytest.raises(DefinitionError, match="approval"):
        parse(EMPTY | {"approval": [{"level": 1, "office": "x"} | item]})


def listed(anchors, *deadlines, **calendar):
    return terms_of(parse(EMPTY | {"deadlines": list(deadlines)}), anchors, **calendar)


def test_every_deadline_is_listed_with_its_date_or_why_it_has_none():
    issued = date(2026, 3, 2)
    day, hours, unknown, words, loose, bills = listed(
        {"bill_issue": issued}, {"name": "a", "value": 5, "unit": "day", "anchor": "bill_issue"},
        {"name": "b", "value": 36, "unit": "hour", "anchor": "bill_issue"},
        {"name": "c", "value": 5, "unit": "day", "anchor": "repair"}, {"name": "d", "value": "cuando pueda", "unit": "date"},
        {"name": "e", "value": 5, "unit": "day"}, {"name": "f", "value": 1, "rule": "next_bill", "anchor": "bill_issue"})
    assert (day.ends, day.why, day.has_ended(date(2026, 3, 7)), day.has_ended(date(2026, 3, 8))) == (date(2026, 3, 7), "", False, True)
    assert str(hours.ends) == "2026-03-03 12:00:00" and hours.has_ended(date(2026, 3, 4))
    assert unknown.why == "falta la reparación" and "con palabras" in words.why and "desde qué fecha" in loose.why
    assert "espera recibos" in bills.why and not bills.has_ended(date(2030, 1, 1))
    assert listed({"bill_issue": issued}, {"name": "f", "value": 1, "rule": "next_bill", "anchor": "bill_issue"},
                  billing_dates=[date(2026, 4, 3)])[0].ends == date(2026, 4, 3)


@pytest.mark.parametrize(("terms", "words"), [
    ({"value": 1, "unit": "hour", "anchor": "notice"}, "Pedir: 1 hora, desde el aviso"),
    ({"value": 2, "unit": "week", "anchor": "repair"}, "Pedir: 2 semanas, desde la reparación"),
    ({"value": 1, "unit": "year", "starts": "el contrato"}, "Pedir: 1 año, desde el contrato"),
    ({"value": 10, "unit": "working_day"}, "Pedir: 10 días hábiles, desde la resolución"),
    ({"value": 2, "unit": "billing_cycle"}, "Pedir: 2 recibos después, desde la resolución"),
    ({"value": 1, "rule": "next_bill"}, "Pedir: el siguiente recibo, desde la resolución"),
    ({"value": 1, "unit": "month", "rule": "end_of_month"}, "Pedir: 1 mes, hasta el último día del mes, desde la resolución"),
    ({"value": "antes del corte", "unit": "date"}, "Pedir: antes del corte, desde la resolución"),
    ({}, "Pedir: sin duración escrita, desde la resolución")])
def test_a_deadline_in_words(terms, words):
    (deadline,) = parse(EMPTY | {"deadlines": [{"name": "pedir"} | terms]}).deadlines
    assert term_words(deadline) == words


@pytest.mark.parametrize(("months", "most"), [(0, 1), (-3, 1), (1, 1), ("7/2", 3), (12, 12), (400, 60), (True, 1), (None, 1)])
def test_instalments_last_no_longer_than_the_error(months, most):
    definition = parse(EMPTY | {"inputs": [{"name": "months", "label": "Meses"}], "instalments": {"most": "months"}})
    assert instalments_most(definition, {"months": Fraction(months) if isinstance(months, str) else months}) == most
    assert instalments_most(parse(EMPTY), {}) == 1


def test_instalments_name_what_is_declared():
    with pytest.raises(DefinitionError, match="instalments: depende de «mouths»"):
        parse(EMPTY | {"instalments": {"most": "mouths"}})


def test_effects_follow_their_conditions():
    definition = parse(EMPTY | {"inputs": [{"name": "paid", "label": "Pagado", "type": "bool"}], "effects": ["account_mark", "rebill"],
                                "effects_when": [{"effect": "rebill", "when": "not paid"}, {"effect": "credit_note", "when": "paid"}]})
    assert effects_of_case(definition, {"paid": True}) == ("account_mark", "credit_note")
    assert effects_of_case(definition, {"paid": False}) == ("account_mark", "rebill")
    assert effects_of_case(definition, {}) == ("account_mark",)
    assert len(EFFECTS) == len(set(EFFECTS.values()))
    with pytest.raises(DefinitionError, match="depende de «zeta»"):
        parse(EMPTY | {"effects_when": [{"effect": "rebill", "when": "zeta"}]})
