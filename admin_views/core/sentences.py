"""What people read when PostgreSQL refuses: one calm sentence, chosen by constraint or code."""

from functools import cache

from models import db
from models.base.calendar import LONGEST
from models.base.roles import SINGLE_HOLDER
from models.base.written import sentences
from policies.core.refusals import REFUSALS

CONSTRAINTS = {
    "uq_corrections_open": "Este recibo ya tiene una corrección abierta; termine o retire esa "
                           "antes de iniciar otra.",
    "uq_corrections_standing": "Este recibo ya fue corregido; para cambiarlo inicie la reversa "
                               "de esa corrección.",
    "uq_corrections_reversal": "Esa corrección ya tiene una reversa en curso.",
    "uq_credit_notes_correction_id": "Esta corrección ya se aplicó; existe una sola nota por "
                                     "corrección.",
    "uq_signatures_place_id": "Esa firma ya fue puesta por otra persona; actualice la página.",
    "uq_signatures_subject": "Usted ya firmó esta revisión.",
    "uq_attachments_subject": "Ese mismo archivo ya está agregado a ese requisito.",
    "uq_fiscal_records_substitute_uuid": "Ese folio fiscal ya está registrado en otra nota; revíselo en el acuse "
                                         "del timbrado.",
    "uq_logins_email_lower": "Ese correo ya tiene un acceso; use otro.",
    "uq_logins_person_id": "Esa persona ya tiene un acceso; edítelo en lugar de crear otro.",
    "uq_holidays_day": "Ese día ya está en el calendario.",
    "uq_anomaly_types_code": "Esa clave de anomalía ya existe; use otra.",
    "uq_approval_slots_band_id": "Ese nivel ya tiene una firma con ese orden; use otro número.",
    "ck_appointments_dates_in_order": "La fecha «hasta» debe ser igual o posterior a «desde».",
    "ck_approval_bands_band_in_order": "El importe «hasta» debe ser mayor que «desde».",
    "ck_approval_bands_dates_in_order": "La vigencia «hasta» debe ser posterior a «desde».",
    "ck_approval_windows_dates_in_order": "La vigencia «hasta» debe ser posterior a «desde».",
    "ck_approval_windows_length_sane": "La duración va de 1 a 1000 días.",
    "ex_approval_windows_one_rules": "Ya rige otra ventana en parte de esas fechas; retírela antes de autorizar esta.",
    "ck_delegations_dates_in_order": "La fecha «hasta» debe ser igual o posterior a «desde».",
    "ck_delegations_bounded": "Una delegación dura un año a lo más; acorte sus fechas.",
    "ck_delegations_two_people": "Quien firma por ausencia debe ser otra persona que el titular.",
    "ck_delegations_letter_said": "Escriba el número del oficio de delegación, por ejemplo DG/2026/044.",
    "ck_exclusive_offices_two_offices": "Elija dos cargos distintos.",
    "ck_exclusive_offices_dates_in_order": "La vigencia «hasta» debe ser igual o posterior a «desde».",
    "ck_exclusive_offices_reason_said": "Escriba qué separa la incompatibilidad, por ejemplo «quien prepara no firma».",
    "ck_deadline_rules_dates_in_order": "La vigencia «hasta» debe ser igual o posterior a «desde».",
    "ck_deadline_rules_amount_sane": f"La duración va de 1 a {LONGEST}.",
    "ck_deadline_rules_basis_said": "Escriba el fundamento: la ley y su artículo o quién propone la meta.",
    "ex_deadline_rules_one_rules": "Ya rige otro plazo con esa clave en parte de esas fechas; termínelo o retírelo "
                                   "antes de autorizar este.",
    "uq_calendar_years_year": "Ese año ya tiene su calendario; edítelo en lugar de crear otro.",
    "ck_calendar_years_year_sane": "El año va de 2000 a 2100.",
    "ck_letter_templates_body_said": "Escriba el texto de la carta.",
    "ck_notices_delivery_proven": "Escriba quién recibió la carta y qué día.",
    "ck_notices_return_explained": "Escriba por qué se devolvió la carta.",
    "ck_notices_address_known": "Falta el domicilio; regístrelo con «Corregir domicilio» antes de imprimirla.",
    "ck_municipalities_dates_in_order": "La fecha «hasta» debe ser posterior a «desde».",
}
CONSTRAINTS |= {f"ex_appointments_{role.value}": (
    "Ese cargo ya tiene titular en parte de esas fechas; termine antes ese nombramiento, elija otras fechas o registre "
    "a un encargado de despacho.") for role in SINGLE_HOLDER}
CODES = {
    "AG001": REFUSALS["move_not_declared"],
    "AG002": "Lo firmado o cerrado ya no se cambia; inicie un documento nuevo.",
    "AG005": REFUSALS["place_closed"],
    "AG006": REFUSALS["signatures_missing"],
    "AG008": "Los importes no corresponden a lo firmado; nada se guardó.",
    "AG034": "El procedimiento pide la firma de un cargo que aquí no firma; use en «quién firma»: "
             "unit_head, commercial_director o general_director.",
    "AG040": "Otra versión de este procedimiento ya rige en esos días; cambie las fechas de vigencia.",
    "AG041": "El contenido no dice la clave, el número o las fechas de su versión; actualice la página y guarde de "
             "nuevo.",
    "AG043": "El procedimiento pide un dato que nadie puede capturar o que el expediente no tiene; corrija ese dato en "
             "inputs y envíelo de nuevo.",
    "AG042": "Falta el documento autorizado en PDF; adjúntelo y envíe de nuevo.",
    "AG021": "El procedimiento no admite otra corrección de esta cuenta dentro de ese plazo; nada se guardó.",
    "AG022": "Un renglón se mueve en sentido contrario al de la corrección; corríjalo aparte, con otro procedimiento.",
    "AG023": "El periodo de ese recibo no se corrige: debe haber terminado ya, hace cinco ejercicios fiscales como "
             "máximo, y durar 366 días o menos.",
    "AG027": REFUSALS["sources_changed"],
    "42501": "Su cargo no permite este cambio; nada se guardó.",
    "23503": "El registro está ligado a otros y no puede cambiarse así; nada se guardó.",
    "23505": "Ya existe un registro con esos datos; búsquelo en lugar de repetirlo.",
    "23514": "Un dato está fuera de lo permitido; revíselo y envíe de nuevo.",
    "22003": "Un número es demasiado grande; revíselo y envíe de nuevo.",
    "40001": "Otra persona guardó al mismo tiempo; nada se perdió, envíe de nuevo.",
    "40P01": "Otra persona guardó al mismo tiempo; nada se perdió, envíe de nuevo.",
    "55P03": "Otra persona está guardando este registro; espere unos segundos y envíe de nuevo.",
    "53100": "No hay espacio en el disco de la base de datos y nada se guardó. Avise a Informática y Sistemas.",
    "57014": "La consulta tardó demasiado; acote la búsqueda e intente de nuevo.",
}


def sentence_for(error):
    """The Spanish sentence of a database refusal, or None when it is no refusal we know.

    A constraint's own comes first, then the one that a guard brings as its HINT, then that of the error's code.
    """
    original = getattr(error, "orig", None)
    diagnosis = getattr(original, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None)
    code = getattr(original, "sqlstate", None) or ""
    brought = getattr(diagnosis, "message_hint", None) if code.startswith("AG") else None
    return CONSTRAINTS.get(constraint) or declared().get(constraint) or brought or CODES.get(code)


@cache
def declared() -> dict[str, str]:
    """The sentences that models give beside their constraints and indexes."""
    return sentences(db.metadata)
