"""The screen of procedure versions: the content that the engine runs, in words."""

from collections.abc import Iterator

from flask import abort, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import Select, select

import policies
from admin_views.acts import acting
from admin_views.core.base import PolicyView
from admin_views.forms import uploads
from admin_views.procedures import files, previews
from admin_views.procedures.authoring import Authoring, version_to_compare
from admin_views.procedures.parts import PARTS
from models.base.people import Role
from models.base.signing import Signature
from models.procedures import Procedure, ProcedureVersion, VersionState
from models.queries import finding
from policies.core.signing_acts import asked_if_sent, content_hash, signed_text
from policies.corrections.cases import definition_of
from policies.procedures import drafts, terms
from policies.procedures.definition import Definition
from policies.procedures.differences import differences
from policies.procedures.readiness import reasons
from policies.procedures.requisites import Condition, Evidence, InputField, Source
from policies.procedures.vocabulary import choice_label, citation, in_words
from policies.procedures.wording import option_label

KINDS = {"volume": "un consumo en m³, que se vuelve a tarifar renglón por renglón",
         "amount": "un importe en MXN, repartido entre los renglones",
         "class": "otra clase tarifaria, con el mismo consumo",
         "tax": "el IVA de cada renglón, según su regla", "figures": "cifras de referencia"}


class ProcedureVersionView(Authoring, PolicyView):
    """The list and the pages of versions."""

    menu_entry, leads, tray_column = "Reglas para corregir", True, "reason"
    column_list = ("procedure", "number", "state", "valid_from", "valid_to", "content_hash")
    filters_by = ("state", "procedure", "valid_from", "valid_to")
    searches = True
    record_template = "procedure.html"
    facts = (("Procedimiento", ("procedure", "number", "state")),
             ("Vigencia y contenido", ("valid_from", "valid_to", "content_hash")),
             ("Trámite", ("reason", "drafted_by", "revision", "decision_reason")))
    lists_related = shows_proofs = False   # its page has sections of its own for signatures and documents

    def search(self, query: Select, words: str) -> Select:
        """Search by the procedure's name, whichever version."""
        return query.where(ProcedureVersion.procedure.has(
            finding.has_words([Procedure.name, Procedure.code], words)))

    def nearest(self, words: str) -> Iterator[Select]:
        """The versions for the box, the newest first."""
        yield self.search(self.scope(select(ProcedureVersion)), words).order_by(ProcedureVersion.id.desc())

    def page_of(self, record: ProcedureVersion) -> dict:
        """The context of a version's page: its content in words, its differences, its signatures."""
        definition, (former, others) = definition_of(record), version_to_compare(record)
        return super().page_of(record) | previews.checks(record, definition) | {
            "sections": sections(definition), "parts": PARTS, "former": former, "others": others,
            "changes_told": differences(definition_of(former), definition) if former else [],
            "places": places(record), "former_signatures": [
                place.signature for place in record.places if place.signature and place.revision != record.revision],
            "reasons_not": reasons(record) if record.state == VersionState.DRAFT else [],
            "may_write": policies.refusal(drafts.write_version, g.actor, record) is None,
            "content_hash": content_hash(record), "canonical": signed_text(record)}

    @expose("/<int:key>/acto/<step_name>/", methods=("GET", "POST"))
    def act_view(self, key: int, step_name: str) -> ResponseReturnValue:
        """The page of an act on a version; writing has pages of its own."""
        record = self.get_one(key)
        if step_name == "write_version":
            if why := policies.refusal(drafts.write_version, g.actor, record):
                raise why
            return redirect(url_for(".part_view", key=key, part=PARTS[0].slug))
        if step_name == "endorse_version":
            return acting.run(self, record, step_name, template="sign_version.html")
        return acting.run(self, record, step_name, template="send_version.html" if step_name == "send_version"
                          else "act.html")

    @expose("/<int:key>/documento/")
    def file_view(self, key: int) -> ResponseReturnValue:
        """The authorised document, as it was attached."""
        return uploads.serve(self.get_one(key).document or abort(404))


def places(version: ProcedureVersion) -> list[tuple[int, str, Signature | None]]:
    """[(position, office, its signature or None)] that this revision needs, in order, sent or not."""
    return [(place.position, Role(place.role).label, getattr(place, "signature", None))
            for place in version.places_now or asked_if_sent(version)]


def sections(definition: Definition) -> list[tuple[str, list[str]]]:
    """[(title, sentences)] of everything in the version that decides a correction."""
    told = (
        ("De dónde viene", [source_words(source) for source in definition.sources]),
        ("Qué se captura", [input_words(definition, item) for item in definition.inputs
                            if item.origin == "person"]),
        ("Qué se toma de los registros", [item.label for item in definition.inputs
                                          if item.origin == "record"]),
        ("Cuándo procede", [condition_words(definition, item) for item in definition.eligibility]),
        ("Topes", [cap.label or option_label(cap.kind).capitalize() for cap in definition.caps]),
        ("Cómo se calcula", [f"{step.label or step.out}: {in_words(definition, step.expr)}"
                             for step in definition.computation]),
        ("Qué resulta", [KINDS.get(definition.result.kind, definition.result.kind)]),
        ("Evidencia", [evidence_words(definition, item) for item in definition.evidence]),
        ("No aplica a", list(definition.exclusions)),
        ("Plazos", [terms.term_words(item) for item in definition.deadlines]),
        ("Notas", list(definition.notes)))
    return [(title, sentences) for title, sentences in told if sentences]


def source_words(source: Source) -> str:
    """A source with its legal basis."""
    return f"{citation(source)}. {source.basis}" if source.basis else citation(source)


def input_words(definition: Definition, item: InputField) -> str:
    """An input, with the answer after which it is asked."""
    words = f"{item.label}, con su motivo" if item.reason_required else item.label
    for name, value in (item.when or {}).items():
        (above,) = (other.label for other in definition.inputs if other.name == name)
        answer = {True: "Sí", False: "No"}.get(value) or choice_label(value).capitalize()
        words += f"; solo si «{above}» es «{answer}»"
    return words


def condition_words(definition: Definition, condition: Condition) -> str:
    """A requirement in words."""
    return condition.label or in_words(definition, condition.field)


def evidence_words(definition: Definition, item: Evidence) -> str:
    """A document, with its condition or alternative."""
    words = item.label.capitalize()
    if item.when:
        words += f", si: {in_words(definition, item.when)}"
    return f"{words} (o su alternativa)" if item.group else words


COMMANDS = (files.procedures,)


def views() -> Iterator[ProcedureVersionView]:
    """The screen of versions."""
    yield ProcedureVersionView(ProcedureVersion, url="/procedimientos")

