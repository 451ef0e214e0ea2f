"""The Spanish label and unit of every name a procedure uses, for sentences and for the report."""
from policies.procedures.facts import LABELS
from policies.procedures.figures import figure

SERVICES = {"water": "agua", "sewer": "alcantarillado", "sanitation": "saneamiento"}
PARTS = {"amount": ("importe", "MXN"), "tax": ("IVA", "MXN"), "tax_percent": ("tasa de IVA", "percent"),
         "total": ("total", "MXN")}


def service_label(service):
    """The Spanish name of a service; one that has none is shown as it is."""
    return SERVICES.get(service, service)


def meaning(definition, name):
    """(label, unit) of `name` in `definition`; a name without label is its own label."""
    for item in definition.inputs:
        if item.name == name:
            return item.label, item.unit
    for step in definition.computation:
        if step.out == name:
            return step.label or name, step.unit
    if name == "baseline" and definition.baseline:
        return LABELS[name][0], "MXN" if definition.baseline[0].measure == "amount" else "m3"
    parts = name.split(".")
    if len(parts) == 3 and parts[2] in PARTS:
        label, unit = PARTS[parts[2]]
        return f"{label} de {service_label(parts[1])}", unit
    return LABELS.get(name, (name, None))


def shown(definition, name, value):
    """`value` of `name` with its unit, in words."""
    return figure(value, meaning(definition, name)[1])


def with_values(definition, expression_names, names):
    """«label = figure» for each name of an expression, so that a reader can redo it."""
    return "; ".join(f"{meaning(definition, name)[0]} = {shown(definition, name, names[name])}"
                     for name in sorted(expression_names) if names.get(name) is not None)
