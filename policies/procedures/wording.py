"""The Spanish name and explanation of each field of a procedure, for forms and for the list of differences.

A name carries its article («el máximo»), so that sentences and labels are made from the same words.
"""

from policies.core.offices import SIGNERS
from policies.procedures import reckoning as r
from policies.procedures import requisites as q
from policies.procedures.caps import KINDS
from policies.procedures.definition import Definition
from policies.procedures.effects import EFFECTS
from policies.procedures.vocabulary import SERVICES, choice_label

FORMULA = "Una fórmula con los nombres de al lado."
FIELDS = {
    Definition: {
        "name": ("el nombre", "Como lo citan los oficios."),
        "valid_from": ("la vigencia desde", "Rige los recibos cuyo último día cae en esta fecha o después."),
        "valid_to": ("la vigencia hasta", "Vacía: rige hasta que otra versión la sustituya."),
        "kind": ("el tipo de corrección", "Para agrupar; las que se ofrecen cuentan como estimaciones."),
        "status": ("la situación en la fuente", "Solo en los procedimientos tomados de otro organismo."),
        "anomaly_types": ("las anomalías", "Las causas del catálogo que se corrigen con este procedimiento."),
        "exclusions": ("los casos excluidos", "Uno por renglón; se muestran, no se calculan."),
        "effects": ("los efectos", "Lo que sigue a la corrección."),
        "notes": ("las notas", "Una por renglón."),
        "not_stated": ("lo que la fuente no dice", "Uno por renglón: lo que la oficina tuvo que decidir.")},
    q.Units: {
        "volume": ("la unidad de volumen", "Para aplicarse aquí debe ser m3."),
        "currency": ("la moneda", "Para aplicarse aquí debe ser MXN.")},
    q.Source: {
        "title": ("el título de la fuente", "La norma, el acuerdo o la política."),
        "url": ("la dirección de la fuente", "Dónde se consulta."),
        "basis": ("el fundamento", "Artículo, página o quién lo decidió."),
        "procedure": ("la clave en la biblioteca", "La ficha de la que se adoptó, si la hay.")},
    q.InputField: {
        "name": ("el nombre en las fórmulas", "Sin espacios, por ejemplo lectura_correcta."),
        "label": ("la pregunta", "Como la lee quien captura."),
        "type": ("el tipo de dato", ""),
        "origin": ("de dónde sale", "Lo captura una persona o se toma de los registros."),
        "unit": ("la unidad", "m3, MXN, day, month, percent."),
        "required": ("si es obligatorio", ""),
        "choices": ("las opciones", "Una por renglón; solo con el tipo «una de varias opciones»."),
        "minimum": ("el mínimo admitido", FORMULA),
        "maximum": ("el máximo admitido", FORMULA),
        "decimals": ("los decimales admitidos", "0 para enteros; sin él, 2 en pesos, 3 en m³ y 4 en lo demás."),
        "reason_required": ("si pide motivo", "La cifra se fija por criterio y se explica."),
        "when": ("la condición para pedirlo", "nombre: respuesta de un dato anterior, por ejemplo leak.repaired: sí")},
    q.Condition: {
        "field": ("lo que se compara", FORMULA),
        "op": ("la comparación", "Cuide «mayor que» contra «por lo menos»."),
        "value": ("el valor", "Una cifra, sí o no, un texto, una lista con comas o una fórmula que empiece con =, "
                              "por ejemplo = 2 * baseline"),
        "group": ("el grupo", "Los requisitos de un mismo grupo son alternativas: basta uno."),
        "label": ("el requisito en palabras", "Lo lee el usuario cuando no procede."),
        "note": ("la nota", "")},
    r.BaselineStep: {
        "method": ("la forma de obtenerla", "Se usa el primer paso cuya condición se cumple y que tiene datos."),
        "measure": ("lo que se mide", ""),
        "unit": ("la unidad de la referencia", "m3 o MXN."),
        "when": ("la condición del paso", FORMULA),
        "minimum_periods": ("los periodos mínimos", "Con menos, se pasa al paso siguiente."),
        "value": ("la fórmula de la referencia", "Solo si la forma es «una fórmula»."),
        "note": ("la nota", "")},
    r.Window: {
        "last": ("los periodos anteriores", "Cuántos recibos antes. Use uno solo: periodos, meses o años."),
        "months": ("los meses anteriores", "Cuántos meses antes."),
        "same_period_years": ("los años del mismo periodo", "El mismo periodo de cuántos años antes."),
        "next": ("los periodos posteriores", "El caso espera hasta que existan."),
        "scope": ("el alcance del historial", "")},
    r.Filters: {
        "measured_only": ("si solo cuenta lecturas tomadas", ""),
        "non_zero": ("si excluye consumos en cero", ""),
        "same_class": ("si exige la misma clase", ""),
        "max_age_years": ("la antigüedad máxima en años", ""),
        "drop_highest": ("si quita el más alto", ""),
        "drop_from": ("de dónde se quita el más alto", ""),
        "where": ("la prueba de cada periodo", "Con period.volume, period.total, period.days, period.measured.")},
    r.FormulaStep: {
        "out": ("el nombre de la cifra", "Sin espacios; lo usan los pasos siguientes."),
        "expr": ("la fórmula", FORMULA),
        "unit": ("la unidad de la cifra", "m3, MXN, month, percent."),
        "label": ("la cifra en palabras", "Así aparece en la memoria de cálculo.")},
    r.Result: {
        "kind": ("lo que resulta", "Lo que se cambia en el recibo."),
        "value": ("la cifra del resultado", "El nombre de una cifra del cálculo, o una fórmula."),
        "direction": ("el sentido del resultado", ""),
        "since": ("el día del cambio de clase", "Solo si la clase cambió dentro del periodo: un dato de tipo fecha.")},
    r.Instalments: {
        "most": ("el máximo de parcialidades", "De un cargo: una fórmula, por ejemplo los meses que duró el error.")},
    r.LineTreatment: {
        "service": ("el servicio", "Uno de los que se ofrecen, o el de la fuente."),
        "treatment": ("el tratamiento", ""),
        "percent": ("el porcentaje", "Fórmula de 0 a 100; solo con «se acerca un porcentaje»."),
        "value": ("la cifra propia del renglón", "m³ si resulta un consumo; MXN con IVA si resulta un importe."),
        "note": ("la nota", "")},
    r.Cap: {
        "kind": ("la clase de tope", "Una de las que se ofrecen, o la de la fuente."),
        "label": ("el tope en palabras", "Lo lee el usuario cuando no procede."),
        "of": ("lo que se limita", FORMULA),
        "minimum": ("el mínimo", FORMULA),
        "maximum": ("el máximo", FORMULA),
        "when": ("la condición del tope", FORMULA),
        "apply": ("lo que pasa al rebasarlo", "Ajustar exige que «lo que se limita» sea una cifra del cálculo."),
        "window": ("el plazo del tope", "Con frequency lo cuenta la base de datos; con las demás solo informa."),
        "unit": ("la unidad del plazo", "Una de las que se ofrecen, o la de la fuente."),
        "scope": ("el alcance del tope", "Uno de los que se ofrecen, o el de la fuente."),
        "note": ("la nota", "")},
    r.Rounding: {
        "step": ("el paso del redondeo", "1 para m³ enteros, 0.01 para centavos."),
        "mode": ("el modo del redondeo", ""),
        "where": ("el lugar del redondeo", "Consumo: volumen o cada renglón; importe: total del recibo."),
        "stated": ("si la fuente dice el redondeo", "Sin la marca, lo decidió la oficina.")},
    q.Evidence: {
        "kind": ("la clave del documento", "Sin espacios, por ejemplo repair_invoice."),
        "label": ("el documento", "Como lo lee quien lo adjunta."),
        "group": ("el grupo de alternativas", "Dentro de un grupo basta una alternativa completa."),
        "alternative": ("la alternativa", "Los documentos de una misma alternativa van juntos."),
        "when": ("la condición del documento", FORMULA)},
    q.Approval: {
        "level": ("el orden", "1 firma primero."),
        "office": ("el cargo", "Quién firma en este nivel."),
        "signatures": ("las firmas", "Cuántas; en un órgano colegiado, su quórum."),
        "note": ("la nota", ""),
        "minimum": ("el importe mínimo", "MXN; vacío: sin mínimo."),
        "maximum": ("el importe máximo", "MXN; vacío: sin máximo."),
        "deputies": ("los suplentes", "Pueden firmar en su lugar."),
        "members": ("los integrantes", "De un órgano colegiado.")},
    q.Deadline: {
        "name": ("el plazo", "Qué debe hacerse."),
        "value": ("la duración", "Una cifra, o el plazo en palabras."),
        "unit": ("la unidad del plazo", ""),
        "starts": ("el inicio en palabras", ""),
        "who": ("a quién obliga", ""),
        "effect": ("la consecuencia en palabras", ""),
        "anchor": ("el hecho desde el que corre", ""),
        "rule": ("la regla de la fecha", ""),
        "on_expiry": ("lo que pasa al vencer", "")},
    q.EffectWhen: {
        "effect": ("el efecto", ""),
        "when": ("la condición del efecto", FORMULA)},
    q.WorkedExample: {
        "inputs": ("los datos", "nombre: valor, uno por renglón, por ejemplo bill.volume: 34"),
        "history": ("los periodos anteriores", "Consumos en m³ con comas, del más antiguo al más reciente; o "
                                               "{volume: 60, adjusted: sí}."),
        "later": ("los periodos posteriores", "Igual, los que siguen al recibo."),
        "expected": ("lo que debe resultar", "nombre: valor, uno por renglón; eligible: sí o no dice si procede."),
        "provenance": ("el origen del ejemplo", ""),
        "note": ("la nota", "")},
}
CHOICES = EFFECTS | SERVICES | KINDS | {role.value: role.label for role in SIGNERS} | {
    "number": "una cifra", "bool": "sí o no", "choice": "una de varias opciones", "text": "un texto",
    "list": "una lista de cifras", "person": "lo captura una persona", "record": "se toma de los registros",
    "eq": "igual a", "ne": "distinto de", "gt": "mayor que", "gte": "por lo menos", "lt": "menor que",
    "lte": "a lo más", "in": "uno de", "not_in": "ninguno de", "exists": "tiene dato",
    "average": "promedio de periodos", "value": "una fórmula", "volume": "consumo en m³", "amount": "importe en MXN",
    "daily": "consumo diario por los días del recibo", "account": "la cuenta", "premise": "el predio, quien lo ocupe",
    "window": "de los que se promedian", "history": "de todo el historial", "class": "clase tarifaria",
    "tax": "IVA de cada renglón", "figures": "nada en el recibo", "credit": "a favor del usuario",
    "debit": "a cargo del usuario", "both": "a favor o a cargo", "correct": "se recalcula",
    "keep": "se queda como está", "credit_percent": "se acerca un porcentaje", "refuse": "no procede",
    "limit": "se ajusta al tope", "half_up": "al más cercano, la mitad hacia arriba",
    "half_even": "al más cercano, la mitad al par", "up": "hacia arriba", "down": "hacia abajo",
    "line": "cada renglón", "bill": "total del recibo", "tier": "cada bloque",
    "hour": "horas", "day": "días naturales", "working_day": "días hábiles", "week": "semanas", "month": "meses",
    "year": "años", "billing_cycle": "ciclos de facturación", "date": "una fecha", "end_of_month": "fin de mes",
    "next_bill": "fecha de un recibo posterior", "bill_issue": "emisión del recibo",
    "bill_receipt": "recepción del recibo", "due_date": "vencimiento", "payment": "pago", "event": "hecho",
    "high_consumption": "consumo alto", "discovery": "descubrimiento", "notice": "aviso", "inspection": "inspección",
    "installation": "instalación", "test": "prueba del medidor", "reading": "lectura", "repair": "reparación",
    "return_to_normal": "regreso al consumo normal", "filing": "solicitud", "decision": "resolución",
    "order": "orden", "reject_late": "se rechaza por extemporánea", "accept_reading": "se acepta la lectura",
    "deemed_granted": "se tiene por concedida", "deemed_withdrawn": "se tiene por desistida",
    "bill_metered": "se cobra lo medido", "estimate": "se estima", "verbatim": "impreso en la fuente",
    "derived": "calculado por la oficina",
    "estimation": "lectura estimada", "meter_failure": "falla del medidor"}
# The name of one row of each repeated part.
ROWS = {"sources": "la fuente", "inputs": "el dato", "eligibility": "el requisito", "baseline": "el paso de referencia",
        "computation": "la cifra", "lines": "el renglón", "caps": "el tope", "evidence": "el documento",
        "approval": "la firma", "deadlines": "el plazo", "effects_when": "el efecto condicionado",
        "worked_examples": "el ejemplo"}


def phrase(kind: type, name: str) -> str:
    """A field with its article: «el máximo»."""
    return FIELDS[kind][name][0]


def label(kind: type, name: str) -> str:
    """The label of a field in the form: «Máximo»."""
    return without_article(phrase(kind, name))


def without_article(words: str) -> str:
    """The words without their article, with a capital letter."""
    article, _, rest = words.partition(" ")
    words = rest if article in ("el", "la", "los", "las") else words
    return words[:1].upper() + words[1:]


def advice(kind: type, name: str) -> str:
    """What to write in a field."""
    return FIELDS[kind][name][1]


def option_label(value: str) -> str:
    """The Spanish label of a word that a field may take."""
    return CHOICES.get(value) or choice_label(value)
