"""A list from a file, in three steps: the file, its columns, its check; then all of it, once.

Every screen has these pages; they open where the rule of its table says `imports` and to whom it
lets create. What was imported stays listed in «Importaciones», and goes back from there.
"""

import hashlib

from flask import abort, flash, g, redirect, request, send_file, session, url_for
from flask_admin import expose
from sqlalchemy import func, select

import policies
from admin_views.acts.attempts import attempt
from admin_views.forms import parking
from admin_views.forms.inputs import REQUIRED
from admin_views.imports import staging
from admin_views.imports.cells import columns_of
from admin_views.imports.dry_run import DryRun
from admin_views.imports.readers import letter
from admin_views.output import sheets
from models import db
from models.queries.imports import standing
from policies.core.imports import bring, closed, patient
from policies.core.typed_words import unaccented

VERBS = {name: "create" for name in ("import_view", "import_template_view", "import_columns_view",
                                     "import_check_view", "import_faults_view")}
SHOWN, PREVIEWED = 100, 3


class Importing:
    """The part of a PolicyView that fills its list from a file; the door has asked who they are."""

    def may_import(self):
        return closed(g.actor, self.model) is None

    def import_columns(self):
        """What a file may bring here: the columns that the form has."""
        if why := closed(g.actor, self.model):
            raise why
        return columns_of(self.model, policies.RULES[self.model].edits)

    def staged(self, code):
        return staging.found(code, self.endpoint, g.actor.id)

    def import_page(self, name, **facts):
        return self.show(f"import_{name}.html", word=self.name.lower(),
                         many=many, **facts)

    # ---- the file

    @expose("/importar/", methods=("GET", "POST"))
    def import_view(self):
        columns, why = self.import_columns(), ""
        if request.method == "POST":
            upload = request.files.get("file")
            try:
                if not (upload and upload.filename):
                    raise policies.Broken(REQUIRED)
                staged = staging.keep(upload, self.endpoint, g.actor.id, [column.label for column in columns])
                return redirect(url_for(f"{self.endpoint}.import_columns_view", code=staged.code))
            except policies.Broken as broken:
                why = str(broken)
        return self.import_page("file", columns=columns, why=why), 422 if why else 200

    @expose("/importar/plantilla/<kind>/")
    def import_template_view(self, kind):
        """An empty file with the headings that the next step recognises by itself."""
        labels = [column.label for column in self.import_columns()]
        write = {"csv": sheets.write_csv, "xlsx": sheets.write_xlsx}.get(kind) or abort(404)
        return sheet(write, labels, (), f"plantilla-{self.url.strip('/')}.{kind}", kind, self.name)

    # ---- its columns

    @expose("/importar/<code>/", methods=("GET", "POST"))
    def import_columns_view(self, code):
        columns, staged = self.import_columns(), self.staged(code)
        facts, given, errors = staged.facts, request.form or parking.take(), {}
        places, twice = guessed(columns, facts["headings"], session.get(self.memory(), {}))
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

    def memory(self):
        return f"import:{self.endpoint}"

    def check(self, staged, columns, places):
        """The dry run: every row as the form would take it; what is found rests beside the file."""
        run = DryRun(self.model, columns, places, staged.facts["headings"])
        good, bad = run.run(staged)
        staged.tell(places=places, names=run.names, good=good, bad=bad, read_as=run.figures.notes)

    # ---- its check, and the import

    @expose("/importar/<code>/revision/", methods=("GET", "POST"))
    def import_check_view(self, code):
        columns, status = self.import_columns(), 200
        if request.method == "POST":
            if first := first_result(code):
                flash("Ese archivo ya se había importado; no se repitió.", "warning")
                return redirect(first)
            staged, status = self.staged(code), 409
            if self.confirmed(staged.facts) and (answer := attempt(lambda: self.imported(staged))):
                return answer
            self.check(staged, columns, staged.facts["places"])   # what the database holds now
        staged = self.staged(code)
        if "good" not in staged.facts:
            return redirect(url_for(f"{self.endpoint}.import_columns_view", code=code))
        facts = staged.facts
        return self.import_page("check", staged=facts, code=code, faults=first_faults(staged),
                                verdict=verdict(facts["good"], facts["bad"]), earlier=self.earlier(facts)), status

    def earlier(self, facts):
        return db.session.scalars(standing(self.model, facts["sha256"])).all()

    def confirmed(self, facts):
        """Whether the person said, box by box, what is not a matter of course."""
        if facts["bad"] and "solo_buenos" not in request.form:
            flash("Nada se importó: marque la casilla si quiere dejar fuera los renglones con error.", "error")
        elif self.earlier(facts) and "otra_vez" not in request.form:
            flash("Nada se importó: marque la casilla si quiere importar de nuevo el mismo archivo.", "error")
        else:
            return True
        return False

    def imported(self, staged):
        facts = staged.facts
        key = bring(db.session, g.actor, self.model, facts["names"], staged.lines("good"),
                    facts["file_name"], facts["sha256"])
        address = url_for("import_batches.details_view", key=key)
        db.session.execute(select(func.console.keep_result(fingerprint(staged.code), address)))
        db.session.commit()
        staged.forget()
        flash(f"Importación hecha: {many(facts['good'])}. Si fue un error, aquí mismo se deshace.", "success")
        return redirect(address)

    @expose("/importar/<code>/errores/")
    def import_faults_view(self, code):
        """The rows that may not come, as they came, with what is wrong with each."""
        self.import_columns()
        staged = self.staged(code)
        if "good" not in staged.facts:
            abort(404)
        headings = staged.facts["headings"]
        rows = ([str(number), *padded(cells, len(headings)), " ".join(told(*fault) for fault in faults)]
                for number, cells, faults in staged.lines("bad"))
        labels = ["Renglón", *map(sheets.safe, headings), "Motivo"]
        return sheet(sheets.write_csv, labels, rows, "renglones-con-error.csv", "csv", self.name)


