"""Paper: the correction's sheet as a tagged PDF, set by typst from data, never from markup."""

import json
from pathlib import Path

import segno
import typst

TEMPLATES = Path(__file__).parent / "paper"


def qr(address):
    """An address as SVG, for a telephone."""
    return segno.make(address, error="m").svg_inline(scale=4, border=0).encode()


def sheet(facts, address, paper="correction.typ"):
    """The PDF/UA-1 of a paper: a correction's sheet, or the one named.

    `facts` are texts and lists of texts, already in words; they travel as JSON, so that nothing
    a person typed can become a command of the typesetter.
    """
    return set_in_type(paper, facts, {"qr.svg": qr(address)})


def annex(facts):
    """The PDF/UA-1 of a batch's annex: its figures, and its rows where paper can hold them."""
    return set_in_type("batch.typ", facts, {})


def set_in_type(name, facts, pictures):
    source = {"main.typ": (TEMPLATES / name).read_bytes(), **pictures}
    return typst.compile(source, format="pdf", pdf_standards=["ua-1"], ignore_system_fonts=True,
                         sys_inputs={"facts": json.dumps(facts, ensure_ascii=False)})
