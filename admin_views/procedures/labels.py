"""What the procedures call their inputs, their choices and their documents, for whoever shows what was kept by code."""

from collections.abc import Sequence

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from admin_views.records.codes import say_codes
from models import db
from models.base.attachments import Attachment
from models.procedures import ProcedureVersion
from policies.procedures.effects import EFFECTS
from policies.procedures.vocabulary import KEPT


def definitions() -> Sequence[dict]:
    """The content of every procedure version, read once a request; they are few, and they stay in its session."""
    if "versions" not in g:
        g.versions = db.session.scalars(select(ProcedureVersion)).unique().all()
    return [version.definition for version in g.versions]


def input_labels() -> dict[str, str]:
    """name → Spanish label of every input that a procedure version asks a person for."""
    asked = {item["name"]: item["label"] for content in definitions()
             for item in content.get("inputs", ())}
    return asked | {f"{name}.reason": f"Motivo de «{label}»" for name, label in asked.items()}


def evidence_labels() -> dict[str, str]:
    """code → the name of a document in the procedures."""
    return {item["kind"]: item["label"].capitalize() for content in definitions()
            for item in content.get("evidence", ())}


def choices() -> dict[str, str]:
    """code → the Spanish word of a choice that a procedure offers."""
    return KEPT


def say_inputs(*columns: InstrumentedAttribute) -> None:
    """Declare that these columns keep what was typed for a procedure, as {name of the input: value}."""
    say_codes(*columns, words=choices, keys=input_labels)


def say_effects(*columns: InstrumentedAttribute) -> None:
    """Declare that these columns keep the effects that a procedure gives, as a list of their codes."""
    say_codes(*columns, words=lambda: EFFECTS)


say_codes(Attachment.kind, words=evidence_labels)
say_codes(ProcedureVersion.definition, parts="apartados")
