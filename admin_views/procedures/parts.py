"""The pages on which a procedure is written: which fields of the file are on each, and in which order."""

import re
from dataclasses import dataclass

from policies.procedures import reckoning as r
from policies.procedures import requisites as q


@dataclass(frozen=True)
class Part:
    """One page: `plain` fields of the file itself, `single` parts that occur once, `rows` of repeated parts."""

    slug: str
    title: str
    help: str
    plain: tuple = ()
    single: tuple = ()      # (field of the file, dataclass)
    rows: tuple = ()        # (field of the file, dataclass, title)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the file that this page writes."""
        return (*self.plain, *(name for name, _ in self.single), *(name for name, _, _ in self.rows))


PARTS = (
    Part("identidad", "Identidad y fuentes", "Cómo se llama, desde cuándo rige y de dónde viene.",
         ("name", "valid_from", "valid_to", "anomaly_types", "kind", "status"), (("units", q.Units),),
         (("sources", q.Source, "Fuentes"),)),
    Part("datos", "Datos que se piden", "Cada dato que las fórmulas necesitan y que el recibo no trae.",
         rows=(("inputs", q.InputField, "Datos"),)),
    Part("requisitos", "Requisitos", "Quién puede pedirlo: cada frase de la norma es un renglón.",
         ("exclusions",), rows=(("eligibility", q.Condition, "Requisitos"),)),
    Part("referencia", "Referencia", "¿Comparado con qué? El primer paso cuya condición se cumple y que tiene datos es "
         "el que se usa.", rows=(("baseline", r.BaselineStep, "Pasos"),)),
    Part("calculo", "Cálculo y resultado", "Una cifra por renglón, en orden; el resultado dice cuál va al recibo.",
         single=(("result", r.Result),), rows=(("computation", r.FormulaStep, "Cifras"),)),
    Part("renglones", "Renglones", "Qué pasa con cada servicio del recibo; el que no se nombra se queda como está.",
         rows=(("lines", r.LineTreatment, "Renglones del recibo"),)),
    Part("topes", "Topes", "Hasta cuánto, cada cuándo y qué tan atrás.", rows=(("caps", r.Cap, "Topes"),)),
    Part("redondeo", "Redondeo", "Cómo se redondea y dónde. Vacío: no se redondea.",
         single=(("rounding", r.Rounding),)),
    Part("evidencia", "Evidencia", "Los documentos que prueban el caso.",
         rows=(("evidence", q.Evidence, "Documentos"),)),
    Part("firmas", "Firmas", "Quién firma cada corrección según la norma.", rows=(("approval", q.Approval, "Firmas"),)),
    Part("plazos", "Plazos y efectos", "Hasta cuándo, y qué sigue.", ("effects",),
         single=(("instalments", r.Instalments),),
         rows=(("deadlines", q.Deadline, "Plazos"), ("effects_when", q.EffectWhen, "Efectos con condición"))),
    Part("ejemplos", "Ejemplos", "Casos resueltos con cifras exactas: la regla debe dar lo mismo.",
         rows=(("worked_examples", q.WorkedExample, "Ejemplos"),)),
    Part("notas", "Notas", "Lo que conviene saber y no se calcula.", ("notes", "not_stated")),
)
BY_SLUG = {part.slug: part for part in PARTS}


def part_of(field: str) -> Part | None:
    """The page where a field of the file is written, or None."""
    return next((part for part in PARTS if field in part.fields), None)


def place_words(place: str) -> str:
    """A place of the file in the words of its page: «Pasos, 2» for baseline[1].filters."""
    field, index = re.fullmatch(r"(\w+)(?:\[(\d+)\])?.*", place).groups()
    part = part_of(field)
    title = next((title for name, _, title in part.rows if name == field), part.title)
    return title if index is None else f"{title}, {int(index) + 1}"
