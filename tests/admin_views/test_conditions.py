"""Questions that only make sense after an answer: asked then, required then, ignored otherwise."""

from dataclasses import replace

import pytest
from werkzeug.datastructures import MultiDict

from admin_views.forms import fields
from models.base.people import Appointment
from policies.core.rules import Ask
from policies.corrections import drafting
from policies.procedures import captured
from policies.procedures.facts import Facts
from policies.procedures.parsing import parse
from tests.admin_views.pages import send
from tests.policies.procedures.cases import adopted, make_bill

ASKS = (Ask("leak.repaired", "Reparada", "yes_no"),
        Ask("how", "Cómo", "choice", choices=(("own", "Por su cuenta"), ("us", "Por la unidad")),
            when=("leak.repaired", True)),
        Ask("folio", "Folio", when=("how", "us")),
        Ask("note", "Nota", required=False, when=("leak.repaired", True)))


def answered(**sent):
    with_dots = {name.replace("leak", "leak__repaired"): value for name, value in sent.items()}
    form = fields.form_of(ASKS)(MultiDict(with_dots))
    return form.validate(), form


@pytest.mark.parametrize("sent", [
    {"leak": "False"}, {"leak": "False", "how": "us", "folio": "F-1", "note": "x"},
    {"leak": "False", "how": "no such way", "folio": " "}])
def test_what_is_not_asked_is_neither_required_nor_kept(sent):
    right, form = answered(**sent)
    assert right, form.errors
    assert fields.answers(form) == {"leak.repaired": False, "how": None, "folio": None, "note": None}


@pytest.mark.parametrize(("sent", "wrong"), [
    ({"leak": "True"}, {"how"}), ({"leak": "True", "how": "us"}, {"folio"}),
    ({"leak": "True", "how": "us", "folio": "   "}, {"folio"}), ({"leak": "True", "how": "x"}, {"how"}),
    ({"leak": "True", "how": "own"}, set()), ({"leak": "True", "how": "us", "folio": "F-1"}, set())])
def test_what_is_asked_is_required(sent, wrong):
    right, form = answered(**sent)
    assert set(form.errors) == wrong and right is not bool(wrong)


def test_the_help_says_when_to_whoever_sees_every_field():
    _, form = answered()
    assert form.how.condition.words() == "Se contesta solo si «Reparada» es «Sí»."
    assert form.folio.condition.words() == "Se contesta solo si «Cómo» es «Por la unidad»."


@pytest.mark.parametrize(("sent", "status"), [
    ({"acting": "y"}, 422), ({"acting": "y", "valid_to": "2031-06-30"}, 302), ({}, 302),
    ({"valid_to": "2031-06-30"}, 302)])
def test_who_stands_in_does_so_until_a_day(office, sent, status):
    client = office.client("administrator")
    answer = send(office, client, "/nombramientos/nuevo/", {
        "person_id": office.actor("auditor").id, "role": "auditor", "valid_from": "2031-01-01",
        "letter": "CI/31", **sent})
    assert answer.status_code == status, answer.text
    if status == 422:
        assert "Hasta: Escriba la fecha, por ejemplo 27/11/2026." in answer.text
        assert "Es obligatorio si «Encargado de despacho» es «Sí»." in answer.text


def test_a_field_of_a_view_may_be_asked_only_after_another(office):
    class Facts:
        only_when = {"valid_to": ("acting", True)}
    with office.app.test_request_context():
        made = fields.form_for(Appointment, ("acting", "valid_to"), Facts)
        idle = made(MultiDict({"valid_to": "never"}))
        assert idle.validate() and idle.valid_to.data is None
        assert not made(MultiDict({"acting": "y", "valid_to": ""})).validate()
        page = office.app.jinja_env.get_template("macros.html").make_module({"say": str}).field(idle.valid_to)
        assert 'data-when="acting" data-is="True"' in page


# ---- in procedures

METER = "slp-medidor-danado"


def test_a_procedure_asks_for_the_finding_only_where_the_user_is_at_fault(office):
    """Article 58, II: the finding is a document of who is blamed, and of nobody else."""
    typed = {"user_fault": False, "user_fault.reason": "visita", "fault_finding_folio": "left behind"}
    values, refusals, _ = read(typed)
    assert "fault_finding_folio" not in values and not [why for why in refusals if "dictamen" in why]
    _, refusals, _ = read(typed | {"user_fault": True, "fault_finding_folio": ""})
    assert [why for why in refusals if "Folio del dictamen" in why]


def read(inputs):
    return captured.read(adopted(METER), Facts(make_bill(), inputs=inputs))


def test_the_question_waits_for_its_answer_on_the_act_too(monkeypatch):
    correction = type("Correction", (), {"reason": "", "inputs": {}, "reversal_of_id": None,
                                         "procedure_version": None, "amount": 0})
    monkeypatch.setattr(drafting, "definition_of", lambda version: adopted(METER))
    asked = {ask.name: ask.when for ask in drafting.ask_inputs(correction, None)}
    assert asked["fault_finding_folio"] == ("user_fault", True) and asked["user_fault"] == ()


@pytest.mark.parametrize("when", [{"nobody": True}, {"user_fault": "si"}, {"meter.state": "broken"},
                                  {"user_fault": True, "meter.state": "broken"}])
def test_a_condition_that_nobody_can_answer_is_a_fault_of_the_file(when):
    definition = adopted(METER)
    inputs = tuple(replace(item, when=when) if item.name == "fault_finding_folio" else item
                   for item in definition.inputs)
    with pytest.raises(Exception, match="when "):
        parse(replace(definition, inputs=inputs).as_document(), "prueba")


def test_inputs_without_conditions_keep_their_content_hash():
    """What an authorised version says is named by its hash: a new word in the format moves none."""
    document = adopted("slp-fuga-oculta").as_document()
    assert all("when" not in item for item in document["inputs"])
