"""What a draft asks of a person, and what still keeps it from being sent."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import object_session

from models.batches import CorrectionBatch
from models.billing import Bill
from models.corrections import Correction
from models.corrections import CorrectionState as S
from models.procedures import AnomalyType, ProcedureVersion
from models.queries import billing as ask
from policies.core.figures import MANY, day
from policies.core.rules import Actor, Ask, Broken
from policies.core.typed_figures import MOST, MOST_DECIMALS
from policies.corrections import instalments, limits
from policies.corrections.cases import case_of, definition_of, lines_of
from policies.corrections.glance import fact_of
from policies.procedures.applicable import CAPTURED
from policies.procedures.captured import allowed_range, is_asked, missing
from policies.procedures.definition import Definition
from policies.procedures.evidence import missing_evidence
from policies.procedures.facts import BillFacts, bill_names, history_names
from policies.procedures.grammar import names_in
from policies.procedures.requisites import InputField
from policies.procedures.vocabulary import choice_label

NO_BAND = ("Ningún nivel de firma autorizado cubre este importe; pida a la Dirección de Comercialización que lo "
           "autorice.")
DECIMALS = {"MXN": 2, "m3": 3}      # as the columns of money and volume keep them


def bill_is_taken(bill: Bill, actor: Actor) -> str | None:
    """Why no correction starts on this bill, or None."""
    standing = object_session(bill).scalar(ask.standing_correction(bill).limit(1))
    if standing is None:
        return limits.out_of_bounds(bill)
    if standing.state == S.APPLIED:
        return (f"Este recibo ya fue corregido con {standing}; para cambiarlo inicie la reversa "
                "de esa corrección.")
    return f"Este recibo ya tiene abierta {standing}; termine o retire esa antes de iniciar otra."


def ways(bill: Bill) -> list[tuple[AnomalyType, ProcedureVersion]]:
    """The (cause, procedure version) pairs with which the bill may be corrected: those in force on its last day."""
    session = object_session(bill)
    versions = session.scalars(ask.versions_in_force(bill.period_end)).all()
    return [(cause, version) for cause in session.scalars(ask.causes())
            for version in versions if cause.code in version.anomaly_codes]


def ask_cause(bill: Bill, actor: Actor) -> tuple[Ask, ...]:
    """The questions that begin a correction: by which cause and procedure, and why. Raises Broken where no procedure
    ruled.
    """
    choices = tuple((f"{cause.id}-{version.id}", f"{cause.name} — {version}")
                    for cause, version in ways(bill))
    if not choices:
        raise Broken(f"Ningún procedimiento autorizado estaba vigente el "
                     f"{day(bill.period_end)}, último día del recibo; pida a la Dirección de "
                     "Comercialización que autorice uno.")
    return (Ask("way", "Causa y procedimiento", "choice", choices=choices,
                help="Rige la versión vigente el último día del periodo del recibo."),
            reason_ask(""))


def reason_ask(value: str) -> Ask:
    """The question of the reason, with what is already written."""
    return Ask("reason", "Motivo", "long_text", value=value,
               help="Qué pasó y cómo se supo; lo leerán quienes firman.")


def chosen_way(bill: Bill, way: str) -> tuple[AnomalyType, ProcedureVersion]:
    """The cause and the version that a person chose; raises Broken where they are no longer offered."""
    for cause, version in ways(bill):
        if way == f"{cause.id}-{version.id}":
            return cause, version
    raise Broken("Ese procedimiento ya no está vigente para este recibo; elija otro.")


def ask_reversal(correction: Correction, actor: Actor) -> tuple[Ask, ...]:
    """The question of why a correction is undone."""
    return (reason_ask(""),)


def cannot_reverse(correction: Correction, actor: Actor) -> str | None:
    """Why this correction is not undone now, or None."""
    if correction.state != S.APPLIED:
        return "Solo se revierte una corrección aplicada."
    if correction.reversal_of_id is not None:
        return "Una reversa no se revierte; inicie una corrección nueva en el recibo."
    if correction.reversed_by_id is not None:
        return "Esta corrección ya fue revertida."
    standing = object_session(correction).scalars(ask.standing_correction(correction.bill))
    others = [other for other in standing if other.id != correction.id]
    return f"El recibo tiene abierta {others[0]}; termínela antes." if others else None


def ask_inputs(correction: Correction, actor: Actor) -> tuple[Ask, ...]:
    """The questions of its procedure version, with what was typed before; a reversal has only its reason."""
    asks, kept = [reason_ask(correction.reason)], correction.inputs
    if correction.reversal_of_id is not None:
        return tuple(asks)
    definition = definition_of(correction.procedure_version)
    return (*asks, *input_asks(definition, kept, bounds_of(correction, definition)), *instalments.ask(correction))


def input_asks(definition: Definition, kept: dict, bounds: dict[str, str]) -> Iterator[Ask]:
    """One question for each figure that a person gives, and one more for its reason where it asks for one.

    `kept` is what was typed before and `bounds` the help of each figure, both by name of the input.
    """
    for field in captured_by_people(definition):
        when = next(iter((field.when or {}).items()), ())
        yield Ask(field.name, input_label(field), CAPTURED[field.type], field.required, value=typed(
            field, kept), choices=tuple((choice, choice_label(choice).capitalize())
                                       for choice in field.choices),
            help=bounds.get(field.name, ""), when=when, limits=limits_of(field))
        if field.reason_required:
            yield Ask(f"{field.name}.reason", f"Motivo de «{field.label}»", "long_text",
                      value=kept.get(f"{field.name}.reason"), when=when)


def limits_of(field: InputField) -> tuple:
    """What figure() takes of a figure that a procedure asks for: the decimals that it declares, else its unit's."""
    if field.type != "number":
        return ()
    decimals = DECIMALS.get(field.unit, MOST_DECIMALS) if field.decimals is None else field.decimals
    return decimals, -MOST, MOST, field.unit in ("percent", "%")