def sheet(write, labels, rows, name, kind, title):
    with sheets.unfinished() as file:
        write(file, labels, rows, title)
        file.seek(0)
        return send_file(file, as_attachment=True, download_name=name, mimetype=sheets.MEDIA[kind], max_age=0)


def guessed(columns, headings, remembered):
    """({column: place of its heading or None}, [headings that stand twice]) by name, or as last time."""
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


def place_of(text, headings):
    """A column of the file, from what the form says of it; whatever is none is none."""
    chosen = int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else len(headings)
    return chosen if chosen < len(headings) else None


def first_rows(staged):
    return [padded(cells, len(staged.facts["headings"]))
            for _, (_, cells) in zip(range(PREVIEWED), staged.lines("rows"), strict=False)]


def first_faults(staged):
    """[(number, column, sentence)] of the first rows that may not come."""
    return [(number, label, told("", what)) for _, (number, _, faults) in
            zip(range(SHOWN), staged.lines("bad"), strict=False) for label, what in faults]


def many(rows):
    """«1 renglón», «99,963 renglones»."""
    return "1 renglón" if rows == 1 else f"{rows:,} renglones"


def verdict(good, bad):
    """What the check found, in one sentence."""
    verb = "se puede importar" if good == 1 else "se pueden importar"
    if not bad:
        return f"{many(good)} {verb}; no hay errores."
    return f"{many(good)} {verb}; {bad:,} no." if good else f"Ningún renglón se puede importar; hay {bad:,} con error."


def padded(cells, width):
    return [*cells, *[""] * (width - len(cells))][:width]


def told(label, what):
    """«Municipio: nadie ni nada se llama así.»"""
    what = f"{what[:1].upper()}{what[1:]}" if not label else what
    return f"{label}: {what}".removeprefix(": ").removesuffix(".") + "."


def first_result(code):
    """Where this very import led when it was first sent; another sending waits for it."""
    patient(db.session)
    return db.session.scalar(select(func.console.first_result(fingerprint(code))))


def fingerprint(code):
    return hashlib.sha256(f"import:{code}".encode()).hexdigest()
