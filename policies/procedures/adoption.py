"""What an office must still fill in before a procedure may change a bill: most published rules leave it out."""
from policies.core.figures import day
from policies.core.offices import SIGNERS
from policies.procedures.definition import Definition
from policies.procedures.facts import BillFacts

OWN_UNITS = ("m3", "MXN")


def missing_parts(definition: Definition) -> tuple[str, ...]:
    """Spanish names of the parts that `definition` lacks to be applied here; empty when it is adopted whole."""
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


def offices_that_do_not_sign(definition: Definition) -> list[str]:
    """The offices in its approval that sign nothing in this utility, each once, as the file writes them."""
    signs = {role.value for role in SIGNERS}
    named = (word for level in definition.approval for word in (level.office, *level.deputies, *level.members))
    return list(dict.fromkeys(word for word in named if word not in signs))


def unknown_offices_sentence(definition: Definition) -> str:
    """A Spanish sentence that names those offices and the ones that do sign; empty when there is none."""
    found = offices_that_do_not_sign(definition)
    if not found:
        return ""
    named, offered = ", ".join(f"«{word}»" for word in found), ", ".join(sorted(role.value for role in SIGNERS))
    return f"aquí no firma {named}; use uno de los cargos que firman: {offered}."


def refusals(definition: Definition, bill: BillFacts) -> list[str]:
    """Spanish sentences when `definition` may not be applied to `bill`: not adopted whole, or not in force."""
    lacking = missing_parts(definition)
    if lacking:
        return [f"El procedimiento no está adoptado: le falta {'; '.join(lacking)}. Complételo antes de usarlo."]
    starts, ends = definition.valid_from, definition.valid_to
    if bill.period_end < starts or (ends is not None and bill.period_end > ends):
        return [(f"La versión {definition.version} no estaba vigente el {day(bill.period_end)}, último día del "
                "periodo; use la versión que valía ese día.")]
    return []
