"""What an office must still fill in before a procedure may change a bill: most public rules leave it out."""
from policies.core.offices import SIGNERS
from policies.procedures.figures import day

OWN_UNITS = ("m3", "MXN")


def missing(definition):
    """Spanish names of the parts without which `definition` cannot be applied here; empty when adopted whole."""
    parts = {
        "un resultado sobre el recibo (result)": definition.result.kind != "figures",
        "unidades en m³ y MXN (units)": (definition.units.volume, definition.units.currency) == OWN_UNITS,
        "el redondeo (rounding)": definition.rounding is not None and definition.rounding.step is not None,
        "qué renglones se corrigen (lines)": any(line.treatment != "keep" for line in definition.lines),
        "la evidencia (evidence)": bool(definition.evidence),
        "quién firma (approval)": bool(definition.approval),
        "desde cuándo vale (valid_from)": definition.valid_from is not None,
    }
    return tuple(name for name, present in parts.items() if not present)


def strangers(definition):
    """The offices of its approval that sign nothing in this house, each once, as the file writes them."""
    signs = {role.value for role in SIGNERS}
    named = (word for level in definition.approval for word in (level.office, *level.deputies, *level.members))
    return tuple(dict.fromkeys(word for word in named if word not in signs))


def unknown_offices(definition):
    """A Spanish sentence that names them and those that do sign, or nothing."""
    found = strangers(definition)
    if not found:
        return ""
    named, offered = ", ".join(f"«{word}»" for word in found), ", ".join(sorted(role.value for role in SIGNERS))
    return f"aquí no firma {named}; use uno de los cargos que firman: {offered}."


def refusals(definition, bill):
    """Spanish sentences when `definition` may not be applied to `bill`: not adopted whole, or not in force."""
    lacking = missing(definition)
    if lacking:
        return [f"El procedimiento no está adoptado: le falta {'; '.join(lacking)}. Complételo antes de usarlo."]
    starts, ends = definition.valid_from, definition.valid_to
    if bill.period_end < starts or (ends is not None and bill.period_end > ends):
        return [(f"La versión {definition.version} no estaba vigente el {day(bill.period_end)}, último día del "
                "periodo; use la versión que valía ese día.")]
    return []
