"""One reader of figures and one of yes and no, whatever the entrance; what could be two figures is refused."""

import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from admin_views.procedures import values as authoring_values
from policies.core.file_figures import FileFigures, parsed_by_comma
from policies.core.typed_figures import NoFigure, figure, parsed
from policies.core.typed_words import is_yes_or_no, yes_or_no
from policies.corrections.drafting import limits_of
from policies.procedures import captured
from policies.procedures.requisites import InputField
from tests.policies.entrances import FIGURES, YES_NO

TEXTS = st.one_of(
    st.text("0123456789.,", min_size=1, max_size=9), st.text("0123456789.,-+$eE_１٣", min_size=1, max_size=8),
    st.from_regex(r"[-−+]?\$?[0-9]{1,3}([.,][0-9]{1,3}){0,3}", fullmatch=True),
    st.decimals(-10**8, 10**8, places=2).map("{:,.2f}".format))
DOUBTFUL = {"2,5": ("2.5", "25"), "137,5": ("137.5", "1375"), "1.234,5": ("1234.5", "1.2345"), "1.2.3": ("12.3", "123"),
            "0,234": ("0.234", "234"), "1,2,3": ("12.3", "123"), "1,23": ("1.23", "123"), "-2,50": ("-2.50", "-250")}
ONE_WAY = {"1e3": "1000", "1_000": "1000", "１２": "12", "٣": "3", ".5": "0.5", "5.": "5", "1 234.50": "1234.50"}


def answer(read, text):
    try:
        return read(text)
    except ValueError:
        return "refused"


@pytest.mark.parametrize("entrance", FIGURES)
@settings(max_examples=120, deadline=None)
@given(text=TEXTS)
@example(text="2,5")
@example(text="1.234,5")
@example(text="1,234,567.5")
@example(text="$1,234.50")
@example(text="1e3")
@example(text="1_000")
@example(text="１２")
@example(text="99999999999")
def test_every_entrance_reads_the_same_figure_from_the_same_text(entrance, text):
    read, limits = FIGURES[entrance]
    assume(entrance != "YAML" or not re.match(r"[-+]?0\d", text))   # to a YAML file's other readers it is octal
    assert answer(read, text) == answer(lambda text: figure(text, *limits), text)


@pytest.mark.parametrize("entrance", FIGURES)
@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "nan", "mucho", "0x10", "½", "1/0", "5%"])
def test_no_entrance_takes_what_is_no_figure(entrance, text):
    assert answer(FIGURES[entrance][0], text) == "refused"


@pytest.mark.parametrize(("text", "ways"), DOUBTFUL.items())
def test_a_doubtful_text_is_refused_with_its_two_readings(text, ways):
    with pytest.raises(NoFigure, match=re.escape(f"«{text}» se puede leer como {ways[0]} o como {ways[1]}; escriba una")):
        figure(text)
    assert {figure(way) for way in ways} == {Decimal(way) for way in ways}


@pytest.mark.parametrize(("text", "way"), ONE_WAY.items())
def test_a_text_of_one_reading_says_how_to_write_it(text, way):
    with pytest.raises(NoFigure, match=re.escape(f"«{text}» no se admite escrita así; escriba {way}.")):
        figure(text)


@pytest.mark.parametrize(("text", "value"), [
    ("1,234", "1234"), ("1,234,567.5", "1234567.5"), ("$1,234.50", "1234.50"), ("−$500.82", "-500.82"), (" 7 ", "7"),
    ("+5", "5"), ("0012", "12"), ("-3", "-3"), ("$ 5", "5")])
def test_a_figure_is_read_as_people_write_it(text, value):
    assert figure(text) == Decimal(value)


@pytest.mark.parametrize(("text", "limits", "told"), [
    ("1.234", (2,), "«1.234» lleva 3 decimales y aquí se admiten 2 decimales; corrija la cifra. Si el punto separaba "
                    "miles, escriba 1,234."),
    ("2.5", (0,), "«2.5» lleva 1 decimal y aquí se admiten solo enteros; corrija la cifra."),
    ("61", (0, 1, 60), "«61» está fuera de lo que se admite; escriba una cifra de 1 a 60."),
    ("-1", (2, Decimal(0), Decimal("99.99")), "«-1» está fuera de lo que se admite; escriba una cifra de 0 a 99.99.")])
def test_decimals_and_bounds_are_those_of_the_field(text, limits, told):
    with pytest.raises(NoFigure) as refused:
        figure(text, *limits)
    assert str(refused.value) == told


@pytest.mark.parametrize(("limits", "shown"), [
    ((), "1,234.50"), ((2,), "1,234.50"), ((1,), "1,234.5"), ((0,), "1,234"), ((0, 1, 60), "12"), ((0, 0, 5), "1"),
    ((4, Decimal(0), Decimal("99.99")), "12"), ((2, Decimal(5), Decimal(7)), "7")])
