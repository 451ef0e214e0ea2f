"""A part of a zipped document read as XML by blocks, each element counted; what declares entities is refused."""

import time
from xml.parsers import expat

from policies.core.rules import Broken

BLOCK = 64 * 1024
MOST_UNPACKED = 120 * 1024 * 1024   # bytes of a document's parts together, unpacked
MOST_IDLE = 400_000                 # elements that bring no value: empty rows, empty cells, formats
MOST_VALUES = 2_000_000             # cells and texts
MOST_SECONDS = 10                   # of processor
TOO_MUCH = ("El libro de Excel ocupa demasiado al abrirse; deje una sola hoja con los datos, sin imágenes ni "
            "formatos, o guárdelo como CSV.")
TOO_EMPTY = ("El libro de Excel trae demasiadas celdas vacías o con formato; copie solo los datos a un libro nuevo o "
             "guárdelo como CSV, y súbalo.")


class Work:
    """How much a workbook has made the reader do; Broken beyond what an honest one needs."""

    def __init__(self):
        self.idle = self.values = self.unpacked = 0
        self.until = time.thread_time() + MOST_SECONDS

    def visited(self):
        self.idle += 1
        if self.idle > MOST_IDLE:
            raise Broken(TOO_EMPTY)

    def found(self):
        """One value, which pays for the elements around it."""
        self.values += 1
        self.idle = max(self.idle - 3, 0)
        if self.values > MOST_VALUES:
            raise Broken(TOO_MUCH)

    def read(self, size):
        self.unpacked += size
        if self.unpacked > MOST_UNPACKED or time.thread_time() > self.until:
            raise Broken(TOO_MUCH)


class Walk:
    """What to do at the beginning and the end of the elements that matter, by their names without prefix.

    `starts` {name: f(walk, attributes)}, `ends` {name: f(walk)}; the text inside the elements of `texts` is gathered
    in `text`, which whoever uses it empties; phonetic readings are not of it. After the end of `last` nothing more
    is read.
    """

    def __init__(self, starts, ends=None, texts=(), last=""):
        self.starts, self.ends, self.texts, self.last = starts, ends or {}, texts, last
        self.text, self.gathers, self.phonetic, self.done = [], False, False, False

    def over(self, archive, part, work):
        """Walks one part of `archive`, yielding after each block; `work` counts and refuses."""
        self.work = work
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.words
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
        with archive.open(part) as content:
            while not self.done and (block := content.read(BLOCK)):
                work.read(len(block))
                parser.Parse(block)
                yield
            if not self.done:
                parser.Parse(b"", True)
                yield

    def start(self, name, attributes):
        self.work.visited()
        name = name.rpartition(":")[2]
        if name in self.texts:
            self.gathers = not self.phonetic
        elif name == "rPh":
            self.phonetic = True
        elif known := self.starts.get(name):
            known(self, attributes)

    def end(self, name):
        name = name.rpartition(":")[2]
        self.gathers = False
        if name == "rPh":
            self.phonetic = False
        elif name == self.last:
            self.done = True
        elif known := self.ends.get(name):
            known(self)

    def words(self, text):
        if self.gathers:
            self.text.append(text)


def refuse(*_):
    raise ValueError("a spreadsheet declares no entities")
