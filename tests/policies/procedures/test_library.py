"""The library: at least sixty public rules, every figure of theirs exact, and none of them known to the engine."""
import ast
import re

import pytest

from policies.procedures.effects import EFFECTS
from policies.procedures.examples import check, check_files
from policies.procedures.library_entries import library
from tests.policies.procedures.cases import FILES, LIBRARY

DEFINITIONS = dict(zip((path.stem for path in LIBRARY), library().values(), strict=True))
ENGINE = sorted(FILES.glob("*.py"))
COUNTRIES = {code.split("-")[0] for code in DEFINITIONS if re.match(r"[a-z]{2}-", code)}


def test_the_library_holds_sixty_rules_and_their_examples():
    lines, right = check_files(LIBRARY)
    counts = [int(number) for number in re.findall(r"\d+", lines[-1])]
    assert right and counts[0] >= 60 and counts[1] >= 105 and counts[2] >= 209 and counts[3] == 0
    assert not any(line.startswith("ERROR") for line in lines)


@pytest.mark.parametrize("code", DEFINITIONS)
def test_each_rule_is_whole(code):
    definition = DEFINITIONS[code]
    assert definition.code == code and all(result.ok for result in check(definition))
    assert definition.name and definition.sources and definition.anomaly_types and definition.worked_examples
    assert all(source.title and source.basis for source in definition.sources)
    assert all(item.label != item.name for item in definition.inputs)
    assert all(step.label for step in definition.computation)
    assert set(definition.effects) <= EFFECTS.keys()
    silent = definition.rounding is None or not definition.rounding.stated
    assert not silent or any(re.search("redondeo|rounding", words) for words in definition.not_stated)


def texts(path):
    return [node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def proper_names(definition):
    """What names a place or a utility: before the colon of the source, and between the brackets of the name."""
    yield definition.code
    yield definition.name
    if definition.code.split("-")[0] in COUNTRIES and ": " in definition.sources[0].title:
        yield definition.sources[0].title.split(": ")[0]
        yield from re.findall(r"\(([^),§\d]{5,})[),§\d]", definition.name)


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: path.stem)
def test_the_engine_knows_no_procedure(path):
    source = path.read_text(encoding="utf-8").lower()
    named = {name.strip().lower() for definition in DEFINITIONS.values() for name in proper_names(definition)}
    assert len(named) > 120
    assert [name for name in named if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", source)] == []
    assert [text for text in texts(path) if text.lower() in COUNTRIES] == []
    assert not re.search(r"\.code\s*(==|!=|in)\s*[\"'(\[{]", source)
