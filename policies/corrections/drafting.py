"""What a draft asks of a person, and what still keeps it from being sent."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import object_session

from models.corrections import CorrectionState as S
from models.queries import billing as ask
from policies.core.figures import MANY, day
from policies.core.rules import Ask, Broken
from policies.core.typed_figures import MOST, MOST_DECIMALS
from policies.corrections import instalments, limits
from policies.corrections.cases import case_of, definition_of, lines_of
from policies.corrections.glance import said
from policies.procedures.applicable import CAPTURED
from policies.procedures.captured import allowed_range, is_asked, missing
from policies.procedures.evidence import missing_evidence
from policies.procedures.facts import BillFacts, bill_names, history_names
from policies.procedures.grammar import names_in
from policies.procedures.requisites import InputField
from policies.procedures.vocabulary import choice_label

NO_BAND = ("Ningún nivel de firma autorizado cubre este importe; pida a la Dirección de Comercialización que lo "
           "autorice.")
DECIMALS = {"MXN": 2, "m3": 3}      # as the columns of money and volume keep them


def bill_is_taken(bill, actor):
    """Why no correction starts on this bill, or None."""
    standing = object_session(bill).scalar(ask.standing_correction(bill).limit(1))
    if standing is None:
        return limits.out_of_bounds(bill)
    if standing.state == S.APPLIED:
        return (f"Este recibo ya fue corregido con {standing}; para cambiarlo inicie la reversa "
                "de esa corrección.")
    return f"Este recibo ya tiene abierta {standing}; termine o retire esa antes de iniciar otra."


def ways(bill):
    """(anomaly type, procedure version) pairs in force on the bill's last day."""
    session = object_session(bill)
    versions = session.scalars(ask.versions_in_force(bill.period_end)).all()
    return [(cause, version) for cause in session.scalars(ask.causes())
            for version in versions if cause.code in version.anomaly_codes]


def ask_cause(bill, actor):
    choices = tuple((f"{cause.id}-{version.id}", f"{cause.name} — {version}")
                    for cause, version in ways(bill))
    if not choices:
        raise Broken(f"Ningún procedimiento autorizado estaba vigente el "
                     f"{day(bill.period_end)}, último día del recibo; pida a la Dirección de "
                     "Comercialización que autorice uno.")
    return (Ask("way", "Causa y procedimiento", "choice", choices=choices,
                help="Rige la versión vigente el último día del periodo del recibo."),
            reason_ask(""))


def reason_ask(value):
    return Ask("reason", "Motivo", "long_text", value=value,
               help="Qué pasó y cómo se supo; lo leerán quienes firman.")


def chosen(bill, way):
    for cause, version in ways(bill):
        if way == f"{cause.id}-{version.id}":
            return cause, version
    raise Broken("Ese procedimiento ya no está vigente para este recibo; elija otro.")


def ask_reversal(correction, actor):
    return (reason_ask(""),)


def cannot_reverse(correction, actor):
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


def ask_inputs(correction, actor):
    """The figures that the frozen procedure version asks of a person, with what they typed."""
    asks, kept = [reason_ask(correction.reason)], correction.inputs
    if correction.reversal_of_id is not None:
        return tuple(asks)
    definition = definition_of(correction.procedure_version)
    return (*asks, *input_asks(definition, kept, bounds_of(correction, definition)), *instalments.ask(correction))


def input_asks(definition, kept, bounds):
    """One question for each figure that a person gives, and one more for its reason where it has one."""
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


def input_label(field):
    """«Lectura correcta (m³)», «Plazo (días)»."""
    return f"{field.label} ({MANY.get(field.unit, field.unit)})" if field.unit else field.label


def typed(field, kept):
    """What was typed before, as its question takes it."""
    value = kept.get(field.name)
    return date.fromisoformat(value) if field.type == "date" and value else value


def captured_by_people(definition):
    return [field for field in definition.inputs if field.origin == "person"]


def bounds_of(correction, definition):
    """input → what the procedure admits there, with the figures of this case."""
    bounded = [field for field in captured_by_people(definition) if field.minimum or field.maximum]
    if not bounded:
        return {}
    asked = {name for field in bounded for bound in (field.minimum, field.maximum) if bound for name in names_in(bound)}
    names = bill_names(billed(correction.bill))
    if asked - {*names}:        # the rest of the case is read only where a limit names it
        facts, _ = case_of(correction)
        names |= history_names(facts.history) | facts.extra
    return {field.name: admits(*allowed_range(definition, field, names)) for field in bounded}


def billed(bill):
    """The bill as a computation takes it, with its lines as they stand after its notes."""
    lines = lines_of(bill)
    return BillFacts(bill.folio, bill.period_start, bill.period_end, (bill.period_end - bill.period_start).days + 1,
                     bill.tariff_class.value, bill.volume, sum((line.total for line in lines), Decimal(0)), lines)


def admits(least, most):
    """The limits of a figure, as help beside its field."""
    if least and most:
        return f"Se admite desde {least} hasta {most}."
    return f"Se admite desde {least}." if least else f"Se admite hasta {most}." if most else ""


def uncaptured(correction):
    """The inputs that the procedure asks a person for and nobody has typed yet."""
    if correction.reversal_of_id is not None:
        return []
    return [field for field in captured_by_people(definition_of(correction.procedure_version))
            if field.required and is_asked(field, correction.inputs)
            and field.name not in correction.inputs]


def refused(correction):
    """Why it does not proceed, besides what was not captured yet."""
    waits = {missing(field) for field in uncaptured(correction)}
    return [sentence for sentence in correction.refusals if sentence not in waits]


def kept_inputs(inputs):
    """What was typed, in a form that JSON keeps exactly."""
    return {name: str(value) if isinstance(value, (Decimal, date)) else value
            for name, value in inputs.items() if value is not None and value != ""}


def asked_kinds(record):
    """(requirement, label) of each document that the procedure of a correction or a batch asks for."""
    return [(item.kind, item.label.capitalize()) for item in definition_of(record.procedure_version).evidence]


def lacking(correction):
    """Sentences for each document that the procedure still asks for."""
    if correction.reversal_of_id is not None:
        return ()
    definition, names = definition_of(correction.procedure_version), correction.inputs
    asked_of_records = {name for item in definition.evidence if item.when for name in names_in(item.when)} - {*names}
    if asked_of_records:
        facts, _ = case_of(correction)
        names = facts.extra | facts.inputs
    return missing_evidence(definition, {item.kind for item in correction.attachments}, names)


def not_ready(correction, actor):
    """Why the draft is not sent yet, or None."""
    if waits := uncaptured(correction):
        return " ".join(f"Falta «{field.label}»; use «Capturar datos y calcular»." for field in waits)
    if not correction.eligible:
        return " ".join(correction.refusals) or "Falta calcular la corrección."
    if hindered := limits.not_applicable(correction, actor):
        return hindered
    if documents := lacking(correction):
        return " ".join(documents)
    return None if said(correction, "slots") else NO_BAND
