"""Every row of a file checked as a form would, without writing: which rows may be imported, which not, and why.

It works on sets, never row by row: names of related rows, values that must be unique and the table's own checks are
asked of PostgreSQL once for each few thousand rows.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from admin_views.core.sentences import CODES, declared
from admin_views.imports.cells import Column, value_of
from admin_views.imports.staging import Staged, private_file
from models import db
from models.queries import imports as ask
from policies.core.file_figures import FileFigures
from policies.core.imports import chunks


@dataclass
class Row:
    """One row of the file: its number, its cells, their values, its faults."""

    number: int
    cells: list
    values: list = field(default_factory=list)   # text for PostgreSQL, in the order of the columns
    faults: list = field(default_factory=list)   # (column's label or "", sentence)


class DryRun:
    """One file against one list. `places` gives, for each column, the position of its cell in the file, or None."""

    def __init__(self, model, columns, places, headings):
        self.model, self.headings = model, headings
        # A column that the file lacks gets its default.
        self.columns = [column for column in columns if places[column.name] is not None]
        self.places = places
        self.names = [column.name for column in self.columns]
        self.known = {column.name: {} for column in self.columns if column.target}   # word → its keys
        self.unique = [(name, columns, {}) for name, columns in ask.unique_sets(model, self.names)]
        self.checks = ask.checks(model, self.names)

    def run(self, staged: Staged) -> tuple[int, int]:
        """Write the rows that passed and those that did not; returns (good, bad)."""
        self.figures = FileFigures(self.figures_of(staged))
        good = bad = 0
        with private_file(staged.path("good")) as passed, private_file(staged.path("bad")) as failed:
            for lines in chunks(staged.lines("rows")):
                for row in self.check_rows(lines):
                    if row.faults:
                        bad += 1
                        failed.write(json.dumps([row.number, row.cells, row.faults]) + "\n")
                    else:
                        good += 1
                        passed.write(json.dumps(row.values) + "\n")
        return good, bad

    def check_rows(self, lines: Iterable[list]) -> list[Row]:
        """The rows of some lines of the file, with the faults of each."""
        rows = [Row(number, cells) for number, cells in lines]
        self.learn_names(rows)
        for row in rows:
            self.read(row)
        if sound := [row for row in rows if not row.faults]:
            self.check_table(sound)
            self.check_standing(sound)
        self.check_repeated(rows)
        return rows

    def figures_of(self, staged: Staged) -> Iterator[str]:
        """Every figure of the file, by which its decimal mark is recognised."""
        places = [self.places[column.name] for column in self.columns if column.limits]
        for _, cells in staged.lines("rows") if places else ():
            yield from (cells[place] for place in places if place < len(cells) and cells[place].strip())

    # ---- the row by itself

    def cell(self, row: Row, column: Column) -> str:
        """The text of a row under a column."""
        place = self.places[column.name]
        return row.cells[place] if place < len(row.cells) else ""

    def read(self, row: Row) -> None:
        """Read each cell of a row; a cell that cannot be read becomes a fault."""
        if any(cell.strip() for cell in row.cells[len(self.headings):]):
            row.faults.append(("", "tiene más celdas que los encabezados; revise separadores y comillas"))
        for column in self.columns:
            try:
                value = value_of(column, self.cell(row, column), self.figures)
                row.values.append(self.key_of(column, value) if column.target else value)
            except ValueError as why:
                row.values.append(None)
                row.faults.append((column.label, str(why)))

    # ---- related rows, by their name

    def learn_names(self, rows: Sequence[Row]) -> None:
        """Ask for every name in these rows that is not known yet, in one statement."""
        for column in self.columns:
            if column.target is None:
                continue
            known = self.known[column.name]
            words = {self.word(row, column) for row in rows} - known.keys() - {""}
            known.update({word: [] for word in words})
            if words:
                for word, key in db.session.execute(ask.rows_called(column.target, sorted(words))):
                    known[word].append(key)

    def word(self, row: Row, column: Column) -> str:
        """The name in a cell that refers to another row."""
        try:
            return value_of(column, self.cell(row, column)) or ""
        except ValueError:
            return ""

    def key_of(self, column: Column, word: str | None) -> str | None:
        """The key of the row that a name refers to; raises ValueError where none or several have it."""
        if word is None:
            return None
        keys = self.known[column.name][word]
        if not keys:
            raise ValueError(f"nadie ni nada se llama «{word[:60]}»")
        if len(keys) > 1:
            raise ValueError(f"más de un registro se llama «{word[:60]}»; escriba su clave")
        return str(keys[0])

    # ---- against the table and against the file itself

    def check_table(self, rows: Sequence[Row]) -> None:
        """Add the faults that the table's own checks find."""
        values = [row.values for row in rows]
        for name, check in self.checks:
            for place in db.session.scalars(ask.refused_by_check(self.model, check, self.names, values)):
                rows[place - 1].faults.append(("", sentence_of(name, "23514")))

    def check_standing(self, rows: Sequence[Row]) -> None:
        """Add a fault to each row that the table already has."""
        for name, columns, _ in self.unique:
            whole = [(row, key) for row in rows if (key := self.unique_key(row, columns))]
            if whole:
                found = db.session.scalars(ask.already_in_table(
                    self.model, columns, [key for _, key in whole]))
                for place in set(found):
                    whole[place - 1][0].faults.append((self.labels(columns), sentence_of(name, "23505")))

    def check_repeated(self, rows: Sequence[Row]) -> None:
        """Add a fault to each row that repeats an earlier one of the file."""
        for row in rows:
            for _, columns, seen in self.unique if not row.faults else ():
                key = self.same_key(row, columns)
                if key and key in seen:
                    row.faults.append((self.labels(columns), f"repite el renglón {seen[key]:,}"))
            for _, columns, seen in self.unique if not row.faults else ():
                if key := self.same_key(row, columns):
                    seen[key] = row.number

    def unique_key(self, row: Row, columns: Sequence[str]) -> tuple | None:
        """The values that must be unique together; None where one is empty, which repeats nothing."""
        key = tuple(row.values[self.names.index(name)] for name in columns)
        return None if None in key else key

    def same_key(self, row: Row, columns: Sequence[str]) -> tuple | None:
        """The unique key in the form in which repeats are compared: a name in capitals is the same name."""
        key = self.unique_key(row, columns)
        return key and tuple(value.lower() if ask.is_name(self.model.__table__.c[name]) else value
                             for name, value in zip(columns, key, strict=True))

    def labels(self, columns: Sequence[str]) -> str:
        """The labels of the columns, for a sentence."""
        return ", ".join(self.columns[self.names.index(name)].label for name in columns)


def sentence_of(constraint: str, code: str) -> str:
    """The Spanish sentence for a constraint."""
    return declared().get(constraint) or CODES[code]
