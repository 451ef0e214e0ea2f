"""Paper: sheets as tagged PDF, composed by typst from data, never from markup."""

import json
from pathlib import Path

TEMPLATES = Path(__file__).parent / "paper"


def qr(address: str) -> bytes:
    """The QR of an address as SVG."""
    import segno
    return segno.make(address, error="m").svg_inline(scale=4, border=0).encode()


def compose(name: str, facts: dict, pictures: dict[str, bytes]) -> bytes:
    """The PDF/UA-1 of a template with those facts and pictures.

    `facts` are texts and lists of texts, already in words; they travel as JSON, so that nothing a person typed can
    become a command of typst.
    """
    source = {"main.typ": (TEMPLATES / name).read_bytes(), **pictures}
    import typst  # heavy to load, and few requests print
    return typst.compile(source, format="pdf", pdf_standards=["ua-1"], ignore_system_fonts=True,
                         sys_inputs={"facts": json.dumps(facts, ensure_ascii=False)})
