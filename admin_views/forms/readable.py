"""Whether an attached file opens and shows anything: run as a program of its own, `readable.py PATH TYPE`.

A file made to exhaust its reader (a picture of a million megapixels, a stream that unfolds to gigabytes) exhausts a
short-lived process with little memory and little time, and not the server. It prints {"problem": sentence or "",
"warning": sentence or ""}; without an answer, the file did not open.
"""

import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pikepdf
from PIL import Image

MEMORY, SECONDS = 1024 ** 3, 20     # bytes of address space; of processor
MOST_PIXELS, MOST_PAGES = 64_000_000, 500
LOOKING = 5          # seconds given to looking for blank pages; the rest go unlooked at
SMALL = 4096         # bytes, compressed: a page that draws with more than these is not blank
THUMB = (128, 128)
TAIL = 1024          # bytes at the end of a PDF among which its end mark stands
PAINTS = {"Tj", "TJ", "'", '"', "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh"}

LOCKED = "El PDF pide contraseña para abrirse; guárdelo sin contraseña y adjúntelo de nuevo."
BROKEN_PDF = "El PDF está incompleto o dañado y no se abre; guárdelo o escanéelo otra vez y adjúntelo de nuevo."
BROKEN_IMAGE = "La imagen está incompleta o dañada y no se abre; tómela o guárdela otra vez y adjúntela de nuevo."
NO_PAGES = "El PDF no tiene páginas; revise el archivo y adjúntelo de nuevo."
MANY_PAGES = "El PDF tiene {:,} páginas y se admiten {:,}; divídalo y adjunte la parte que prueba."
MANY_PIXELS = "La imagen mide {:,} por {:,} puntos, más de {:,} millones en total; redúzcala y adjúntela de nuevo."
BLANK_IMAGE = "La imagen es de un solo color: no muestra nada."
BLANK_FILE = "El documento está en blanco: ninguna de sus páginas muestra nada."
BLANK_PAGES = "De sus {} páginas, están en blanco: {}."


class Unreadable(Exception):
    """Why a file is not accepted, in a Spanish sentence."""


def pdf(path: str) -> str:
    """A warning about its blank pages, or an empty text; raises Unreadable where it does not open whole."""
    if b"%%EOF" not in Path(path).read_bytes()[-TAIL:]:
        raise Unreadable(BROKEN_PDF)
    try:
        with pikepdf.open(path) as opened:
            pages = len(opened.pages)
            if not pages:
                raise Unreadable(NO_PAGES)
            if pages > MOST_PAGES:
                raise Unreadable(MANY_PAGES.format(pages, MOST_PAGES))
            numbers = [number for number, page in enumerate(pages_in_time(opened), start=1) if is_blank(page)]
            return blank_words(numbers, pages)
    except pikepdf.PasswordError:
        raise Unreadable(LOCKED) from None
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError):
        raise Unreadable(BROKEN_PDF) from None


def pages_in_time(opened: pikepdf.Pdf) -> Iterator[pikepdf.Page]:
    """Its pages, until the time to look at them is over."""
    until = time.monotonic() + LOOKING
    for page in opened.pages:
        if time.monotonic() > until:
            return
        yield page


def blank_words(numbers: Sequence[int], pages: int) -> str:
    """The warning for these blank pages; empty without any."""
    if not numbers:
        return ""
    return BLANK_FILE if len(numbers) == pages else BLANK_PAGES.format(pages, ", ".join(map(str, numbers[:20])))


def is_blank(page: pikepdf.Page) -> bool:
    """Whether a page certainly shows nothing; a page too complex to check quickly counts as showing something."""
    if "/Annots" in page and len(page.Annots):
        return False
    contents = page.get("/Contents")
    parts = [] if contents is None else list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    if sum(len(part.read_raw_bytes()) for part in parts) > SMALL:
        return False
    images = page.get_images(recursive=False)
    for operands, operator in pikepdf.parse_content_stream(page):
        word = str(operator)
        if word in PAINTS or word == "INLINE IMAGE":
            return False
        if word == "Do" and not (str(operands[0]) in images and is_plain(images[str(operands[0])])):
            return False
    return True


def is_plain(raw: pikepdf.Stream) -> bool:
    """Whether a picture inside a page has one colour."""
    found = pikepdf.PdfImage(raw)
    if found.width * found.height > MOST_PIXELS // 4:
        return False
    with found.as_pil_image() as picture:
        return one_colour(picture)


def image(path: str) -> str:
    """A warning where it has one colour, or an empty text; raises Unreadable where it does not open whole."""
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Unreadable(MANY_PIXELS.format(picture.width, picture.height, MOST_PIXELS // 1_000_000))
            picture.draft("RGB", THUMB)
            picture.load()
            return BLANK_IMAGE if one_colour(picture) else ""
    except Image.DecompressionBombError:
        raise Unreadable(MANY_PIXELS.format(0, 0, MOST_PIXELS // 1_000_000)) from None
    except (OSError, SyntaxError, ValueError, IndexError, EOFError):
        raise Unreadable(BROKEN_IMAGE) from None


def one_colour(picture: Image.Image) -> bool:
    """Whether a picture has almost one colour: scanned paper is never of exactly one white."""
    small = picture.convert("L").resize(THUMB)
    low, high = small.getextrema()
    return high - low < 16


READERS = {"application/pdf": pdf, "image/jpeg": image, "image/png": image}


def answer(path: str, media_type: str) -> dict[str, str]:
    """{"problem", "warning"} of a file."""
    try:
        return {"problem": "", "warning": READERS[media_type](path)}
    except Unreadable as why:
        return {"problem": str(why), "warning": ""}


if __name__ == "__main__":
    Image.MAX_IMAGE_PIXELS = None       # its size is asked before it is opened
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    json.dump(answer(*sys.argv[1:3]), sys.stdout)
