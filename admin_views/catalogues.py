"""Catalogues: the ground, the calendar, the anomalies, the tariffs, the signature bands."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Select, select

from admin_views.core.base import PolicyView
from admin_views.home.cards import Card, Figures, card
from models.bands import ApprovalBand, ApprovalSlot, ApprovalWindow
from models.base.calendar import Holiday
from models.base.drafts import DraftState
from models.exclusions import ExclusiveOffices
from models.organization import Municipality, Neighborhood, SupplyZone
from models.procedures import AnomalyType
from models.tariffs import LineRule, Tariff
from policies.core.offices import ADMINISTRATOR

# What waits for another office to put it in force: (list, what the card says, who does).
DRAFTS = ((ApprovalBand, "Niveles de firma por autorizar", "Los autoriza la Dirección de Comercialización."),
          (ApprovalWindow, "Ventanas de acumulación por autorizar", "Las autoriza la Dirección de Comercialización."),
          (Holiday, "Días inhábiles por autorizar", "Los autoriza el Titular de la Unidad."))


def drafted(day: date) -> dict[str, Select]:
    """{table: SELECT of its drafts} of DRAFTS."""
    return {model.__tablename__: select(model.id).where(model.state == DraftState.DRAFT) for model, *_ in DRAFTS}


def draft_cards(found: dict[str, int], day: date) -> Iterator[Card]:
    """One card for each list of DRAFTS, with how many wait."""
    for model, label, help in DRAFTS:
        yield card(label, found[model.__tablename__], model.__tablename__, help, state="draft")


class MunicipalityView(PolicyView):
    menu_entry = "Calendario y territorio"
    column_list = ("name", "valid_from", "valid_to")
    column_default_sort = ("name", False)
    filters_by, search_in = ("valid_from", "valid_to"), ("name",)
    facts = (("Municipio", ("name", "valid_from", "valid_to")),)


class SupplyZoneView(PolicyView):
    menu_entry = "Calendario y territorio"
    column_list = ("code", "name", "source", "municipality")
    column_default_sort = ("code", False)
    filters_by = ("municipality", "source")
    search_in = ("code", "name")
    facts = (("Zona", ("code", "name", "municipality")), ("Abasto", ("source",)))


class NeighborhoodView(PolicyView):
    menu_entry = "Calendario y territorio"
    column_list = ("name", "municipality")
    column_default_sort = ("name", False)
    filters_by, search_in = ("municipality",), ("name",)
    facts = (("Colonia", ("name", "municipality")),)


class HolidayView(PolicyView):
    figures = (Figures(ADMINISTRATOR, drafted, draft_cards),)
    menu_entry = "Calendario y territorio"
    column_list = ("day", "reason", "state")
    column_default_sort = ("day", True)
    filters_by, search_in = ("state", "day", "reason"), ("reason",)
    facts = (("Día inhábil", ("day", "reason", "state")),)


class ExclusiveOfficesView(PolicyView):
    menu_entry = "Personas y cargos"
    column_list = ("first_role", "second_role", "reason", "valid_from", "valid_to", "state")
    column_default_sort = ("id", False)
    filters_by = ("state", "first_role", "second_role", "valid_from", "valid_to")
    search_in = ("reason",)
    facts = (("Qué cargos", ("first_role", "second_role", "reason")), ("Vigencia", ("valid_from", "valid_to", "state")))


class AnomalyTypeView(PolicyView):
    menu_entry = "Reglas para corregir"
    column_list = ("name", "code", "active")
    column_default_sort = ("name", False)
    filters_by, search_in = ("active", "code"), ("name", "code")
    facts = (("Anomalía", ("name", "code", "active")), ("Qué es", ("description",)))


class ApprovalBandView(PolicyView):
    menu_entry = "Reglas para corregir"
    column_list = ("name", "from_amount", "to_amount", "valid_from", "valid_to", "state")
    column_default_sort = ("from_amount", False)
    filters_by = ("state", "valid_from", "from_amount", "to_amount", "valid_to")
    search_in = ("name",)
    facts = (("Qué importes", ("name", "from_amount", "to_amount")),
             ("Vigencia", ("valid_from", "valid_to", "state")))
    parts = {"slots": ("position", "role")}
    steps = (("Nivel e importes", ("name", "from_amount", "to_amount")),
             ("Vigencia", ("valid_from", "valid_to")), ("Firmas", ("slots",)))


class ApprovalSlotView(PolicyView):
    menu_entry = "Reglas para corregir"
    column_list = ("band", "position", "role")
    filters_by = ("role", "band", "position")
    facts = (("Firma", ("band", "position", "role")),)


class ApprovalWindowView(PolicyView):
    menu_entry = "Reglas para corregir"
    column_list = ("length", "unit", "valid_from", "valid_to", "state")
    column_default_sort = ("valid_from", True)
    filters_by = ("state", "unit", "valid_from", "valid_to")
    facts = (("Cuántos días", ("length", "unit")), ("Vigencia", ("valid_from", "valid_to", "state")))


class TariffView(PolicyView):
    menu_entry = "Reglas para corregir"
    column_list = ("code", "tariff_class", "valid_from", "valid_to", "method", "minimum_charge")
    filters_by = ("tariff_class", "method", "valid_from", "valid_to", "minimum_charge")
    search_in = ("code",)
    creates_here = False
    facts = (("Tarifa", ("code", "tariff_class", "valid_from", "valid_to")),
             ("Cuota mínima", ("minimum_charge", "minimum_volume", "method")))


class LineRuleView(PolicyView):
    menu_entry = "Reglas para corregir"
    column_list = ("service", "tariff_class", "valid_from", "valid_to", "percent_of_water",
                   "tax_percent")
    filters_by = ("service", "tariff_class", "valid_from", "valid_to", "tax_percent")
    creates_here = False
    facts = (("A qué se aplica", ("service", "tariff_class", "valid_from", "valid_to")),
             ("Cuánto se cobra", ("percent_of_water", "tax_percent")),
             ("Redondeo", ("rounding_step", "rounding_mode")))


def views() -> Iterator[PolicyView]:
    """The screens of the area."""
    yield AnomalyTypeView(AnomalyType, url="/anomalias")
    yield ApprovalBandView(ApprovalBand, url="/niveles")
    yield ApprovalSlotView(ApprovalSlot, url="/firmas-por-nivel")
    yield ExclusiveOfficesView(ExclusiveOffices, url="/cargos-incompatibles")
    yield ApprovalWindowView(ApprovalWindow, url="/ventanas")
    yield TariffView(Tariff, url="/tarifas")
    yield LineRuleView(LineRule, url="/reglas-por-renglon")
    yield HolidayView(Holiday, url="/dias-inhabiles")
    yield MunicipalityView(Municipality, url="/municipios")
    yield NeighborhoodView(Neighborhood, url="/colonias")
    yield SupplyZoneView(SupplyZone, url="/zonas-de-abasto")
