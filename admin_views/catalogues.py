"""Catalogues: the ground, the calendar, the anomalies, the tariffs, the signature bands."""

from admin_views.core.base import PolicyView
from models.bands import ApprovalBand, ApprovalSlot, ApprovalWindow
from models.base.calendar import Holiday
from models.exclusions import ExclusiveOffices
from models.organization import Municipality, Neighborhood, SupplyZone
from models.procedures import AnomalyType
from models.tariffs import LineRule, Tariff


class MunicipalityView(PolicyView):
    one = "municipio"
    column_list = ("name", "valid_from", "valid_to")
    column_default_sort = ("name", False)
    filters_by, search_in = ("valid_from", "valid_to"), ("name",)
    facts = (("Municipio", ("name", "valid_from", "valid_to")),)


class SupplyZoneView(PolicyView):
    one = "zona de abasto"
    column_list = ("code", "name", "source", "municipality")
    column_default_sort = ("code", False)
    filters_by = ("municipality", "source")
    search_in, endings = ("code", "name"), "a"
    facts = (("Zona", ("code", "name", "municipality")), ("Abasto", ("source",)))


class NeighborhoodView(PolicyView):
    one = "colonia"
    column_list = ("name", "municipality")
    column_default_sort = ("name", False)
    filters_by, search_in, endings = ("municipality",), ("name",), "a"
    facts = (("Colonia", ("name", "municipality")),)


class HolidayView(PolicyView):
    one = "día inhábil"
    column_list = ("day", "reason", "state")
    column_default_sort = ("day", True)
    filters_by, search_in = ("state", "day", "reason"), ("reason",)
    facts = (("Día inhábil", ("day", "reason", "state")),)


class ExclusiveOfficesView(PolicyView):
    one, endings = "incompatibilidad", "a"
    column_list = ("first_role", "second_role", "reason", "valid_from", "valid_to", "state")
    column_default_sort = ("id", False)
    filters_by = ("state", "first_role", "second_role", "valid_from", "valid_to")
    search_in = ("reason",)
    facts = (("Qué cargos", ("first_role", "second_role", "reason")), ("Vigencia", ("valid_from", "valid_to", "state")))


class AnomalyTypeView(PolicyView):
    one = "anomalía"
    column_list = ("name", "code", "active")
    column_default_sort = ("name", False)
    filters_by, search_in, endings = ("active", "code"), ("name", "code"), "a"
    facts = (("Anomalía", ("name", "code", "active")), ("Qué es", ("description",)))


class ApprovalBandView(PolicyView):
    one = "nivel de firma"
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
    one = "firma"
    column_list = ("band", "position", "role")
    filters_by, endings = ("role", "band", "position"), "a"
    facts = (("Firma", ("band", "position", "role")),)


class ApprovalWindowView(PolicyView):
    one, endings = "ventana de acumulación", "a"
    column_list = ("length", "unit", "valid_from", "valid_to", "state")
    column_default_sort = ("valid_from", True)
    filters_by = ("state", "unit", "valid_from", "valid_to")
    facts = (("Cuántos días", ("length", "unit")), ("Vigencia", ("valid_from", "valid_to", "state")))


class TariffView(PolicyView):
    column_list = ("code", "tariff_class", "valid_from", "valid_to", "method", "minimum_charge")
    filters_by = ("tariff_class", "method", "valid_from", "valid_to", "minimum_charge")
    search_in = ("code",)
    endings, creates_here = "a", False
    facts = (("Tarifa", ("code", "tariff_class", "valid_from", "valid_to")),
             ("Cuota mínima", ("minimum_charge", "minimum_volume", "method")))


class LineRuleView(PolicyView):
    column_list = ("service", "tariff_class", "valid_from", "valid_to", "percent_of_water",
                   "tax_percent")
    filters_by = ("service", "tariff_class", "valid_from", "valid_to", "tax_percent")
    endings, creates_here = "a", False
    facts = (("A qué se aplica", ("service", "tariff_class", "valid_from", "valid_to")),
             ("Cuánto se cobra", ("percent_of_water", "tax_percent")),
             ("Redondeo", ("rounding_step", "rounding_mode")))


def views():
    yield AnomalyTypeView(AnomalyType, name="Anomalías", endpoint="anomaly_types",
                          url="/anomalias")
    yield ApprovalBandView(ApprovalBand, name="Niveles de firma", endpoint="approval_bands",
                           url="/niveles")
    yield ApprovalSlotView(ApprovalSlot, name="Firmas por nivel", endpoint="approval_slots",
                           url="/firmas-por-nivel")
    yield ExclusiveOfficesView(ExclusiveOffices, name="Cargos incompatibles", endpoint="exclusive_offices",
                               url="/cargos-incompatibles")
    yield ApprovalWindowView(ApprovalWindow, name="Ventanas de acumulación", endpoint="approval_windows",
                             url="/ventanas")
    yield TariffView(Tariff, name="Tarifas", endpoint="tariffs", url="/tarifas")
    yield LineRuleView(LineRule, name="Reglas por renglón", endpoint="line_rules",
                       url="/reglas-por-renglon")
    yield HolidayView(Holiday, name="Días inhábiles", endpoint="holidays", url="/dias-inhabiles")
    yield MunicipalityView(Municipality, name="Municipios", endpoint="municipalities",
                           url="/municipios")
    yield NeighborhoodView(Neighborhood, name="Colonias", endpoint="neighborhoods",
                           url="/colonias")
    yield SupplyZoneView(SupplyZone, name="Zonas de abasto", endpoint="supply_zones",
                         url="/zonas-de-abasto")