def test_what_is_no_figure_gets_an_example_that_its_field_takes(limits, shown):
    with pytest.raises(NoFigure, match=re.escape(f"«mil» no es una cifra; escríbala con cifras, por ejemplo {shown}.")):
        figure("mil", *limits)
    assert figure(shown, *limits) is not None


@pytest.mark.parametrize(("field", "decimals"), [
    ({"unit": "MXN"}, 2), ({"unit": "m3"}, 3), ({"unit": "day"}, 4), ({}, 4), ({"unit": "day", "decimals": 0}, 0),
    ({"unit": "MXN", "decimals": 4}, 4)])
def test_a_figure_has_the_decimals_that_its_procedure_declares_or_those_of_its_unit(field, decimals):
    field = InputField("asked", "Dato", **field)
    limits = limits_of(field)
    assert figure(f"1.{'1' * decimals}".rstrip("."), *limits) and limits[0] == decimals
    with pytest.raises(NoFigure, match=f"lleva {decimals + 1} decimal"):
        figure(f"1.{'1' * (decimals + 1)}", *limits)


def test_a_captured_value_has_no_more_decimals_than_its_procedure_declares():
    """Whatever program wrote it."""
    whole = SimpleNamespace(inputs=(InputField("asked", "Días", decimals=0),))
    for kept, refusals in (("2", []), ("2.5", ["En «Días» se admiten solo enteros; corrija la cifra."])):
        assert captured.read(whole, SimpleNamespace(inputs={"asked": kept}), traced=False)[1] == refusals


def test_a_percentage_may_carry_its_sign_and_nothing_else_may():
    assert figure("137.5 %", percent=True) == Decimal("137.5")
    with pytest.raises(NoFigure, match="«137.5%» no es una cifra"):
        figure("137.5%")


@given(text=st.text(max_size=60))
@settings(max_examples=200)
def test_whatever_is_typed_gets_a_figure_or_one_sentence(text):
    try:
        assert figure(text) == parsed(text)
    except NoFigure as why:
        assert str(why).startswith("«") and str(why).endswith(".")


# ---- how a file writes them

@pytest.mark.parametrize(("column", "wanted"), [
    (["2,5", "10", "1.234,50"], ["2.5", "10", "1234.50"]), (["2.5", "10", "1,234.50"], ["2.5", "10", "1234.50"]),
    (["1,234", "56"], ["1234", "56"]), (["2,5", "1.234"], ["2.5", None]), (["2,5", "1,234"], ["2.5", None]),
    (["2,5", "2.5"], [None, "2.5"]), (["2,5", "2.5", "1,234"], [None, "2.5", None]), (["2,5 ", "mil"], ["2.5", None])])
def test_a_file_is_understood_whole_or_its_doubtful_rows_are_refused(column, wanted):
    figures = FileFigures(column)
    assert [answer(figures.figure, text) for text in column] == [
        "refused" if value is None else Decimal(value) for value in wanted]
    assert bool(figures.notes) == ("2,5" in column[0] and "2.5" not in column)


@given(column=st.lists(TEXTS, min_size=1, max_size=6))
@settings(max_examples=200)
def test_no_figure_of_a_file_is_ever_one_that_nobody_could_mean(column):
    figures = FileFigures(column)
    for text in column:
        value = answer(figures.figure, text)
        assert value == "refused" or value in (parsed(text), parsed_by_comma(text))
        assert value == "refused" or not figures.comma or parsed_by_comma(text) in (None, value)


# ---- yes and no

@pytest.mark.parametrize("entrance", YES_NO)
@pytest.mark.parametrize(("text", "wanted"), [
    ("Sí", True), ("si", True), ("SI\u0301", True), ("S", True), ("x", True), ("1", True), ("Verdadero", True), ("true", True),
    ("NO", False), (" no ", False), ("n", False), ("0", False), ("falso", False), ("False", False),
    ("quizá", "refused"), ("yes", "refused"), ("2", "refused"), ("sí no", "refused")])
def test_every_entrance_hears_the_same_yes_and_no(entrance, text, wanted):
    assert answer(YES_NO[entrance], text) == wanted == answer(yes_or_no, text)


@pytest.mark.parametrize("text", ["sí", "Si", "VERDADERO", "no", "Falso", "false", "x", "1", "n", "doméstico"])
def test_where_any_value_may_stand_only_whole_words_are_yes_or_no(text):
    value = authoring_values.literal(text)
    assert isinstance(value, bool) == is_yes_or_no(text)
    assert value == (yes_or_no(text) if is_yes_or_no(text) else text)
