"""Writing a procedure on screen: by parts, as a file, from the library; each page saves through one act."""

import re
from dataclasses import replace

from flask import Response, abort, g, request, url_for
from flask_admin import expose
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

import policies
from admin_views.acts import acting
from admin_views.acts.attempts import attempt, finished
from admin_views.core.base import VERBS
from admin_views.forms import parking
from admin_views.forms.fields import form_of
from admin_views.procedures import previews
from admin_views.procedures.form import PartForm
from admin_views.procedures.parts import BY_SLUG, PARTS, part_of
from models import db
from models.procedures import RULING, AnomalyType
from models.queries import procedures as find
from policies import drafts
from policies.core.rules import Ask
from policies.corrections.cases import definition_of
from policies.procedures.adoption import missing_parts
from policies.procedures.facts import LABELS
from policies.procedures.figures import MANY
from policies.procedures.library_entries import library
from policies.procedures.parsing import LARGEST_FILE, DefinitionError, parse, read
from policies.procedures.primitives import FUNCTIONS
from policies.procedures.writing import as_text

VERBS |= {"part_view": "view", "text_view": "view", "download_view": "view", "try_view": "view",
          "library_view": "create", "load_view": "create"}
CODE = re.compile(r"[a-z0-9][a-z0-9-]{2,59}")
UNEXPLAINED = "Escriba qué cambia y por qué; lo leerán quienes firman."
HERE = "procedimiento"      # how faults name the document; people read the field instead


class Authoring:
    """The part of the procedures' screen that writes drafts."""

    # ---- by parts

    @expose("/<int:key>/escribir/<part>/", methods=("GET", "POST"))
    def part_view(self, key, part):
        part, record = BY_SLUG.get(part) or abort(404), self.to_write(key)
        given = request.form or parking.take()
        form = PartForm(part, record.definition, causes(), given or None)
        document = form.read()
        definition, problems = understood(document)
        form.place_faults(problems)
        reason = (given or {}).get("reason", record.reason)
        asks_back = request.form.get("look") or request.form.get("more")
        status = 200
        if request.method == "POST" and not asks_back:
            status = 422 if form.faults else 409
            if not form.faults and (answer := attempt(lambda: self.written(record, document, reason, part))):
                return answer
        else:
            form.faults = form.faults if given else []
        return self.show("authoring.html", record=record, part=part, parts=PARTS, form=form, reason=reason,
                         look=asks_back, names=names_of(definition or definition_of(record)),
                         unread=definition is None, **panel(record, definition or definition_of(record), given)), status

    def to_write(self, key):
        """The draft, if this person may write it now; else why not."""
        record = self.get_one(key)
        if why := policies.refusal(drafts.write_version, g.actor, record):
            raise why
        return record

    def written(self, record, document, reason, part=None):
        policies.perform(db.session, drafts.write_version, record, g.actor,
                         {"definition": document, "reason": reason}, acting.seen_version(record, request.form))
        if part is None:
            return finished(url_for(".text_view", key=record.id), "El archivo se guardó entero.")
        return finished(url_for(".part_view", key=record.id, part=part.slug), f"Se guardó «{part.title}».")

    # ---- as a file

    @expose("/<int:key>/archivo/", methods=("GET", "POST"))
    def text_view(self, key):
        record = self.get_one(key)
        may = policies.refusal(drafts.write_version, g.actor, record) is None
        if request.method == "POST" and not may:
            self.to_write(key)
        given = request.form or (parking.take() if may else None) or MultiDict()
        text, problems = given.get("text") or as_text(definition_of(record)), []
        if request.method == "POST":
            text, problems = uploaded(text, record)
            if not problems and (answer := attempt(lambda: self.written(
                    record, read(text, HERE).as_document(), record.reason))):
                return answer
        return self.show("authoring_text.html", record=record, text=text, problems=problems, may=may, parts=PARTS,
                         form=may), 422 if problems else 409 if request.method == "POST" else 200

    @expose("/<int:key>/archivo.yaml")
    def download_view(self, key):
        record = self.get_one(key)
        return Response(as_text(definition_of(record)), mimetype="application/yaml", headers={
            "Content-Disposition": f'attachment; filename="{record.procedure.code}-v{record.number}.yaml"'})

    # ---- on a bill

    @expose("/<int:key>/probar/")
    def try_view(self, key):
        record = self.get_one(key)
        return self.show("authoring_try.html", record=record, **panel(record, definition_of(record), request.args))

    # ---- from outside

    @expose("/nuevo/", methods=("GET", "POST"))
    def create_view(self):
        """Where a procedure may come from: nothing is typed here."""
        return self.show("procedure_new.html")

    @expose("/biblioteca/", methods=("GET", "POST"))
    def library_view(self):
        form = form_of(library_asks())(request.form or parking.take())
        if request.method == "POST" and form.validate() and self.free(form):
            definition = drafts.adopt(library()[form.entry.data], form.code.data, form.called.data,
                                      form.valid_from.data)
            if answer := attempt(lambda: self.begun(definition, form.reason.data)):
                return answer
        lacking = {code: len(missing_parts(entry)) for code, entry in library().items()}
        return self.show("procedure_library.html", form=form, entries=library(), lacking=lacking, record=None,
                         unit=lambda word: MANY.get(word, word),
                         ), self.form_status(form)

    def free(self, form):
        """Whether the code may be taken; if not, its field says why."""
        if not CODE.fullmatch(form.code.data):
            form.code.errors = ["Use minúsculas sin acentos, cifras y guiones, por ejemplo slp-fuga-visible."]
        elif db.session.scalar(find.called(form.code.data)):
            form.code.errors = ["Esa clave ya es de otro procedimiento; use otra."]
        return not form.code.errors

    @expose("/cargar/", methods=("GET", "POST"))
    def load_view(self):
        problems, reason = [], (request.form or parking.take() or {}).get("reason", "")
        if request.method == "POST":
            definition, problems = loaded(request.files.get("file"))
            problems = problems or ([] if reason.strip() else [UNEXPLAINED])
            if not problems and (answer := attempt(lambda: self.begun(definition, reason.strip()))):
                return answer
        return self.show("procedure_load.html", problems=problems, reason=reason, form=True, record=None,
                         ), 422 if problems else 409 if request.method == "POST" else 200

    def begun(self, definition, reason):
        """A draft begins in the trail as the rule's creation, and its first page opens."""
        made = drafts.draft_of(db.session, definition, reason)
        return finished(url_for(".part_view", key=made.id, part=PARTS[0].slug),
                        f"Se inició {made.procedure.name}, versión {made.number}; complete lo que falta.")


