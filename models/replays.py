"""A draft procedure tried over past bills, before anybody signs it."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Ledger, Model, Money, Title, Words, coded, field, table
from models.base.people import Person, Role
from models.base.written import author, author_office, cursor, instant, rising
from models.billing import Bill
from models.customers import Account, TariffClass
from models.organization import SupplyZone
from models.procedures import ProcedureVersion


class ReplayState(Words):
    """How far a replay is."""

    RUNNING = "running", "En curso"
    DONE = "done", "Terminado"
    STOPPED = "stopped", "Detenido"


class Replay(Model):
    """One run of one version over the bills of the last months; its cursor is the last bill seen."""

    __tablename__ = "replays"
    __title__ = Title("Prueba", "Pruebas de procedimientos", "a")
    __table_args__ = table(
        CheckConstraint("months BETWEEN 1 AND 60", name="months_bounded"),
        Index("ix_replays_version", "procedure_version_id"))

    procedure_version_id: Mapped[int] = field(
        "Procedimiento", ForeignKey("console.procedure_versions.id"))
    against_id: Mapped[int | None] = field("Comparado con", ForeignKey("console.procedure_versions.id"))
    state: Mapped[ReplayState] = field("Estado", default=ReplayState.RUNNING, server_default="running")
    months: Mapped[int] = field("Meses")
    content_hash: Mapped[str] = coded("SHA-256 del contenido")   # of the version as it was run
    inputs: Mapped[dict] = field("Respuestas supuestas", default=dict, server_default="{}")
    since: Mapped[date] = field("Recibos que terminan desde")
    until: Mapped[date] = field("Recibos que terminan hasta")
    total: Mapped[int] = field("Recibos", default=0, server_default="0")
    done: Mapped[int] = rising("Avance")
    last_bill_id: Mapped[int] = cursor("Último recibo")
    trouble: Mapped[str | None] = field("Por qué se detuvo")
    run_by_id: Mapped[int] = author("En nombre de")
    run_as: Mapped[Role] = author_office("Cargo")
    asked_at: Mapped[datetime] = instant("Pedido")
    finished_at: Mapped[datetime | None] = instant("Terminado")

    procedure_version: Mapped[ProcedureVersion] = relationship(foreign_keys=procedure_version_id)
    against: Mapped[ProcedureVersion | None] = relationship(foreign_keys=against_id)
    run_by: Mapped[Person] = relationship()

    def __str__(self):
        return f"Prueba {self.id} de {self.procedure_version}"


class ReplayRow(Ledger):
    """What the version, and the one in force, would have done with one bill."""

    __tablename__ = "replay_rows"
    __title__ = Title("Renglón de prueba", "Renglones de prueba")
    __table_args__ = table(UniqueConstraint("replay_id", "bill_id"),
                           Index("ix_replay_rows_replay", "replay_id", "id"))

    replay_id: Mapped[int] = field("Prueba", ForeignKey("console.replays.id"))
    bill_id: Mapped[int] = field("Recibo", ForeignKey("commercial.bills.id"))
    account_id: Mapped[int] = field("Cuenta", ForeignKey("commercial.accounts.id"))
    tariff_class: Mapped[TariffClass] = field("Uso")
    supply_zone_id: Mapped[int] = field("Zona de abasto", ForeignKey("console.supply_zones.id"))
    eligible: Mapped[bool] = field("Procede")
    rule: Mapped[str] = field("Regla que lo niega", default="", server_default="")
    amount: Mapped[Decimal] = field("Diferencia (MXN)", Money)
    eligible_before: Mapped[bool] = field("Procede hoy", default=False, server_default="false")
    amount_before: Mapped[Decimal] = field("Diferencia hoy (MXN)", Money, default=Decimal(0), server_default="0")

    replay: Mapped[Replay] = relationship()
    bill: Mapped[Bill] = relationship()
    account: Mapped[Account] = relationship()
    supply_zone: Mapped[SupplyZone] = relationship()

    def __str__(self):
        return f"Recibo {self.bill}"
