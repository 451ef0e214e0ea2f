"""Paper: one way to print a record, declared once. Its button, address, permission, file name and PDF follow from it.

An area says `declare_paper(Paper(Model, "template.typ", name="cedula", …))`; the record's screen then serves
…/<key>/cedula.pdf to whoever may see the record. Personal columns that the facts read are logged as read.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, abort

from admin_views.output import pdf
from policies.core.declarations import Misdeclared
from policies.core.rules import Broken, Denied

PAPERS: dict[tuple[type, str], "Paper"] = {}     # (model, last part of the address) → Paper


@dataclass(frozen=True)
class Paper:
    """One sheet about a record; `facts` are its texts, already in words, as the template takes them."""

    model: type
    template: str                       # in output/paper/
    name: str                           # the last part of its address, without .pdf
    label: str                          # the words of its button
    facts: Callable[[object], dict]
    called: Callable[[object], str] = str       # record → the name of its file, without .pdf
    qr: Callable[[object], str] | None = None   # record → the address in its QR
    has: Callable[[object], bool] = lambda record: True     # whether the record has such a paper at all
    hinders: Callable[[object], str | None] = lambda record: None   # a sentence: why it is not printed now
    personal: str = ""      # a sentence: why an office that reads no personal data does not print it


def declare_paper(*papers: Paper) -> None:
    """Add papers; the start refuses one without template or whose address is taken."""
    for paper in papers:
        where = f"the paper {paper.name} of {paper.model.__name__}"
        if not (pdf.TEMPLATES / paper.template).is_file():
            raise Misdeclared(f"{where} has no template {paper.template}; write it in {pdf.TEMPLATES.name}/")
        if (paper.model, paper.name) in PAPERS:
            raise Misdeclared(f"{where} is declared twice; give one another name")
        PAPERS[paper.model, paper.name] = paper


def papers_of(view: object, record: object) -> list[Paper]:
    """The papers that this office may print of a record now: its buttons."""
    return [paper for (model, _), paper in PAPERS.items() if model is view.model and paper.has(record)
            and not paper.hinders(record) and (view.reads_personal() or not paper.personal)]


def printed(view: object, record: object, name: str) -> Response:
    """The PDF of a record's paper; 404 where it has none, or a refusal that says why not."""
    paper = PAPERS.get((view.model, name))
    if paper is None or not paper.has(record):
        abort(404)
    if paper.personal and not view.reads_personal():
        raise Denied(paper.personal)
    if why := paper.hinders(record):
        raise Broken(why)
    pictures = {"qr.svg": pdf.qr(paper.qr(record))} if paper.qr else {}
    return answer(pdf.compose(paper.template, paper.facts(record), pictures), paper.called(record))


def answer(content: bytes, name: str) -> Response:
    """A PDF shown by the browser, with the name under which it is kept."""
    return Response(content, mimetype="application/pdf",
                    headers={"Content-Disposition": f'inline; filename="{name}.pdf"'})
