"""The draft of a procedure run over a real bill and its own examples; nothing is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

from admin_views.core.screens import screen_of
from admin_views.procedures.parts import place_words
from models import db
from models.billing import Bill
from models.procedures import ProcedureVersion
from policies.core import figures
from policies.core.typed_figures import figure
from policies.core.typed_words import yes_or_no
from policies.corrections.drafting import captured_by_people, limits_of
from policies.corrections.gathering import gather
from policies.procedures.definition import Definition
from policies.procedures.engine import compute
from policies.procedures.lint import lint
from policies.procedures.memoria import paragraphs
from policies.procedures.readiness import days_without_version
from policies.procedures.vocabulary import choice_label, meaning, service_label
from policies.procedures.worked import Result, check

CASE = "caso-"       # prefix of the fields of the case among those of the page
GRAVITY = {"error": "Error", "warning": "Aviso"}
READERS = {"number": figure, "bool": yes_or_no, "choice": str, "text": str}


@dataclass(frozen=True)
class Asked:
    """One figure of the case, typed to try the procedure."""

    name: str
    label: str
    kind: str
    value: str
    choices: tuple = ()
    limits: tuple = ()      # of a number: the arguments of figure() after the text


def examples(definition: Definition) -> list[tuple[int, str, list[dict]]]:
    """[(number, note, rows)] of each worked example; a row holds the expected value, the one found and their
    distance."""
    found = []
    for number, results in groupby(check(definition), key=lambda result: result.example):
        rows = [{"label": meaning(definition, result.name)[0], "expected": figures.figure(result.expected),
                 "found": figures.figure(result.found), "ok": result.ok,
                 "apart": distance_words(result)} for result in results]
        rows = [row | {"label": "procede"} if row["label"] == "eligible" else row for row in rows]
        found.append((number, definition.worked_examples[number - 1].note, rows))
    return found


def distance_words(result: Result) -> str:
    """How far the figure found is from the expected one, in words; empty where there is no distance."""
    numbers = [value for value in (result.found, result.expected)
               if not isinstance(value, bool | str | list | tuple) and value is not None]
    return figures.figure(numbers[0] - numbers[1]) if len(numbers) == 2 and not result.ok else ""


def checks(version: ProcedureVersion, definition: Definition) -> dict:
    """The examples of the content, and [(severity, place, sentence)] of the lint and of the days without a version."""
    found = (*lint(definition), *(days_without_version(version, definition) if definition.valid_from else ()))
    return {"examples": examples(definition),
            "findings": [(GRAVITY[item.severity], place_words(item.place), item.text) for item in found]}


def preview(definition: Definition, given: Mapping[str, str]) -> dict:
    """The context of the page for the bill named in `given`: before and after, or why the procedure does not
    proceed."""
    asks = [Asked(item.name, item.label, item.type, given.get(CASE + item.name, ""),
                  tuple((choice, choice_label(choice)) for choice in item.choices), limits_of(item))
            for item in captured_by_people(definition)]
    reasons = [item.name for item in captured_by_people(definition) if item.reason_required]
    typed, key = given.get("recibo", "").strip(), given.get("recibo-key", "")
    shown = {"asks": asks, "reasons": reasons, "folio": typed, "bill": None, "outcome": None, "why": ""}
    if not typed and not key:
        return shown
    bill = bill_of(typed, key)
    if bill is None:
        return shown | {"why": "Ese recibo no existe; escriba su folio completo, como aparece en su página."}
    return shown | {"folio": bill.folio, "bill": bill} | outcome(definition, bill, asks, reasons)


def bill_of(typed: str, key: str) -> Bill | None:
    """The bill with the folio that was typed, or else with the key that the picker chose."""
    bills = screen_of(Bill)
    if typed:
        return db.session.scalar(bills.with_name(bills.pickable(), typed))
    return bills.row(int(key)) if key.isascii() and key.isdigit() and len(key) < 11 else None


def outcome(definition: Definition, bill: Bill, asks: Sequence[Asked], reasons: Sequence[str]) -> dict:
    """The engine's result for a bill, as if the version were in force on its day."""
    typed, wrong = inputs_of(asks)
    typed |= {f"{name}.reason": "vista previa" for name in reasons}
    case = gather(db.session, [bill.id])[bill.id]
    tried = replace(definition, valid_from=bill.period_start, valid_to=None)
    found = compute(tried, replace(case.facts, inputs=typed), case.rate)
    lines = [(service_label(before.service), before, after) for before, after in zip(found.before, found.after)]
    return {"outcome": found, "lines": lines, "memoria": paragraphs(found), "wrong": wrong,
            "before": sum((line.total for line in found.before), Decimal(0)),
            "after": sum((line.total for line in found.after), Decimal(0))}


def inputs_of(asks: Sequence[Asked]) -> tuple[dict, list[str]]:
    """(name → value, sentences) of what was typed; a text that is no figure gives a sentence and no value."""
    typed, wrong = {}, []
    for ask in asks:
        text = ask.value.strip()
        try:
            if text and ask.kind in READERS:
                typed[ask.name] = READERS[ask.kind](text, *ask.limits)
        except ValueError as why:
            wrong.append(f"«{ask.label}»: {why}")
    return typed, wrong
