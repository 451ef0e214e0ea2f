"""What applying corrections adds, of one or of thousands alike; `which` is a condition on Correction."""

from collections.abc import Sequence

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Insert,
    Integer,
    Numeric,
    Select,
    Text,
    any_,
    case,
    cast,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from models.batches import BatchRow, CorrectionBatch
from models.billing import SERIES, Bill, CreditNote, CreditNoteLine, NoteKind
from models.corrections import Correction, CorrectionLine, CorrectionState
from models.customers import Account

# What a correction of a batch takes as it is, from its row and from its batch.
OF_ROW = ("bill_id", "account_id", "inputs", "refusals", "volume_before", "volume_after", "amount", "memoria",
          "effects", "instalments")
OF_BATCH = ("anomaly_type_id", "procedure_version_id", "reason", "drafted_by_id", "submitted_at")
LINE = ("service", "amount_before", "tax_before", "amount_after", "tax_percent_after", "tax_after")
NOTE_LINE = ("credit_note_id", "position", "service", "amount", "tax")
SIGNED = ("batch_row_id", "eligible", *OF_ROW, *OF_BATCH)


# ---- of any correction

def notes(which: ColumnElement) -> Insert:
    """The note of each correction, for exactly its amount, under the next folio of its series."""
    kind = case((Correction.amount < 0, NoteKind.CREDIT.value), else_=NoteKind.DEBIT.value)
    row = select(Correction.id, Correction.bill_id, func.abs(Correction.amount).label("amount"), kind.label("kind"),
                 func.row_number().over(partition_by=kind, order_by=Correction.bill_id).label("place")
                 ).where(which).cte("row")
    series = case(*((row.c.kind == kind.value, name) for kind, name in SERIES.items()))
    taken = select(row.c.kind, folios(series, cast(func.count(), Integer))).group_by(row.c.kind).cte("taken")
    return insert(CreditNote).from_select(
        ("folio", "kind", "bill_id", "correction_id", "amount"),
        select(taken.c.folios[row.c.place], row.c.kind, row.c.bill_id, row.c.id, row.c.amount)
        .join(taken, taken.c.kind == row.c.kind).order_by(row.c.bill_id), include_defaults=False)


def note_lines(which: ColumnElement) -> Insert:
    """The lines of each note."""
    return insert(CreditNoteLine).from_select(NOTE_LINE, signed_note_lines(which), include_defaults=False)


def signed_note_lines(which: ColumnElement) -> Select:
    """What each note moves in each service, MXN, as it was signed; the sign is the note's."""
    side = case((CreditNote.kind == NoteKind.CREDIT, -1), else_=1)
    line = CorrectionLine
    return (select(CreditNote.id, line.position, line.service, side * (line.amount_after - line.amount_before),
                   side * (line.tax_after - line.tax_before)).select_from(Correction)
            .join(CreditNote, CreditNote.correction_id == Correction.id)
            .join(line, line.correction_id == Correction.id).where(which))


def noted(which: ColumnElement) -> Select:
    """What letters and instalments say of each correction and its note, in the order of their bills."""
    return (select(
        Correction.id, Correction.account_id, Correction.folio, Correction.amount, Correction.verification_code,
        Correction.instalments, CreditNote.id.label("note_id"), CreditNote.folio.label("note"), CreditNote.kind,
        CreditNote.form, CreditNote.issued_at, Account.number.label("account"), Bill.folio.label("bill"), Bill.balance)
        .join(CreditNote, CreditNote.correction_id == Correction.id).join(Account, Account.id == Correction.account_id)
        .join(Bill, Bill.id == Correction.bill_id).where(which).order_by(Correction.bill_id))


def write_letters(letters: Sequence[dict]) -> Select:
    """Keep these letters, {about_id, template_id, subject, body}, under the next folios."""
    return select(func.console.write_letters(cast(literal(letters, JSONB), JSONB)))


# ---- of the rows of a signed batch

def unsettled(batch: CorrectionBatch, most: int) -> Select:
    """The keys of the next rows to apply, in the order of their bills."""
    return unfinished(batch).order_by(BatchRow.bill_id).limit(most)


def unfinished(batch: CorrectionBatch | type[CorrectionBatch]) -> Select:
    """The keys of the rows that are to be applied and made no correction yet."""
    made = select(Correction.id).where(Correction.batch_row_id == BatchRow.id).exists()
    return select(BatchRow.id).where(BatchRow.batch_id == batch.id, BatchRow.eligible, BatchRow.left_out.is_(None),
                                     ~made)


def not_left_out(rows: Sequence[int]) -> Select:
    """Those of these rows that are still to be applied."""
    return select(BatchRow.id).where(in_keys(BatchRow.id, rows), BatchRow.left_out.is_(None))


def of_rows(rows: Sequence[int]) -> ColumnElement:
    """The corrections of these rows."""
    return in_keys(Correction.batch_row_id, rows)


def children(rows: Sequence[int]) -> Insert:
    """The correction of each row, born applied: what was signed of it and of its batch."""
    taken = select(folios("UAS-COR", len(rows))).cte("taken")
    place = func.row_number().over(order_by=BatchRow.bill_id)
    signed = signed_rows(in_keys(BatchRow.id, rows)).add_columns(
        taken.c.folios[place], literal(CorrectionState.APPLIED.value, Text), BatchRow.instalments)
    return insert(Correction).from_select(
        (*SIGNED, "folio", "state", "instalments_most"), signed.join(taken, literal(True)).order_by(BatchRow.bill_id),
        include_defaults=False)


def signed_rows(which: ColumnElement) -> Select:
    """The columns SIGNED of the correction of each row, as its batch was signed."""
    return (select(BatchRow.id, literal(True), *(getattr(BatchRow, name) for name in OF_ROW),
                   *(getattr(CorrectionBatch, name) for name in OF_BATCH)).select_from(BatchRow)
            .join(CorrectionBatch, CorrectionBatch.id == BatchRow.batch_id).where(which))


def child_lines(rows: Sequence[int]) -> Insert:
    """The lines of those corrections."""
    return insert(CorrectionLine).from_select(("correction_id", "position", *LINE), signed_lines(of_rows(rows)),
                                              include_defaults=False)


def signed_lines(which: ColumnElement) -> Select:
    """The lines of corrections of batches, as each row keeps them."""
    said = func.jsonb_array_elements(BatchRow.lines).table_valued("line", with_ordinality="place").render_derived()

    def value(name):
        written = cast(said.c.line, JSONB)[name].astext
        return written if name == "service" else cast(written, Numeric)
    return (select(Correction.id, said.c.place, *map(value, LINE))
            .join(BatchRow, BatchRow.id == Correction.batch_row_id).join(said, literal(True)).where(which))


def leave_out(rows: Sequence[int]) -> Select:
    """Say of those of these rows that cannot be applied why; whether there was any."""
    return select(func.console.leave_out(keys(rows)))


def in_keys(column: ColumnElement, rows: Sequence[int]) -> ColumnElement:
    """Whether a column is one of these keys, which travel as one array."""
    return column == any_(keys(rows))


def keys(rows: Sequence[int]) -> ColumnElement:
    """These keys as an array of PostgreSQL."""
    return cast(literal(list(rows), ARRAY(Integer)), ARRAY(Integer))


def folios(series: ColumnElement | str, many: ColumnElement | int) -> ColumnElement:
    """As many next folios of a series, which stay locked until the transaction ends."""
    return func.console.next_folios(series, many, type_=ARRAY(Text)).label("folios")
