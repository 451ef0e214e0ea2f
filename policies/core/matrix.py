"""The permission matrix as people read it: every table and act, every office, from the rules."""

from models.base.people import Role
from policies.core.rules import ACTS, RULES

VERBS = {"view": "V", "create": "C", "edit": "E", "delete": "B", "export": "X"}
ACT = "●"
# What each table is called; a screen of the table carries the same name.
TITLES = {
    "accounts": "Cuentas", "meters": "Medidores", "readings": "Lecturas", "bills": "Recibos",
    "bill_lines": "Renglones de recibo", "corrections": "Correcciones",
    "correction_lines": "Renglones de corrección", "attachments": "Evidencia",
    "documents": "Archivos", "signature_slots": "Firmas pedidas", "signatures": "Firmas",
    "contributions": "Quién intervino", "credit_notes": "Notas de crédito y cargo",
    "credit_note_lines": "Renglones de nota", "notices": "Cartas por enviar",
    "anomaly_types": "Anomalías", "procedures": "Nombres de procedimientos",
    "procedure_versions": "Procedimientos", "approval_bands": "Niveles de firma",
    "approval_slots": "Firmas por nivel", "approval_windows": "Ventanas de acumulación", "tariffs": "Tarifas",
    "tariff_blocks": "Bloques de tarifa", "tariff_steps": "Tabulador por m³",
    "line_rules": "Reglas por renglón", "log": "Bitácora", "seal": "Sellos de la bitácora",
    "sealed": "Asientos sellados", "refusals": "Intentos negados",
    "read_entries": "Consultas de datos personales", "export_entries": "Exportaciones",
    "people": "Personas", "logins": "Accesos", "appointments": "Nombramientos",
    "municipalities": "Municipios", "neighborhoods": "Colonias",
    "supply_zones": "Zonas de abasto", "holidays": "Días inhábiles",
    "calendar_years": "Calendarios", "deadline_rules": "Plazos",
    "web_sessions": "Sesiones", "speaker_tokens": "Fichas de sesión", "parked_forms": "Formularios a medio escribir",
    "login_attempts": "Intentos de acceso", "folio_counters": "Folios",
    "list_settings": "Preferencias de listas", "saved_views": "Vistas guardadas",
    "sent_forms": "Formularios enviados", "import_batches": "Importaciones",
    "import_rows": "Renglones importados", "delegations": "Delegaciones de firma",
    "endorsements": "Firmas de documentos", "replays": "Pruebas de procedimientos",
    "replay_rows": "Renglones de prueba", "correction_batches": "Lotes de correcciones",
    "batch_rows": "Renglones de lote",
    "fiscal_records": "Comprobantes fiscales", "instalments": "Parcialidades",
    "exclusive_offices": "Cargos incompatibles", "export_orders": "Mis exportaciones",
    "handovers": "Contraseñas entregadas",
}


def matrix():
    """A Markdown table: one row per table, its acts below it, one column per office."""
    rows = [row("Tabla o acto", [role.label for role in Role]), row("---", ["---"] * len(Role))]
    for rule in sorted(RULES.values(), key=place):
        if anybody(rule):
            rows.append(row(f"**{TITLES[rule.model.__tablename__]}**",
                            [letters(rule, role) for role in Role]))
            rows += [act_row(step) for step in ACTS.values()
                     if step.model is rule.model and not step.job]
    return "\n".join(rows)


def place(rule):
    """Where the table stands in the list: a table without a title comes last."""
    return [*TITLES, rule.model.__tablename__].index(rule.model.__tablename__)


def anybody(rule):
    return any(getattr(rule, verb) for verb in VERBS)


def letters(rule, role):
    return " ".join(letter for verb, letter in VERBS.items() if role in getattr(rule, verb))


def act_row(step):
    return row(f"{ACT} {step.label}", [ACT if role in step.by else "" for role in Role])


def row(first, cells):
    return f"| {' | '.join((first, *cells))} |"
