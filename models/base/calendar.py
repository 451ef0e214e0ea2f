"""The calendar and the terms as dated data: the days that do not work, and how long each thing may take."""

from datetime import date

from sqlalchemy.orm import Mapped

from models.base.columns import Model, Title, Words, coded, field, table
from models.base.drafts import DraftState
from models.base.roles import Role
from models.base.written import checked, excluded, in_order

LONGEST = 1000      # days, working days or months
INTERNAL = "meta interna"


class Holiday(Model):
    """A day that is no working day; drafted by the administrator, signed by the unit head."""

    __tablename__ = "holidays"
    __title__ = Title("Día inhábil", "Días inhábiles")

    day: Mapped[date] = field(
        "Día", unique=True, info={"taken": "Ese día ya está en el calendario."},
        help="No contará en los plazos de días hábiles cuando lo autorice quien es Titular de la Unidad (regla de la "
             "consola).")
    reason: Mapped[str] = field("Motivo", lines=True, help="La ley o el acuerdo que lo declara, por ejemplo "
                                "«Ley Federal del Trabajo, artículo 74».")
    state: Mapped[DraftState] = field("Estado", default=DraftState.DRAFT,
                                      server_default="draft")

    def __str__(self):
        return f"{self.day:%d/%m/%Y} {self.reason}"


class CalendarYear(Model):
    """The calendar of a year, once somebody signs that it has all of its days off."""

    __tablename__ = "calendar_years"
    __title__ = Title("Calendario", "Calendarios")
    __table_args__ = table(checked("year BETWEEN 2000 AND 2100", "year_sane", "El año va de 2000 a 2100."))

    year: Mapped[int] = field(
        "Año", unique=True, info={"taken": "Ese año ya tiene su calendario; edítelo en lugar de crear otro."},
        help="Sus días inhábiles se registran en «Días inhábiles» o se proponen desde la página del calendario.")
    source: Mapped[str] = field("Fuente", help="El acuerdo o la ley que los declara.")
    state: Mapped[DraftState] = field("Estado", default=DraftState.DRAFT, server_default="draft")

    def __str__(self):
        return f"Calendario {self.year}"


class TermUnit(Words):
    """The units in which a term is counted."""

    WORKING_DAYS = "working_days", "Días hábiles"
    DAYS = "days", "Días naturales"
    MONTHS = "months", "Meses"


class DeadlineRule(Model):
    """How long something may take: drafted by the administrator, signed by the unit head.

    `code` is what models and trays name; one row of a code is in force on each day. A due date is written once, with
    the row in force on the day on which the term starts, and stays so when a later row begins.
    """

    __tablename__ = "deadline_rules"
    __title__ = Title("Plazo", "Plazos")
    __table_args__ = table(
        in_order(),
        checked(f"amount BETWEEN 1 AND {LONGEST}", "amount_sane",
                f"La duración va de 1 a {LONGEST}."),
        checked("length(btrim(basis)) > 3", "basis_said",
                "Escriba el fundamento: la ley y su artículo o quién propone la meta."),
        # PostgreSQL has no equality of texts in its own GiST: the code takes part by its hash, as a range of one.
        excluded("int8range(hashtextextended(code, 0), hashtextextended(code, 0), '[]')",
                 "daterange(valid_from, valid_to, '[]')", where="state = 'in_force'",
                 name="ex_deadline_rules_one_rules",
                 says="Ya rige otro plazo con esa clave en parte de esas fechas; termínelo o retírelo antes de "
                      "autorizar este."))

    code: Mapped[str] = coded("Clave", help="La que usan las pantallas para este plazo, por ejemplo tray.rest.")
    amount: Mapped[int] = field("Duración", help=f"De 1 a {LONGEST}.")
    unit: Mapped[TermUnit] = field("Se cuenta en", default=TermUnit.WORKING_DAYS, server_default="working_days",
                                   help="Si el último día de un plazo en días naturales o en meses es inhábil, el "
                                        "plazo termina el siguiente día hábil (regla de la consola).")
    starts_on: Mapped[str] = field("Cuenta desde", help="El hecho que lo inicia, por ejemplo «la recepción de la "
                                                        "petición».")
    counts_start: Mapped[bool] = field("El día en que inicia cuenta", default=False, server_default="false")
    basis: Mapped[str] = field("Fundamento", help="La ley y su artículo o, si ninguna lo fija, quién lo propone.")
    confirmed: Mapped[bool] = field(
        "Lo fija una ley", default=False, server_default="false",
        help=f"Si no lo confirma una norma publicada, las pantallas lo muestran como «{INTERNAL}».")
    superior: Mapped[Role | None] = field("Si se vence, se escala a", help="Vacío: no se escala.")
    valid_from: Mapped[date] = field("Vigente desde")
    valid_to: Mapped[date | None] = field("Vigente hasta",
                                          help="El último día. Vacío: hasta que se termine o se retire.")
    state: Mapped[DraftState] = field("Estado", default=DraftState.DRAFT, server_default="draft")

    @property
    def length(self) -> str:
        """«5 días hábiles»."""
        many = {TermUnit.WORKING_DAYS: ("día hábil", "días hábiles"), TermUnit.DAYS: ("día natural", "días naturales"),
                TermUnit.MONTHS: ("mes", "meses")}[self.unit]
        return f"{self.amount} {many[self.amount != 1]}"

    @property
    def standing(self) -> str:
        """What kind of term it is: its law, or that it is an internal target."""
        return self.basis if self.confirmed else f"{INTERNAL}, no plazo legal: {self.basis}"

    def __str__(self):
        return f"{self.code}, {self.length}"
