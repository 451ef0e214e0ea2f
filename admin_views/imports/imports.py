"""The pages of an import, in three steps: the file, its columns, its check; then all of it, once.

Every screen has these pages; they open where the rule of its table has `imports`, for who may create its records. What
was imported is listed in «Importaciones», and is undone from there.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

from flask import Response, abort, flash, g, redirect, request, send_file, session, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import func, select

import policies
from admin_views.acts.attempts import attempt
from admin_views.forms import parking
from admin_views.forms.inputs import MISSING
from admin_views.imports import staging
from admin_views.imports.cells import Column, columns_of
from admin_views.imports.dry_run import DryRun
from admin_views.imports.readers import letter
from admin_views.imports.staging import Staged
from admin_views.output import sheets
from models import db
from models.base.imports import ImportBatch
from models.queries.imports import imports_of_file
from policies.core.imports import allow_long_statements, closed, import_rows
from policies.core.typed_words import unaccented

VERBS = {name: "create" for name in ("import_view", "import_template_view", "import_columns_view",
                                     "import_check_view", "import_faults_view")}
SHOWN, PREVIEWED = 100, 3


class Importing:
    """The part of a PolicyView that fills its list from a file; door/ has identified the person."""

    def may_import(self) -> bool:
        """Whether this person may fill this list from a file."""
        return closed(g.actor, self.model) is None

    def import_columns(self) -> list[Column]:
        """The columns that a file may fill: those of the form."""
        if why := closed(g.actor, self.model):
            raise why
        return columns_of(self.model, policies.RULES[self.model].edits)

    def upload_of(self, code: str) -> Staged:
        """The upload of this person under that code."""
        return staging.upload_or_404(code, self.endpoint, g.actor.id)

    def import_page(self, name: str, **facts: object) -> str:
        """A page of the import."""
        return self.show(f"import_{name}.html", word=self.name.lower(),
                         many=many, **facts)

    # ---- the file

    @expose("/importar/", methods=("GET", "POST"))
    def import_view(self) -> ResponseReturnValue:
        """The first step: the file."""
        columns, why = self.import_columns(), ""
        if request.method == "POST":
            upload = request.files.get("file")
            try:
                if not (upload and upload.filename):
                    raise policies.Broken(MISSING["FileField"])
                staged = staging.keep(upload, self.endpoint, g.actor.id, [column.label for column in columns])
                return redirect(url_for(f"{self.endpoint}.import_columns_view", code=staged.code))
            except policies.Broken as broken:
                why = str(broken)
        return self.import_page("file", columns=columns, why=why), 422 if why else 200

    @expose("/importar/plantilla/<kind>/")
    def import_template_view(self, kind: str) -> ResponseReturnValue:
        """An empty file with the headings that the next step recognises."""
        labels = [column.label for column in self.import_columns()]
        write = {"csv": sheets.write_csv, "xlsx": sheets.write_xlsx}.get(kind) or abort(404)
        return sheet(write, labels, (), f"plantilla-{self.url.strip('/')}.{kind}", kind, self.name)

    # ---- its columns

    @expose("/importar/<code>/", methods=("GET", "POST"))
    def import_columns_view(self, code: str) -> ResponseReturnValue:
        """The second step: which column of the file fills which column of the list."""
        columns, staged = self.import_columns(), self.upload_of(code)
        facts, given, errors = staged.facts, request.form or parking.take(), {}
        places, twice = guess_places(columns, facts["headings"], session.get(self.memory(), {}))
        places = facts.get("places") or places
        if given:
            places = {column.name: place_of(given.get(f"columna-{column.name}"), facts["headings"])
                      for column in columns}
            errors = {column.name: "Este dato es obligatorio: elija en qué columna de su archivo viene."
                      for column in columns if column.needed and places[column.name] is None}
        if request.method == "POST" and not errors:
            session[self.memory()] = {name: unaccented(facts["headings"][place])
                                      for name, place in places.items() if place is not None}
            self.check(staged, columns, places)
            return redirect(url_for(f"{self.endpoint}.import_check_view", code=code))
        return self.import_page(
            "columns", columns=columns, staged=facts, code=code, places=places, errors=errors, twice=twice,
            options=[(place, f"{letter(place)} · {heading or 'sin encabezado'}")
                     for place, heading in enumerate(facts["headings"])],
            first=first_rows(staged)), 422 if errors else 200

    def memory(self) -> str:
        """The key under which the last choice of columns is kept."""
        return f"import:{self.endpoint}"

    def check(self, staged: Staged, columns: Sequence[Column], places: dict[str, int | None]) -> None:
        """Run the dry run over every row; its results are stored beside the file."""
        run = DryRun(self.model, columns, places, staged.facts["headings"])
        good, bad = run.run(staged)
        staged.add_facts(places=places, names=run.names, good=good, bad=bad, read_as=run.figures.notes)

    # ---- its check, and the import

    @expose("/importar/<code>/revision/", methods=("GET", "POST"))
    def import_check_view(self, code: str) -> ResponseReturnValue:
        """The third step: the result of the check, and the import."""
        columns, status = self.import_columns(), 200
        if request.method == "POST":
            if first := first_result(code):
                flash("Ese archivo ya se había importado; no se repitió.", "warning")
                return redirect(first)
            staged, status = self.upload_of(code), 409
            if self.is_confirmed(staged.facts) and (answer := attempt(lambda: self.import_rows(staged))):
                return answer
            self.check(staged, columns, staged.facts["places"])   # checked again: the database may have changed since
        staged = self.upload_of(code)
        if "good" not in staged.facts:
            return redirect(url_for(f"{self.endpoint}.import_columns_view", code=code))
        facts = staged.facts
        return self.import_page("check", staged=facts, code=code, faults=first_faults(staged),
                                verdict=verdict(facts["good"], facts["bad"]), earlier=self.earlier(facts)), status

    def earlier(self, facts: dict) -> Sequence[ImportBatch]:
        """The imports that this same file already made in this list."""
        return db.session.scalars(imports_of_file(self.model, facts["sha256"])).all()

    def is_confirmed(self, facts: dict) -> bool:
        """Whether the person ticked each box that the check asks for."""
        if facts["bad"] and "solo_buenos" not in request.form:
            flash("Nada se importó: marque la casilla si quiere dejar fuera los renglones con error.", "error")
        elif self.earlier(facts) and "otra_vez" not in request.form:
            flash("Nada se importó: marque la casilla si quiere importar de nuevo el mismo archivo.", "error")
        else:
            return True
        return False

    def import_rows(self, staged: Staged) -> ResponseReturnValue:
        """Import the rows that passed, in one transaction, and answer with the batch."""
        facts = staged.facts
        key = import_rows(db.session, g.actor, self.model, facts["names"], staged.lines("good"),
                    facts["file_name"], facts["sha256"])
        address = url_for("import_batches.details_view", key=key)
        db.session.execute(select(func.console.keep_result(fingerprint(staged.code), address)))
        db.session.commit()
        staged.forget()
        flash(f"Importación hecha: {many(facts['good'])}. Si fue un error, aquí mismo se deshace.", "success")
        return redirect(address)

    @expose("/importar/<code>/errores/")
    def import_faults_view(self, code: str) -> ResponseReturnValue:
        """A file with the rows that cannot be imported, as they came, and what is wrong with each."""
        self.import_columns()
        staged = self.upload_of(code)
        if "good" not in staged.facts:
            abort(404)
        headings = staged.facts["headings"]
        rows = ([str(number), *pad(cells, len(headings)), " ".join(fault_words(*fault) for fault in faults)]
                for number, cells, faults in staged.lines("bad"))
        labels = ["Renglón", *map(sheets.safe, headings), "Motivo"]
        return sheet(sheets.write_csv, labels, rows, "renglones-con-error.csv", "csv", self.name)


def sheet(write: Callable[..., int], labels: Sequence[str], rows: Iterable[Sequence[str]], name: str, kind: str,
          title: str) -> Response:
    """The response with a file of rows."""
    with sheets.temporary_file() as file:
        write(file, labels, rows, title)
        file.seek(0)
        return send_file(file, as_attachment=True, download_name=name, mimetype=sheets.MEDIA[kind], max_age=0)


def guess_places(columns: Sequence[Column], headings: Sequence[str],
                 remembered: dict[str, str]) -> tuple[dict[str, int | None], list[str]]:
    """({column: position of its heading or None}, [headings that occur twice]) by name, or as the last time."""
    plain = [unaccented(heading) for heading in headings]
    places, twice = {}, []
    for column in columns:
        wanted = next((word for word in (unaccented(column.label), remembered.get(column.name))
                       if word in plain), None)
        alone = plain.count(wanted) == 1
        places[column.name] = plain.index(wanted) if alone else None
        if wanted and not alone:
            twice.append(column.label)
    return places, twice


def place_of(text: str | None, headings: Sequence[str]) -> int | None:
    """The position of a column in the file, as the form sent it; None for none."""
    chosen = int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else len(headings)
    return chosen if chosen < len(headings) else None


def first_rows(staged: Staged) -> list:
    """The first rows of the file."""
    return [pad(cells, len(staged.facts["headings"]))
            for _, (_, cells) in zip(range(PREVIEWED), staged.lines("rows"), strict=False)]


def first_faults(staged: Staged) -> list:
    """[(number, column, sentence)] of the first rows that cannot be imported."""
    return [(number, label, fault_words("", what)) for _, (number, _, faults) in
            zip(range(SHOWN), staged.lines("bad"), strict=False) for label, what in faults]


def many(rows: int) -> str:
    """«1 renglón», «99,963 renglones»."""
    return "1 renglón" if rows == 1 else f"{rows:,} renglones"


def verdict(good: int, bad: int) -> str:
    """The result of the check in one sentence."""
    verb = "se puede importar" if good == 1 else "se pueden importar"
    if not bad:
        return f"{many(good)} {verb}; no hay errores."
    return f"{many(good)} {verb}; {bad:,} no." if good else f"Ningún renglón se puede importar; hay {bad:,} con error."


def pad(cells: Sequence[str], width: int) -> list[str]:
    """The cells, filled up with empty ones to that width."""
    return [*cells, *[""] * (width - len(cells))][:width]


def fault_words(label: str, what: str) -> str:
    """«Municipio: nadie ni nada se llama así.»"""
    what = f"{what[:1].upper()}{what[1:]}" if not label else what
    return f"{label}: {what}".removeprefix(": ").removesuffix(".") + "."


def first_result(code: str) -> str | None:
    """The address to which this import led when it was first sent; a second sending waits for it."""
    allow_long_statements(db.session)
    return db.session.scalar(select(func.console.first_result(fingerprint(code))))


def fingerprint(code: str) -> str:
    """The one-time mark of the import of an upload."""
    return hashlib.sha256(f"import:{code}".encode()).hexdigest()
