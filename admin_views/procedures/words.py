"""The codes that a field of a procedure takes, in Spanish: all of a closed set, or those known of an open one.

The sets are the engine's own. A draft taken from a published procedure may hold the words of its source: they stay.
"""

from dataclasses import fields

from models.base.people import Role
from policies.core.offices import SIGNERS
from policies.corrections.records import ESTIMATES
from policies.procedures import reckoning as r
from policies.procedures import requisites as q
from policies.procedures import terms, wording
from policies.procedures.caps import KINDS
from policies.procedures.definition import Definition
from policies.procedures.effects import EFFECTS
from policies.procedures.figures import UNITS
from policies.procedures.vocabulary import SERVICES

OFFICES = {role.value: role.label for role in Role if role in SIGNERS}
SPANS = {unit: many for unit, (_, many) in terms.UNITS.items()}


def among(owner, name):
    """code → words of a field that the reader itself holds to some codes."""
    (part,) = (part for part in fields(owner) if part.name == name)
    return {code: wording.option_label(code) for code in part.metadata.get("among", ())}


CLOSED = {(q.EffectWhen, "effect"): EFFECTS, (q.Approval, "office"): OFFICES,
          (q.Approval, "deputies"): OFFICES, (q.Approval, "members"): OFFICES}
KNOWN = {(r.LineTreatment, "service"): SERVICES, (r.Cap, "kind"): KINDS, (r.Cap, "unit"): SPANS,
         (r.Cap, "scope"): among(r.Window, "scope"), (q.InputField, "unit"): UNITS, (r.FormulaStep, "unit"): UNITS,
         (r.BaselineStep, "unit"): UNITS,
         (Definition, "kind"): {code: wording.option_label(code) for code in ESTIMATES}}


def closed(owner, name):
    """((code, words), …) of a field that takes nothing else, in an office that adopts it."""
    return offered(CLOSED.get((owner, name)) or among(owner, name))


def known(owner, name):
    """((code, words), …) to offer in a field that takes others too."""
    return offered(KNOWN.get((owner, name), {}))


def offered(words):
    return tuple((code, wording.without_article(word)) for code, word in words.items())
