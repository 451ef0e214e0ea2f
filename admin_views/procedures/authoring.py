"""Pages on which a procedure is written: by parts, as a file, from the library; each saves through one act."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from flask import Response, abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import Form

import policies
from admin_views.acts import acting
from admin_views.acts.attempts import attempt, finished
from admin_views.core.base import VERBS
from admin_views.forms import parking
from admin_views.forms.fields import form_of
from admin_views.procedures import previews
from admin_views.procedures.form import PartForm
from admin_views.procedures.parts import BY_SLUG, PARTS, Part, part_of
from models import db
from models.procedures import RULING, AnomalyType, ProcedureVersion
from models.queries import procedures as find
from policies.core.figures import MANY
from policies.core.rules import Ask
from policies.corrections.cases import definition_of
from policies.procedures import drafts
from policies.procedures.adoption import missing_parts
from policies.procedures.definition import Definition
from policies.procedures.facts import LABELS
from policies.procedures.library_entries import library
from policies.procedures.parsing import LARGEST_FILE, DefinitionError, parse, read
from policies.procedures.primitives import FUNCTIONS
from policies.procedures.writing import as_text

VERBS |= {"part_view": "view", "text_view": "view", "download_view": "view", "try_view": "view",
          "library_view": "create", "load_view": "create"}
CODE = re.compile(r"[a-z0-9][a-z0-9-]{2,59}")
UNEXPLAINED = "Escriba qué cambia y por qué; lo leerán quienes firman."
HERE = "procedimiento"      # the document's name in the faults; it is removed before they are shown


class Authoring:
    """The part of the procedures' screen that writes drafts."""

    # ---- by parts

    @expose("/<int:key>/escribir/<part>/", methods=("GET", "POST"))
    def part_view(self, key: int, part: str) -> ResponseReturnValue:
        """The form of one part of the draft; saving it writes the whole content through write_version."""
        part, record = BY_SLUG.get(part) or abort(404), self.draft_to_write(key)
        given = request.form or parking.take()
        form = PartForm(part, record.definition, causes(), given or None)
        document = form.read()
        definition, problems = parse_document(document)
        form.place_faults(problems)
        reason = (given or {}).get("reason", record.reason)
        asks_back = request.form.get("look") or request.form.get("more")
        status = 200
        if request.method == "POST" and not asks_back:
            status = 422 if form.faults else 409
            if not form.faults and (answer := attempt(lambda: self.save_content(record, document, reason, part))):
                return answer
        else:
            form.faults = form.faults if given else []
        return self.show("authoring.html", record=record, part=part, parts=PARTS, form=form, reason=reason,
                         look=asks_back, names=names_of(definition or definition_of(record)),
                         unread=definition is None, **panel(record, definition or definition_of(record), given)), status

    def draft_to_write(self, key: int) -> ProcedureVersion:
        """The draft, if this person may write it now; raises the refusal otherwise."""
        record = self.get_one(key)
        if why := policies.refusal(drafts.write_version, g.actor, record):
            raise why
        return record

    def save_content(self, record: ProcedureVersion, document: dict, reason: str,
                     part: Part | None = None) -> ResponseReturnValue:
        """Write the content through its act and answer with the page to return to."""
        policies.perform(db.session, drafts.write_version, record, g.actor,
                         {"definition": document, "reason": reason}, acting.seen_version(record, request.form))
        if part is None:
            return finished(url_for(".text_view", key=record.id), "El archivo se guardó entero.")
        return finished(url_for(".part_view", key=record.id, part=part.slug), f"Se guardó «{part.title}».")

    # ---- as a file

    @expose("/<int:key>/archivo/", methods=("GET", "POST"))
    def text_view(self, key: int) -> ResponseReturnValue:
        """The content as YAML text: typed, or taken from a file; read-only for who may not write it."""
        record = self.get_one(key)
        may = policies.refusal(drafts.write_version, g.actor, record) is None
        if request.method == "POST" and not may:
            self.draft_to_write(key)
        given = request.form or (parking.take() if may else None) or MultiDict()
        text, problems = given.get("text") or as_text(definition_of(record)), []
        if request.method == "POST":
            text, problems = text_to_keep(text, record)
            if not problems and (answer := attempt(lambda: self.save_content(
                    record, read(text, HERE).as_document(), record.reason))):
                return answer
        return self.show("authoring_text.html", record=record, text=text, problems=problems, may=may, parts=PARTS,
                         form=may), 422 if problems else 409 if request.method == "POST" else 200

    @expose("/<int:key>/archivo.yaml")
    def download_view(self, key: int) -> Response:
        """The content as a YAML file."""
        record = self.get_one(key)
        return Response(as_text(definition_of(record)), mimetype="application/yaml", headers={
            "Content-Disposition": f'attachment; filename="{record.procedure.code}-v{record.number}.yaml"'})

    # ---- tried on a bill

    @expose("/<int:key>/probar/")
    def try_view(self, key: int) -> ResponseReturnValue:
        """The panel beside the form: worked examples, lint and the draft on a real bill; nothing is written."""
        record = self.get_one(key)
        return self.show("authoring_try.html", record=record, **panel(record, definition_of(record), request.args))

    # ---- from the library or a file

    @expose("/nuevo/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        """The choice of where a procedure comes from; nothing is typed here."""
        return self.show("procedure_new.html")

    @expose("/biblioteca/", methods=("GET", "POST"))
    def library_view(self) -> ResponseReturnValue:
        """The published procedures, and the form that adopts one as a draft."""
        form = form_of(library_asks())(request.form or parking.take())
        if request.method == "POST" and form.validate() and self.code_is_free(form):
            definition = drafts.adopt(library()[form.entry.data], form.code.data, form.called.data,
                                      form.valid_from.data)
            if answer := attempt(lambda: self.create_draft(definition, form.reason.data)):
                return answer
        lacking = {code: len(missing_parts(entry)) for code, entry in library().items()}
        return self.show("procedure_library.html", form=form, entries=library(), lacking=lacking, record=None,
                         unit=lambda word: MANY.get(word, word),
                         ), self.form_status(form)

    def code_is_free(self, form: Form) -> bool:
        """Whether no procedure has the code yet; if one has, the field gets the error."""
        if not CODE.fullmatch(form.code.data):
            form.code.errors = ["Use minúsculas sin acentos, cifras y guiones, por ejemplo slp-fuga-visible."]
        elif db.session.scalar(find.procedure_of_code(form.code.data)):
            form.code.errors = ["Esa clave ya es de otro procedimiento; use otra."]
        return not form.code.errors

    @expose("/cargar/", methods=("GET", "POST"))
    def load_view(self) -> ResponseReturnValue:
        """The form that loads a file as a new draft."""
        problems, reason = [], (request.form or parking.take() or {}).get("reason", "")
        if request.method == "POST":
            definition, problems = definition_of_file(request.files.get("file"))
            problems = problems or ([] if reason.strip() else [UNEXPLAINED])
            if not problems and (answer := attempt(lambda: self.create_draft(definition, reason.strip()))):
                return answer
        return self.show("procedure_load.html", problems=problems, reason=reason, form=True, record=None,
                         ), 422 if problems else 409 if request.method == "POST" else 200

    def create_draft(self, definition: Definition, reason: str) -> ResponseReturnValue:
        """Create the draft and answer with its first page; the trail records it as a creation by the rule."""
        made = drafts.draft_of(db.session, definition, reason)
        return finished(url_for(".part_view", key=made.id, part=PARTS[0].slug),
                        f"Se inició {made.procedure.name}, versión {made.number}; complete lo que falta.")


def library_asks() -> tuple[Ask, ...]:
    """The questions for adopting a published procedure."""
    entries = tuple((code, f"{entry.name} — {code}") for code, entry in library().items())
    return (Ask("entry", "Procedimiento publicado", "choice", choices=entries),
            Ask("code", "Clave en esta oficina", help="Minúsculas, cifras y guiones; no se cambia después."),
            Ask("called", "Nombre"),
            Ask("valid_from", "Rige desde", "day"), drafts.ask_reason())


def causes() -> dict[str, str]:
    """code → name of every anomaly of the catalogue."""
    return dict(db.session.execute(select(AnomalyType.code, AnomalyType.name).order_by(AnomalyType.name)).all())


def parse_document(document: dict) -> tuple[Definition | None, list[tuple[str, str]]]:
    """(Definition, []) or (None, [(path of the field, sentence)])."""
    try:
        return parse(document, HERE), []
    except DefinitionError as fault:
        return None, [split_problem(problem) for problem in fault.problems]


def split_problem(problem: str) -> tuple[str, str]:
    """(path of the field, sentence) of a problem as the reader writes it."""
    path, _, sentence = problem.removeprefix(f"{HERE}: ").partition(": ")
    return path, sentence


def panel(record: ProcedureVersion, definition: Definition, given: Mapping[str, str] | None) -> dict:
    """The context of the panel beside the form: examples, lint and the bill on which the draft is tried."""
    return {**previews.checks(record, definition), "tried": previews.preview(definition, given or {}),
            "missing": missing_parts(definition)}


def names_of(definition: Definition) -> dict:
    """What the formulas may name: the procedure's own figures and the bill's, with their words, and the functions."""
    own = [(item.name, item.label) for item in definition.inputs]
    own += [(step.out, step.label or step.out) for step in definition.computation]
    return {"own": own, "bill": [(name, label) for name, (label, _) in LABELS.items()], "functions": list(FUNCTIONS)}


def faults_by_page(problems: Iterable[tuple[str, str]]) -> list[tuple[Part | None, str, str]]:
    """[(page or None, field, sentence)] of the faults of a whole file."""
    return [(part_of(re.split(r"[.\[]", path)[0]), path, sentence) for path, sentence in problems]


def text_to_keep(text: str, record: ProcedureVersion) -> tuple[str, list]:
    """(text, faults): the content of the file that came, under this version's number; otherwise the typed text."""
    upload = request.files.get("file")
    content = upload.read(LARGEST_FILE + 1) if upload and upload.filename else text.replace("\r\n", "\n")
    try:
        definition = read(content, HERE)
    except DefinitionError as fault:
        shown = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
        return shown, faults_by_page([split_problem(problem) for problem in fault.problems])
    if isinstance(content, bytes):
        return as_text(replace(definition, version=record.number)), []
    return content, []


def definition_of_file(upload: FileStorage | None) -> tuple[Definition | None, list[str]]:
    """(Definition, []) of the file that a person chose, or (None, sentences)."""
    if not upload or not upload.filename:
        return None, ["Elija el archivo YAML del procedimiento."]
    try:
        definition = read(upload.read(LARGEST_FILE + 1), upload.filename[:80])
    except DefinitionError as fault:
        return None, list(fault.problems)
    if definition.valid_from is None:
        return None, [drafts.UNDATED]
    return definition, []


def versions_of(record: ProcedureVersion) -> list[ProcedureVersion]:
    """The other versions of its procedure, the newest first."""
    return [row for row in db.session.scalars(find.versions(record.procedure_id)) if row.id != record.id]


def version_to_compare(record: ProcedureVersion) -> tuple[ProcedureVersion | None, list[ProcedureVersion]]:
    """(the version that the page compares with, all others): the one asked for, otherwise the one in force before
    it."""
    others = versions_of(record)
    wanted = request.args.get("contra", "")
    ruling = [row for row in others if row.state in RULING and row.number < record.number]
    return next((row for row in others if str(row.id) == wanted), ruling[0] if ruling else None), others

