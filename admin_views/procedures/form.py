"""The form of one part of a procedure, generated from its dataclasses: drawn, read back, and its faults placed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, Field, fields

from werkzeug.datastructures import MultiDict

from admin_views.procedures.inputs import Group, Input, Row
from admin_views.procedures.values import Untyped, data_of, kind_of, text_of
from admin_views.procedures.words import closed_options, known_options
from policies.procedures import wording
from policies.procedures.definition import Definition
from policies.procedures.effects import EFFECTS

MOST_ROWS = 60
STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class PartForm:
    """The form of one part; `typed` is what the browser sent, or else the document as a browser would send it."""

    def __init__(self, part, document, causes, typed=None):
        self.part, self.document, self.causes = part, document, causes
        self.typed = self.as_form_data(document) if typed is None else typed
        self.faults, self.places = [], {}
        more = self.typed.get("more", "")
        self.counts = {name: min(self.count(name) + (name == more), MOST_ROWS) for name, _, _ in part.rows}
        if more in self.counts:
            self.typed = self.typed.copy()
            kind = next(kind for name, kind, _ in part.rows if name == more)
            self.add_fields(self.typed, f"{more}-{self.counts[more] - 1}", kind, {})
        self.inputs = {}
        self.plain = [self.plain_input(name) for name in part.plain]
        self.groups = [*(self.single_group(*terms) for terms in part.single),
                       *(self.repeated_group(*terms) for terms in part.rows)]

    # ---- from the document

    def as_form_data(self, document: dict) -> MultiDict:
        """The document as a browser would send it, with one empty row at the end of each repeated part."""
        typed = MultiDict()
        for name in self.part.plain:
            kind = self.kind(name)
            typed.setlist(name, document.get(name) or []) if kind == "ticks" else typed.add(
                name, text_of(kind, document.get(name)))
        for name, kind in self.part.single:
            self.add_fields(typed, name, kind, document.get(name) or {})
        for name, kind, _ in self.part.rows:
            rows = [*(document.get(name) or []), {}]
            typed.add(f"{name}-rows", str(len(rows)))
            for index, row in enumerate(rows):
                self.add_fields(typed, f"{name}-{index}", kind, row)
        return typed

    def add_fields(self, typed: MultiDict, place: str, owner: type, row: dict) -> None:
        """Add to `typed` the fields of one row of a dataclass, under names that begin with `place`."""
        for item in fields(owner):
            kind, name = kind_of(owner, item), f"{place}-{item.name}"
            given = row.get(item.name, None if item.default in (MISSING, None) or kind == "part" else item.default)
            if kind == "part":
                self.add_fields(typed, name, type(item.default), given or {})
            elif kind == "ticks":
                for code in given or ():
                    typed.add(name, code)
            elif kind != "flag":
                typed[name] = text_of(kind, given)
            elif given:
                typed[name] = "1"

    @staticmethod
    def kind(name: str) -> str:
        """How the field of the file with that name is typed."""
        return "ticks" if name in ("anomaly_types", "effects") else next(
            kind_of(Definition, item) for item in fields(Definition) if item.name == name)

    def count(self, name: str) -> int:
        """How many rows of that part the browser sent."""
        text = self.typed.get(f"{name}-rows", "0")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0

    # ---- inputs to draw

    def add(self, drawn: Input) -> Input:
        """Register an input, so that faults find it, and give it back."""
        self.inputs[drawn.name] = drawn
        return drawn

    def plain_input(self, name: str) -> Input:
        """The input of a field of the file itself."""
        kind, offered = self.kind(name), ()
        if kind == "ticks":
            words = EFFECTS if name == "effects" else self.causes
            former = {code: code for code in self.document.get(name) or ()}
            offered = tuple((former | words).items())
        return self.add(Input(name, wording.label(Definition, name), wording.advice(Definition, name), kind,
                              self.typed.get(name, ""), tuple(self.typed.getlist(name)), offered,
                              known_options(Definition, name), required=name in ("name", "valid_from")))

    def single_group(self, name: str, kind: type) -> Group:
        """The group of a part that occurs once."""
        return Group(name, "", [Row(name, 1, list(self.row_inputs(name, kind)))], False)

    def repeated_group(self, name: str, kind: type, title: str) -> Group:
        """The group of a repeated part, with its rows."""
        rows = [Row(f"{name}-{index}", index + 1, list(self.row_inputs(f"{name}-{index}", kind)),
                    bool(self.typed.get(f"{name}-{index}-gone"))) for index in range(self.counts[name])]
        return Group(name, title, rows, True, wording.without_article(wording.ROWS[name]).lower())

    def row_inputs(self, place: str, owner: type) -> Iterator[Input]:
        """The inputs of one row of a dataclass, parts of parts included."""
        for item in fields(owner):
            kind, name = kind_of(owner, item), f"{place}-{item.name}"
            if kind == "part":
                yield from self.row_inputs(name, type(item.default))
                continue
            needed = item.default is MISSING and item.default_factory is MISSING
            chosen = tuple(self.typed.getlist(name))
            yield self.add(Input(name, wording.label(owner, item.name), wording.advice(owner, item.name), kind,
                                 self.typed.get(name, ""), chosen, self.options_for(owner, item, kind, needed, chosen),
                                 known_options(owner, item.name), needed))

    @staticmethod
    def options_for(owner: type, item: Field, kind: str, needed: bool,
                    chosen: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """(value, words) of the options of a field; the ticked ones come first, in their order, even when unknown
        here."""
        words = closed_options(owner, item.name)
        if kind == "ticks":
            return tuple(({code: code for code in chosen} | dict(words)).items())
        empty = [("", "Elija…")] if needed else [("", "—")] if item.default is None else []
        return (*empty, *words)

    # ---- back to the document

    def read(self) -> dict:
        """The document with this part as it was typed; what cannot be data is already a fault."""
        document = dict(self.document)
        for name in self.part.plain:
            self.keep(document, name, self.plain_data(name))
        for name, kind in self.part.single:
            self.keep(document, name, self.row_data(name, kind))
        for name, kind, _ in self.part.rows:
            rows, self.places[name] = [], []
            for index in range(self.counts[name]):
                place = f"{name}-{index}"
                if not self.typed.get(f"{place}-gone") and not self.blank(place, kind):
                    rows.append(self.row_data(place, kind))
                    self.places[name].append(index)
            self.keep(document, name, rows)
        return document

    def plain_data(self, name: str) -> object:
        """The data of a field of the file itself; ticked codes keep their former order."""
        if self.kind(name) == "ticks":
            ticked, former = self.typed.getlist(name), self.document.get(name) or []
            return [*(code for code in former if code in ticked), *(code for code in ticked if code not in former)]
        return self.data(name, self.kind(name))

    @staticmethod
    def keep(document: dict, name: str, data: object) -> None:
        """Write a field of the document; an empty one is left out."""
        document.pop(name, None)
        if data or name == "anomaly_types":
            document[name] = data

    def blank(self, place: str, kind: type) -> bool:
        """Whether a row holds only what an empty row holds."""
        empty = MultiDict()
        self.add_fields(empty, place, kind, {})
        return all(self.typed.get(name, "").strip() == empty.get(name, "") for name in self.names(place, kind))

    def names(self, place: str, owner: type) -> Iterator[str]:
        """The names of the inputs of one row."""
        for item in fields(owner):
            name = f"{place}-{item.name}"
            if kind_of(owner, item) == "part":
                yield from self.names(name, type(item.default))
            else:
                yield name

    def row_data(self, place: str, owner: type) -> dict:
        """The data of one row, without empty fields."""
        row = {}
        for item in fields(owner):
            kind, name = kind_of(owner, item), f"{place}-{item.name}"
            if kind == "part":
                data = self.row_data(name, type(item.default))
            elif kind == "flag":
                data = bool(self.typed.get(name))
                data = None if data == item.default else data
            else:
                data = self.data(name, "values" if kind == "value" and row.get("op") in ("in", "not_in") else kind)
            if data is not None and data != {}:
                row[item.name] = data
        return row

    def data(self, name: str, kind: str) -> object:
        """The data of one input; a text that cannot be read becomes a fault."""
        if kind == "ticks":
            return self.typed.getlist(name) or None
        try:
            return data_of(kind, self.typed.get(name, ""))
        except Untyped as fault:
            self.fault(name, str(fault))
            return None

    # ---- faults

    def fault(self, name: str, sentence: str) -> None:
        """Add a fault beside its input."""
        self.inputs[name].errors.append(sentence)
        self.faults.append((name, f"{self.inputs[name].label}: {sentence}"))

    def place_faults(self, problems: Iterable[tuple[str, str]]) -> None:
        """Put each (path of the file, sentence) beside the nearest input; those of another page stay on top."""
        for path, sentence in problems:
            steps = [name or int(index) for name, index in STEP.findall(path)]
            name = self.input_at(steps)
            if name:
                self.inputs[name].errors.append(sentence)
                self.faults.append((name, f"{self.row_words(steps)}{self.inputs[name].label}: {sentence}"))
            elif row := self.row_at(steps):
                row.errors.append(sentence)
                self.faults.append((row.name, f"{self.row_words(steps)}{sentence}"))
            else:
                self.faults.append(("", sentence))

    def input_at(self, steps: list[str | int]) -> str | None:
        """The name of the input at a path, without the parts of the path that lie inside its text."""
        for length in range(len(steps), 0, -1):
            kept = list(steps[:length])
            if len(kept) > 1 and isinstance(kept[1], int):
                kept[1] = self.typed_row(kept[0], kept[1])
            name = "-".join(str(step) for step in kept)
            if name in self.inputs:
                return name
        return None

    def typed_row(self, name: str, index: int) -> int:
        """The row on the page that became that row of the document: empty and removed rows do not count."""
        places = self.places.get(name, ())
        return places[index] if index < len(places) else index

    def row_at(self, steps: list[str | int]) -> Row | None:
        """The row at a path of the document."""
        index = self.typed_row(steps[0], steps[1]) if len(steps) > 1 and isinstance(steps[1], int) else None
        return next((row for group in self.groups if group.name == steps[0] for row in group.rows
                     if index is None or row.number == index + 1), None)

    def row_words(self, steps: list[str | int]) -> str:
        """The name of the row at a path, for a sentence: «Requisito 2, »."""
        if len(steps) > 1 and isinstance(steps[1], int) and steps[0] in wording.ROWS:
            return f"{wording.without_article(wording.ROWS[steps[0]])} {self.typed_row(steps[0], steps[1]) + 1}, "
        return ""
