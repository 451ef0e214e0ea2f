"""Terms, signatures and effects: the dates, who is next, and what follows."""
from datetime import date, datetime

import pytest

from policies.procedures.effects import EFFECTS, following
from policies.procedures.parsing import DefinitionError, parse
from policies.procedures.signing import levels_for, may_sign, next_level
from policies.procedures.terms import NoTerm, due, expired

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
    assert not expired(term(value, unit), FRIDAY, end, days_off={HOLIDAY}, billing_dates=[date(2026, 12, 5), date(2027, 1, 5)])


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
    assert expired(term(1, "day"), FRIDAY, date(2026, 11, 15)) and not expired(term(1, "day"), FRIDAY, date(2026, 11, 14))


@pytest.mark.parametrize("written", [("pronto", "day"), (1, "date"), ("1.5", "day"), (None, "day"), (3, "billing_cycle")])
def test_a_term_in_words_has_no_date(written):
    with pytest.raises(NoTerm, match="El plazo «plazo»"):
        due(term(*written), FRIDAY)


@pytest.mark.parametrize(("part", "sentence"), [
    ({"unit": "dia"}, "«dia» no es válido"), ({"anchor": "moon"}, "«moon» no es válido"), ({"on_expiry": "x"}, "«x» no es válido")])
def test_terms_have_their_words(part, sentence):
    with pytest.raises(DefinitionError, match=sentence):
        parse(EMPTY | {"deadlines": [{"name": "n", "value": 1} | part]})


def signed_by(*approval):
    return parse(EMPTY | {"approval": list(approval)})


BANDS = signed_by({"level": 1, "office": "clerk", "maximum": 500}, {"level": 2, "office": "head", "minimum": "500.01",
                  "maximum": 1000, "deputies": ["second"]}, {"level": 3, "office": "board", "minimum": "1000.01",
                  "members": ["a", "b", "c"], "signatures": 2})
ORDERED = signed_by({"level": 2, "office": "director"}, {"level": 1, "office": "head"})


@pytest.mark.parametrize(("amount", "office"), [(0, "clerk"), (-500, "clerk"), ("500.01", "head"), (-1000, "head"), (2000, "board")])
def test_the_amount_says_which_level_signs(amount, office):
    assert [item.office for item in levels_for(BANDS, amount)] == [office]


def test_deputies_sign_and_a_body_needs_its_quorum():
    assert next_level(BANDS, 700, [(2, "second", "Ana")]) is None
    assert next_level(BANDS, 700, [(2, "stranger", "Ana")]).office == "head"
    for signed, lacks in (([(3, "a", "Ana")], True), ([(3, "a", "Ana"), (3, "b", "Ana")], True), ([(3, "a", "Ana"), (3, "b", "Leo")], False)):
        assert (next_level(BANDS, 2000, signed) is not None) == lacks


def test_levels_sign_in_order():
    assert may_sign(ORDERED, 1, [], "head") and not may_sign(ORDERED, 1, [], "director")
    assert may_sign(ORDERED, 1, [(1, "head", "Ana")], "director")
    assert not may_sign(ORDERED, 1, [(1, "head", "Ana"), (2, "director", "Leo")], "director")


@pytest.mark.parametrize("item", [{"signatures": 0}, {"members": ["a"], "signatures": 2}, {"minimum": 5, "maximum": 4}])
def test_a_wrong_level_is_told(item):
    with pytest.raises(DefinitionError, match="approval"):
        signed_by({"level": 1, "office": "x"} | item)


def test_effects_follow_their_conditions():
    definition = parse(EMPTY | {"inputs": [{"name": "paid", "label": "Pagado", "type": "bool"}], "effects": ["account_mark", "rebill"],
                                "effects_when": [{"effect": "rebill", "when": "not paid"}, {"effect": "credit_note", "when": "paid"}]})
    assert following(definition, {"paid": True}) == ("account_mark", "credit_note")
    assert following(definition, {"paid": False}) == ("account_mark", "rebill")
    assert following(definition, {}) == ("account_mark",)
    assert len(EFFECTS) == len(set(EFFECTS.values()))
    with pytest.raises(DefinitionError, match="depende de «zeta»"):
        parse(EMPTY | {"effects_when": [{"effect": "rebill", "when": "zeta"}]})