def input_label(field: InputField) -> str:
    """The label of an input with its unit: «Lectura correcta (m³)», «Plazo (días)»."""
    return f"{field.label} ({MANY.get(field.unit, field.unit)})" if field.unit else field.label


def typed(field: InputField, kept: dict) -> object:
    """What was typed before, of the type that its question takes."""
    value = kept.get(field.name)
    return date.fromisoformat(value) if field.type == "date" and value else value


def captured_by_people(definition: Definition) -> list[InputField]:
    """The inputs that a person types; the records give the others."""
    return [field for field in definition.inputs if field.origin == "person"]


def bounds_of(correction: Correction, definition: Definition) -> dict[str, str]:
    """name of an input → the limits that the procedure sets to it, with the figures of this case."""
    bounded = [field for field in captured_by_people(definition) if field.minimum or field.maximum]
    if not bounded:
        return {}
    asked = {name for field in bounded for bound in (field.minimum, field.maximum) if bound for name in names_in(bound)}
    names = bill_names(billed(correction.bill))
    if asked - {*names}:        # the rest of the case is read only where a limit names it
        facts, _ = case_of(correction)
        names |= history_names(facts.history) | facts.extra
    return {field.name: admits(*allowed_range(definition, field, names)) for field in bounded}


def billed(bill: Bill) -> BillFacts:
    """The bill as a computation takes it, with its lines as they stand after its notes."""
    lines = lines_of(bill)
    return BillFacts(bill.folio, bill.period_start, bill.period_end, (bill.period_end - bill.period_start).days + 1,
                     bill.tariff_class.value, bill.volume, sum((line.total for line in lines), Decimal(0)), lines)


def admits(least: str, most: str) -> str:
    """The limits of a figure, as help beside its field."""
    if least and most:
        return f"Se admite desde {least} hasta {most}."
    return f"Se admite desde {least}." if least else f"Se admite hasta {most}." if most else ""


def uncaptured(correction: Correction) -> list[InputField]:
    """The inputs that the procedure asks a person for and nobody has typed yet."""
    if correction.reversal_of_id is not None:
        return []
    return [field for field in captured_by_people(definition_of(correction.procedure_version))
            if field.required and is_asked(field, correction.inputs)
            and field.name not in correction.inputs]


def refused(correction: Correction) -> list[str]:
    """Why the correction does not proceed, apart from what was not typed yet."""
    waits = {missing(field) for field in uncaptured(correction)}
    return [sentence for sentence in correction.refusals if sentence not in waits]


def kept_inputs(inputs: dict) -> dict:
    """What was typed, in types that JSON keeps without loss; empty answers are left out."""
    return {name: str(value) if isinstance(value, (Decimal, date)) else value
            for name, value in inputs.items() if value is not None and value != ""}


def asked_kinds(record: Correction | CorrectionBatch) -> list[tuple[str, str]]:
    """(code, label) of each document that the procedure of a correction or a batch asks for."""
    return [(item.kind, item.label.capitalize()) for item in definition_of(record.procedure_version).evidence]


def lacking(correction: Correction) -> Sequence[str]:
    """A sentence for each document that the procedure still asks for."""
    if correction.reversal_of_id is not None:
        return ()
    definition, names = definition_of(correction.procedure_version), correction.inputs
    asked_of_records = {name for item in definition.evidence if item.when for name in names_in(item.when)} - {*names}
    if asked_of_records:
        facts, _ = case_of(correction)
        names = facts.extra | facts.inputs
    return missing_evidence(definition, {item.kind for item in correction.attachments}, names)


def not_ready(correction: Correction, actor: Actor) -> str | None:
    """Why the draft is not sent yet, or None."""
    if waits := uncaptured(correction):
        return " ".join(f"Falta «{field.label}»; use «Capturar datos y calcular»." for field in waits)
    if not correction.eligible:
        return " ".join(correction.refusals) or "Falta calcular la corrección."
    if hindered := limits.not_applicable(correction, actor):
        return hindered
    if documents := lacking(correction):
        return " ".join(documents)
    return None if fact_of(correction, "slots") else NO_BAND
