"""The trail: rows written by triggers, only ever added, sealed group by group into a chain."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from models.base.columns import Named, Title, coded, db, field


class TransactionId(UserDefinedType):
    """PostgreSQL's xid8: which transaction wrote a row, so that a sealer can wait for it."""

    cache_ok = True

    def get_col_spec(self) -> str:
        """The type's name in SQL."""
        return "xid8"


class AuditEntry(Named, db.Model):
    """One change of one row, by whom, in which office, during which act."""

    __tablename__ = "log"
    __title__ = Title("Asiento", "Bitácora")
    __table_args__ = (Index("ix_log_row", "table_name", "row_id"), Index("ix_log_txid", "txid"),
                      Index("ix_log_actor", "actor_id"), Index("ix_log_at", "at"),
                      Index("ix_log_request", "request_id", "seq"),
                      Index("ix_log_gone", "table_name", postgresql_where=text("operation = 'D'")),
                      {"schema": "audit"})

    id: Mapped[int] = mapped_column("seq", BigInteger, primary_key=True,
                                    info={"label": "Asiento"})
    at: Mapped[datetime] = field("Fecha")
    txid: Mapped[str] = mapped_column(TransactionId, info={"label": "Transacción"})
    actor_id: Mapped[int | None] = field("Quién")
    role: Mapped[str] = coded("Cargo")
    act: Mapped[str | None] = coded("Acto")
    request_id: Mapped[str | None] = coded("Solicitud")
    db_user: Mapped[str] = coded("Usuario de base de datos")
    program: Mapped[str] = coded("Programa")
    client: Mapped[str | None] = field("Equipo", INET)
    table_name: Mapped[str] = coded("Tabla")
    row_id: Mapped[str | None] = coded("Registro")
    operation: Mapped[str] = coded("Operación")
    old: Mapped[dict | None] = field("Antes", JSONB(none_as_null=True))
    new: Mapped[dict | None] = field("Después", JSONB(none_as_null=True))
    row_hash: Mapped[bytes] = mapped_column(LargeBinary, info={"label": "Huella"})


class AuditSeal(Named, db.Model):
    """A seal: a group of finished rows, chained to the group before it."""

    __tablename__ = "seal"
    __title__ = Title("Sello", "Sellos de la bitácora")
    __table_args__ = {"schema": "audit"}

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False,
                                        info={"label": "Sello"})
    at: Mapped[datetime] = field("Fecha", server_default=text("clock_timestamp()"))
    first_seq: Mapped[int | None] = field("Primer asiento", BigInteger)
    last_seq: Mapped[int | None] = field("Último asiento", BigInteger)
    rows: Mapped[int] = field("Asientos")
    root: Mapped[bytes] = field("Raíz", LargeBinary)
    previous: Mapped[bytes] = field("Sello anterior", LargeBinary)
    hash: Mapped[bytes] = field("Huella", LargeBinary)
    # Its bounds in the stream of transactions; seals of older versions have none.
    horizon: Mapped[str | None] = mapped_column(TransactionId, info={"label": "Transacción más antigua en curso"})
    txid: Mapped[str | None] = mapped_column(TransactionId, info={"label": "Transacción del sello"})
    numbered: Mapped[int | None] = field("Último número dado", BigInteger)


class SealedEntry(Named, db.Model):
    """Which seal covers a row."""

    __tablename__ = "sealed"
    __title__ = Title("Asiento sellado", "Asientos sellados")
    __table_args__ = {"schema": "audit"}

    seq: Mapped[int] = mapped_column(BigInteger, ForeignKey("audit.log.seq"), primary_key=True,
                                     autoincrement=False)
    number: Mapped[int] = field("Sello", BigInteger, index=True)
