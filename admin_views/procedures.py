"""What a procedure version says, in words: the same content that the engine obeys."""

from sqlalchemy import select

from admin_views.base import PolicyView
from models.procedures import Procedure, ProcedureVersion
from models.queries import finding
from policies.cases import definition_of
from policies.procedures import terms
from policies.procedures.vocabulary import in_words, said_choice

KINDS = {"volume": "un consumo en m³, que se vuelve a tarifar renglón por renglón",
         "amount": "un importe en MXN, repartido entre los renglones",
         "class": "otra clase tarifaria, con el mismo consumo",
         "tax": "el IVA de cada renglón, según su regla", "figures": "cifras de referencia"}


class ProcedureVersionView(PolicyView):
    column_list = ("procedure", "number", "state", "valid_from", "valid_to", "content_hash")
    filters_by = ("state", "procedure", "valid_from", "valid_to")
    searches = True
    endings, creates_here = "a", False
    record_template = "procedure.html"
    facts = (("Procedimiento", ("procedure", "number", "state")),
             ("Vigencia y contenido", ("valid_from", "valid_to", "content_hash")))

    def search(self, query, words):
        """By the procedure's name, whichever version."""
        return query.where(ProcedureVersion.procedure.has(
            finding.worded([Procedure.name, Procedure.code], words)))

    def nearest(self, words):
        yield self.search(self.scope(select(ProcedureVersion)), words).order_by(ProcedureVersion.id.desc())

    def page_of(self, record):
        return super().page_of(record) | {"sections": sections(definition_of(record))}


def sections(definition):
    """[(title, [sentence])] of everything that rules a correction under this version."""
    told = (
        ("De dónde viene", [source_words(source) for source in definition.sources]),
        ("Qué se captura", [input_words(definition, item) for item in definition.inputs
                            if item.origin == "person"]),
        ("Qué se toma de los registros", [item.label for item in definition.inputs
                                          if item.origin == "record"]),
        ("Cuándo procede", [condition_words(definition, item) for item in definition.eligibility]),
        ("Topes", [cap.label or cap.kind for cap in definition.caps]),
        ("Cómo se calcula", [f"{step.label or step.out}: {in_words(definition, step.expr)}"
                             for step in definition.computation]),
        ("Qué resulta", [KINDS.get(definition.result.kind, definition.result.kind)]),
        ("Evidencia", [evidence_words(definition, item) for item in definition.evidence]),
        ("No aplica a", list(definition.exclusions)),
        ("Plazos", [deadline_words(item) for item in definition.deadlines]),
        ("Notas", list(definition.notes)))
    return [(title, sentences) for title, sentences in told if sentences]


def source_words(source):
    return f"{source.title}. {source.basis}" if source.basis else source.title


def input_words(definition, item):
    words = f"{item.label}, con su motivo" if item.reason_required else item.label
    for name, value in (item.when or {}).items():
        (above,) = (other.label for other in definition.inputs if other.name == name)
        answer = {True: "Sí", False: "No"}.get(value) or said_choice(value).capitalize()
        words += f"; solo si «{above}» es «{answer}»"
    return words


def condition_words(definition, condition):
    return condition.label or in_words(definition, condition.field)


def evidence_words(definition, item):
    words = item.label.capitalize()
    if item.when:
        words += f", si: {in_words(definition, item.when)}"
    return f"{words} (o su alternativa)" if item.group else words


def deadline_words(item):
    return terms.said(item)


def views():
    yield ProcedureVersionView(ProcedureVersion, name="Procedimientos",
                               endpoint="procedure_versions", url="/procedimientos")

