"""The codes that a field of a procedure takes, in Spanish: all of a closed set, or the known ones of an open set.

The sets are the engine's. A draft adopted from a published procedure may keep the words of its source.
"""

from dataclasses import fields

from models.base.people import Role
from policies.core.figures import UNITS
from policies.core.offices import SIGNERS
from policies.corrections.records import ESTIMATES
from policies.procedures import reckoning as r
from policies.procedures import requisites as q
from policies.procedures import terms, wording
from policies.procedures.caps import KINDS
from policies.procedures.definition import Definition
from policies.procedures.effects import EFFECTS
from policies.procedures.vocabulary import SERVICES

OFFICES = {role.value: role.label for role in Role if role in SIGNERS}
SPANS = {unit: many for unit, (_, many) in terms.UNITS.items()}


def codes_of(owner: type, name: str) -> dict[str, str]:
    """code → words of a field that the reader restricts to some codes."""
    (part,) = (part for part in fields(owner) if part.name == name)
    return {code: wording.option_label(code) for code in part.metadata.get("among", ())}


CLOSED = {(q.EffectWhen, "effect"): EFFECTS, (q.Approval, "office"): OFFICES,
          (q.Approval, "deputies"): OFFICES, (q.Approval, "members"): OFFICES}
KNOWN = {(r.LineTreatment, "service"): SERVICES, (r.Cap, "kind"): KINDS, (r.Cap, "unit"): SPANS,
         (r.Cap, "scope"): codes_of(r.Window, "scope"), (q.InputField, "unit"): UNITS, (r.FormulaStep, "unit"): UNITS,
         (r.BaselineStep, "unit"): UNITS,
         (Definition, "kind"): {code: wording.option_label(code) for code in ESTIMATES}}


def closed_options(owner: type, name: str) -> tuple[tuple[str, str], ...]:
    """((code, words), …) of a field that takes nothing else in an office that adopts the procedure."""
    return as_options(CLOSED.get((owner, name)) or codes_of(owner, name))


def known_options(owner: type, name: str) -> tuple[tuple[str, str], ...]:
    """((code, words), …) to offer in a field that also takes others."""
    return as_options(KNOWN.get((owner, name), {}))


def as_options(words: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """(code, words) pairs without articles."""
    return tuple((code, wording.without_article(word)) for code, word in words.items())
