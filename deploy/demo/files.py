"""Small files that stand for photographs and papers, kept as every stored file is."""

import os
import struct
import tempfile
import zlib
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from deploy.demo.seed import draw

SIDE = 48


class Kept(NamedTuple):
    """A stored file, as the act that attaches it reads it."""

    sha256: str
    size: int
    media_type: str
    name: str
    warning: str = ""


def photograph(folder, name):
    """A small picture whose colours depend on its name."""
    return keep(folder, picture(name), "image/png", f"{name}.png")


def paper(folder, name, sentence):
    """A page with one sentence."""
    return keep(folder, page(sentence), "application/pdf", f"{name}.pdf")


def keep(folder, content, media_type, name):
    """<folder>/<first two of the hash>/<hash>: written aside, synced, then given its name."""
    key = sha256(content).hexdigest()
    path = Path(folder) / key[:2] / key
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    return Kept(key, len(content), media_type, name)


def picture(name):
    """The bytes of a small PNG whose colours depend on its name."""
    colours = [bytes(draw(256, name, "colour", part) for part in range(3)) for _ in (0,)] * SIDE
    bands = [bytes(draw(256, name, row // 6, part) for part in range(3)) for row in range(SIDE)]
    rows = b"".join(b"\0" + band * (SIDE // 2) + colour * (SIDE // 2)
                    for band, colour in zip(bands, colours, strict=True))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 0))
            + chunk(b"IEND", b""))


def chunk(kind, content):
    """One chunk of a PNG."""
    return (struct.pack(">I", len(content)) + kind + content
            + struct.pack(">I", zlib.crc32(kind + content)))


def page(sentence):
    """A PDF of one page, its objects and their places written out."""
    said = sentence.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(
        b")", b"\\)")
    drawn = b"BT /F1 12 Tf 60 720 Td (" + said + b") Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    body, places = b"%PDF-1.4\n", []
    for number, written in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, written)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + (b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\n"
                   b"startxref\n%d\n%%%%EOF\n" % (table, len(body)))
