"""A procedure tried on a real bill and on its own examples, as it is written now: nothing is kept of it."""

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

from admin_views.core.screens import screen_of
from admin_views.procedures.parts import place_words
from models import db
from models.billing import Bill
from policies.core.typed_figures import figure
from policies.core.typed_words import yes_or_no
from policies.corrections.drafting import captured_by_people, limits_of
from policies.corrections.gathering import gather
from policies.procedures import figures
from policies.procedures.engine import compute
from policies.procedures.lint import lint
from policies.procedures.memoria import paragraphs
from policies.procedures.readiness import days_without_version
from policies.procedures.vocabulary import choice_label, meaning, service_label
from policies.procedures.worked import check

CASE = "caso-"       # what is typed of the case, among the fields of the page
GRAVITY = {"error": "Error", "warning": "Aviso"}
READERS = {"number": figure, "bool": yes_or_no, "choice": str, "text": str}


@dataclass(frozen=True)
class Asked:
    """One figure of the case that a person types to try the procedure."""

    name: str
    label: str
    kind: str
    value: str
    choices: tuple = ()
    limits: tuple = ()      # of a number: what figure() takes after its text


def examples(definition):
    """[(number, note, [row]) of each worked example; a row says what is expected, found and between them."""
    found = []
    for number, results in groupby(check(definition), key=lambda result: result.example):
        rows = [{"label": meaning(definition, result.name)[0], "expected": figures.figure(result.expected),
                 "found": figures.figure(result.found), "ok": result.ok, "apart": apart(result)} for result in results]
        rows = [row | {"label": "procede"} if row["label"] == "eligible" else row for row in rows]
        found.append((number, definition.worked_examples[number - 1].note, rows))
    return found


def apart(result):
    """How far the figure found is from the expected one, in words; empty where there is no distance."""
    numbers = [value for value in (result.found, result.expected)
               if not isinstance(value, bool | str | list | tuple) and value is not None]
    return figures.figure(numbers[0] - numbers[1]) if len(numbers) == 2 and not result.ok else ""


def checks(version, definition):
    """The examples of what is written, and [(gravity, place, sentence)] of the lint and of the days left unruled."""
    found = (*lint(definition), *(days_without_version(version, definition) if definition.valid_from else ()))
    return {"examples": examples(definition),
            "findings": [(GRAVITY[item.severity], place_words(item.place), item.text) for item in found]}


def preview(definition, given):
    """What a page shows of the procedure over the bill that `given` names: before and after, or why not."""
    asks = [Asked(item.name, item.label, item.type, given.get(CASE + item.name, ""),
                  tuple((choice, choice_label(choice)) for choice in item.choices), limits_of(item))
            for item in captured_by_people(definition)]
    reasons = [item.name for item in captured_by_people(definition) if item.reason_required]
    typed, key = given.get("recibo", "").strip(), given.get("recibo-key", "")
    shown = {"asks": asks, "reasons": reasons, "folio": typed, "bill": None, "outcome": None, "why": ""}
    if not typed and not key:
        return shown
    bill = bill_asked(typed, key)
    if bill is None:
        return shown | {"why": "Ese recibo no existe; escriba su folio completo, como aparece en su página."}
    return shown | {"folio": bill.folio, "bill": bill} | outcome(definition, bill, asks, reasons)


def bill_asked(typed, key):
    """The bill of the folio that was typed, else of the key that the picker chose."""
    bills = screen_of(Bill)
    if typed:
        return db.session.scalar(bills.named(bills.pickable(), typed))
    return bills.row(int(key)) if key.isascii() and key.isdigit() and len(key) < 11 else None


def outcome(definition, bill, asks, reasons):
    """The engine's answer as if the version ruled that bill."""
    typed, wrong = inputs_of(asks)
    typed |= {f"{name}.reason": "vista previa" for name in reasons}
    case = gather(db.session, [bill.id])[bill.id]
    tried = replace(definition, valid_from=bill.period_start, valid_to=None)
    found = compute(tried, replace(case.facts, inputs=typed), case.rate)
    lines = [(service_label(before.service), before, after) for before, after in zip(found.before, found.after)]
    return {"outcome": found, "lines": lines, "memoria": paragraphs(found), "wrong": wrong,
            "before": sum((line.total for line in found.before), Decimal(0)),
            "after": sum((line.total for line in found.after), Decimal(0))}


def inputs_of(asks):
    """(name → value, sentences) of what was typed; what is no figure is said and left out."""
    typed, wrong = {}, []
    for ask in asks:
        text = ask.value.strip()
        try:
            if text and ask.kind in READERS:
                typed[ask.name] = READERS[ask.kind](text, *ask.limits)
        except ValueError as why:
            wrong.append(f"«{ask.label}»: {why}")
    return typed, wrong
