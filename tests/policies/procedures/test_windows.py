"""Windows and filters of a baseline: seasons, periods after, the premise, daily use, and what is left out."""
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from policies.procedures.baseline import find
from policies.procedures.facts import Facts, PeriodFacts, history_names
from policies.procedures.parsing import DefinitionError, parse
from tests.policies.procedures.cases import make_bill, make_history

EMPTY = {"code": "x", "name": "X", "version": 1, "sources": [], "units": {}, "anomaly_types": []}


def found(step, history=(), later=(), names=None, **bill):
    definition = parse(EMPTY | {"baseline": [{"method": "average"} | step]})
    return find(definition, Facts(make_bill(**bill), tuple(history), later=tuple(later)), names or {})


def period(start, end, volume, **changes):
    facts = {"folio": f"R-{start}", "period_start": start, "period_end": end, "volume": Decimal(volume),
             "total": Decimal(volume) * 10, "measured": True, "adjusted": False, "tariff_class": "domestic"}
    return PeriodFacts(**facts | changes)


def after(*volumes):
    return [period(date(2025, 2 + index, 1), date(2025, 2 + index, 28), volume) for index, volume in enumerate(volumes)]


def test_same_period_of_each_year_before():
    history = make_history([*range(1, 37)])     # three years of months; January is 1, 13 and 25
    for years, mean in ((1, 25), (2, 19), (3, 13)):
        result = found({"window": {"same_period_years": years}}, history)
        assert (result.value, result.periods) == (mean, years)


def test_same_period_does_not_mind_how_long_periods_are():
    winter = [period(date(2023, 12, 15), date(2024, 2, 13), 40), period(date(2024, 2, 14), date(2024, 4, 13), 90)]
    assert found({"window": {"same_period_years": 1}}, winter).value == 40
    leap = make_bill(period_start=date(2024, 2, 29), period_end=date(2024, 2, 29), days=1)
    definition = parse(EMPTY | {"baseline": [{"method": "average", "window": {"same_period_years": 1}}]})
    assert find(definition, Facts(leap, (period(date(2023, 2, 1), date(2023, 2, 28), 7),)), {}).value == 7


def test_a_season_that_was_corrected_does_not_count():
    history = [replace(one, adjusted=one.volume == 13) for one in make_history(list(range(1, 25)))]
    assert found({"window": {"same_period_years": 2}}, history).value == 1


def test_before_and_after_waits_for_the_later_periods():
    step = {"window": {"last": 2, "next": 2}, "minimum_periods": 3}
    result = found(step, make_history([99, 10, 12]), after(14, 16))
    assert (result.value, result.periods) == (13, 4)
    assert "hay que esperar 2 periodos después del recibo y hay 1" in found(step, make_history([10, 12]), after(14)).refusal
    assert found({"window": {"next": 1}}, make_history([50]), after(8, 90)).value == 8


def test_the_premise_counts_earlier_holders_only_when_asked():
    history = [replace(make_history([30, 10])[0], scope="premise"), make_history([30, 10])[1]]
    assert found({"window": {"last": 2}}, history).value == 10
    assert found({"window": {"last": 2, "scope": "premise"}}, history).value == 20


def test_daily_use_is_weighed_by_days():
    history = [period(date(2024, 11, 1), date(2024, 11, 10), 10), period(date(2024, 11, 11), date(2024, 12, 30), 200)]
    result = found({"window": {"last": 2}, "measure": "daily"}, history)
    assert result.value == Fraction(210, 60) * 31
    assert "210 m³ en 60 días" in result.trace[-1].rule


def test_a_filter_of_ones_own():
    history = make_history([14, 90, 16])
    assert found({"window": {"last": 3}, "filters": {"where": "period.volume <= 2 * bill.days"}}, history,
                 names={"bill.days": 31}).value == 15
    assert "fuera del filtro" in found({"window": {"last": 3}, "minimum_periods": 3,
                                        "filters": {"where": "period.volume < 20"}}, history).refusal
    assert "verdadero o falso" in found({"window": {"last": 3}, "filters": {"where": "period.volume"}}, history).refusal


def test_where_the_highest_is_dropped_from_changes_the_mean():
    history = make_history([20, 30, 90, 40])
    for source, mean in (("window", 35), ("history", Fraction(90, 3)), (None, 35)):
        step = {"window": {"last": 3}, "filters": {"drop_highest": True}, "minimum_periods": 3}
        if source:
            step["filters"] = step["filters"] | {"drop_from": source}
        assert found(step, history).value == mean


def test_later_periods_must_follow_the_bill():
    with pytest.raises(ValueError, match="Los periodos posteriores"):
        Facts(make_bill(), (), later=(period(date(2024, 1, 1), date(2024, 1, 31), 1),))
    with pytest.raises(ValueError, match="Los periodos posteriores"):
        Facts(make_bill(), (), later=tuple(after(1, 2))[::-1])


def test_formulas_see_only_the_accounts_own_history():
    from_premise = replace(make_history([99])[0], scope="premise", period_end=make_history([99])[0].period_start + timedelta(1))
    document = EMPTY | {"baseline": [{"method": "value", "value": "total(history.volume)"}]}
    names = history_names((from_premise, *make_history([5])))
    assert find(parse(document), Facts(make_bill(), ()), names).value == 5


@pytest.mark.parametrize(("step", "sentence"), [
    ({"window": {"last": 3, "months": 3}}, "«average» lleva window"), ({"window": {"scope": "premise"}}, "«average» lleva window"),
    ({"window": {"same_period_years": 0}}, "window se cuenta desde 1"), ({"window": {"last": 3, "scope": "street"}}, "«street» no es válido"),
    ({"window": {"lasts": 3}}, "(¿quiso decir «last»?)"), ({"window": {"last": 3}, "filters": {"where": "period.volum > 1"}},
                                                         "usa «period.volum», que nadie declara (¿quiso decir «period.volume»?)"),
])
def test_a_wrong_window_is_told(step, sentence):
    with pytest.raises(DefinitionError) as raised:
        parse(EMPTY | {"baseline": [{"method": "average"} | step]})
    assert sentence in str(raised.value)
