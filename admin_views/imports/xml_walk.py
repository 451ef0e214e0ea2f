"""A part of a zipped document read as XML by blocks, with each element counted; one that declares entities is
refused."""

import time
from collections.abc import Iterator
from xml.parsers import expat
from zipfile import ZipFile

from policies.core.rules import Broken

BLOCK = 64 * 1024
MOST_UNPACKED = 120 * 1024 * 1024   # bytes of a document's parts together, unpacked
MOST_IDLE = 400_000                 # elements that bring no value: empty rows, empty cells, formats
MOST_VALUES = 2_000_000             # cells and texts
MOST_SECONDS = 10                   # of processor
NO_SHEET = "El archivo no es CSV ni Excel (.xlsx); guárdelo en uno de esos formatos y súbalo de nuevo."
TOO_MUCH = ("El libro de Excel ocupa demasiado al abrirse; deje una sola hoja con los datos, sin imágenes ni "
            "formatos, o guárdelo como CSV.")
TOO_EMPTY = ("El libro de Excel trae demasiadas celdas vacías o con formato; copie solo los datos a un libro nuevo o "
             "guárdelo como CSV, y súbalo.")


class Work:
    """How much a workbook has made the reader do; raises Broken beyond what an honest one needs."""

    def __init__(self):
        self.idle = self.values = self.unpacked = 0
        self.until = time.thread_time() + MOST_SECONDS

    def count_element(self) -> None:
        """Count an element."""
        self.idle += 1
        if self.idle > MOST_IDLE:
            raise Broken(TOO_EMPTY)

    def count_value(self) -> None:
        """Count a value, which allows for the elements around it."""
        self.values += 1
        self.idle = max(self.idle - 3, 0)
        if self.values > MOST_VALUES:
            raise Broken(TOO_MUCH)

    def count_bytes(self, size: int) -> None:
        """Count unpacked bytes."""
        self.unpacked += size
        if self.unpacked > MOST_UNPACKED or time.thread_time() > self.until:
            raise Broken(TOO_MUCH)


class Walk:
    """The handlers of the elements that matter, by their names without prefix.

    `starts` {name: f(walk, attributes)}, `ends` {name: f(walk)}; the text inside the elements of `texts` is gathered in
    `text`, without phonetic readings, and a handler that uses it empties it. Nothing is read after the end of `last`.
    """

    def __init__(self, starts, ends=None, texts=(), last=""):
        self.starts, self.ends, self.texts, self.last = starts, ends or {}, texts, last
        self.text, self.gathers, self.phonetic, self.done = [], False, False, False

    def over(self, archive: ZipFile, part: str, work: Work) -> Iterator[None]:
        """Walk one part of `archive`, with a pause after each block; `work` counts and refuses."""
        self.work = work
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.words
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
        with archive.open(part) as content:
            while not self.done and (block := content.read(BLOCK)):
                work.count_bytes(len(block))
                parser.Parse(block)
                yield
            if not self.done:
                parser.Parse(b"", True)
                yield

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """The start of an element."""
        self.work.count_element()
        name = name.rpartition(":")[2]
        if name in self.texts:
            self.gathers = not self.phonetic
        elif name == "rPh":
            self.phonetic = True
        elif known := self.starts.get(name):
            known(self, attributes)

    def end(self, name: str) -> None:
        """The end of an element."""
        name = name.rpartition(":")[2]
        self.gathers = False
        if name == "rPh":
            self.phonetic = False
        elif name == self.last:
            self.done = True
        elif known := self.ends.get(name):
            known(self)

    def words(self, text: str) -> None:
        """Text between elements."""
        if self.gathers:
            self.text.append(text)


def refuse(*_) -> None:
    """Refuse a document that declares entities."""
    raise ValueError("a spreadsheet declares no entities")
