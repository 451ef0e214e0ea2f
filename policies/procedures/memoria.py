"""The report of a computation in plain Mexican Spanish, the same on screen and on paper."""
from policies.core.figures import figure, money
from policies.procedures.outcome import Outcome
from policies.procedures.refusal import lacks
from policies.procedures.vocabulary import KEPT, service_label


def paragraphs(outcome: Outcome) -> list[dict[str, str]]:
    """Rows {"label", "how", "figure"} in reading order: why it does not proceed, or each step, line and the difference
    (MXN).
    """
    rows = [_row(step.label, _how(step), _figure_text(step)) for step in outcome.trace]
    rows += [_row("Advertencia", warning, "") for warning in outcome.warnings]
    if not outcome.eligible:
        return rows + [_refusal(sentence) for sentence in outcome.refusals]
    rows += [_line(before, after) for before, after in zip(outcome.before, outcome.after, strict=True)]
    return [*rows, _total(outcome)]


def _row(label, how, shown):
    return {"label": label, "how": how, "figure": shown}


def _refusal(sentence):
    label = "Falta" if lacks(sentence) else "No procede"
    words = sentence.removeprefix(f"{label}: ")
    return _row(label, words[:1].upper() + words[1:], "")


def _how(step):
    return f"{step.rule} ({step.source})" if step.source else step.rule


def _figure_text(step):
    value = step.value
    return KEPT.get(value, value) if isinstance(value, str) else figure(value, step.unit)


def _line(before, after):
    how = (f"antes {money(before.amount)} más IVA {money(before.tax)}; "
           f"después {money(after.amount)} más IVA {money(after.tax)}")
    return _row(f"Renglón de {service_label(after.service)}", how, money(after.total - before.total))


def _total(outcome):
    before, after = (sum(line.total for line in lines) for lines in (outcome.before, outcome.after))
    label = "A favor del usuario" if outcome.difference < 0 else "A cargo del usuario"
    how = f"total corregido {money(after)} menos total facturado {money(before)}"
    return _row(label, how, money(outcome.difference))