def library_asks():
    entries = tuple((code, f"{entry.name} — {code}") for code, entry in library().items())
    return (Ask("entry", "Procedimiento publicado", "choice", choices=entries),
            Ask("code", "Clave en esta oficina", help="Minúsculas, cifras y guiones; no se cambia después."),
            Ask("called", "Nombre"),
            Ask("valid_from", "Rige desde", "day"), drafts.ask_reason())


def causes():
    """code → name of every anomaly of the catalogue."""
    return dict(db.session.execute(select(AnomalyType.code, AnomalyType.name).order_by(AnomalyType.name)).all())


def understood(document):
    """(Definition, []) or (None, [(path of the field, sentence)])."""
    try:
        return parse(document, HERE), []
    except DefinitionError as fault:
        return None, [placed(problem) for problem in fault.problems]


def placed(problem):
    path, _, sentence = problem.removeprefix(f"{HERE}: ").partition(": ")
    return path, sentence


def panel(record, definition, given):
    """What stands beside the form: examples, lint and the bill on which it is tried."""
    return {**previews.checks(record, definition), "tried": previews.preview(definition, given or {}),
            "missing": missing_parts(definition)}


def names_of(definition):
    """[(name, words)] that the formulas may use, and the functions."""
    own = [(item.name, item.label) for item in definition.inputs]
    own += [(step.out, step.label or step.out) for step in definition.computation]
    return {"own": own, "bill": [(name, label) for name, (label, _) in LABELS.items()], "functions": list(FUNCTIONS)}


def faults_said(problems):
    """[(page or None, field, sentence)] of the faults of a whole file."""
    return [(part_of(re.split(r"[.\[]", path)[0]), path, sentence) for path, sentence in problems]


def uploaded(text, record):
    """(the text to keep, its faults): the file if one came, under this version's number, else what was typed."""
    upload = request.files.get("file")
    content = upload.read(LARGEST_FILE + 1) if upload and upload.filename else text.replace("\r\n", "\n")
    try:
        definition = read(content, HERE)
    except DefinitionError as fault:
        shown = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
        return shown, faults_said([placed(problem) for problem in fault.problems])
    if isinstance(content, bytes):
        return as_text(replace(definition, version=record.number)), []
    return content, []


def loaded(upload):
    """(Definition, []) of a file that a person chose, or (None, sentences)."""
    if not upload or not upload.filename:
        return None, ["Elija el archivo YAML del procedimiento."]
    try:
        definition = read(upload.read(LARGEST_FILE + 1), upload.filename[:80])
    except DefinitionError as fault:
        return None, list(fault.problems)
    if definition.valid_from is None:
        return None, [drafts.UNDATED]
    return definition, []


def versions_of(record):
    """The other versions of its procedure, the newest first."""
    return [row for row in db.session.scalars(find.versions(record.procedure_id)) if row.id != record.id]


def compared(record):
    """The version that the page compares with: the one asked for, else the one that rules before it."""
    others = versions_of(record)
    wanted = request.args.get("contra", "")
    ruling = [row for row in others if row.state in RULING and row.number < record.number]
    return next((row for row in others if str(row.id) == wanted), ruling[0] if ruling else None), others

