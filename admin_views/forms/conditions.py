"""Fields that depend on the answer to another: shown, required or ignored; the server decides."""

from collections.abc import Mapping, Sequence

from wtforms import Field, Form

from admin_views.forms.inputs import required_text


class FormOfFacts(Form):
    """A form with fields that are asked, or required, only after a certain answer to another field.

    `only_when` {field: (other, value)}: asked, and then required, while the other has that value; otherwise its value
    is ignored. `needed_when`: always asked, then required.
    """

    only_when, needed_when = {}, {}
    may_be_blank = ()    # the conditional fields that are optional even when they are asked
    steps = ()           # ((title, (field, …)), …): one after another, with a review before sending

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        for terms, shuts in ((self.only_when, True), (self.needed_when, False)):
            for name, (other, value) in terms.items():
                self[name].condition = Condition(self[other], value, shuts)

    def validate(self, extra_validators: Mapping[str, Sequence] | None = None) -> bool:
        """Validate with the conditions applied."""
        for field in self:
            condition = getattr(field, "condition", None)
            if condition and condition.holds() and field.short_name not in self.may_be_blank:
                field.validators = [*required_text(True), *field.validators]
            elif condition and condition.shuts and not condition.holds():
                ignore(field)
        return super().validate(extra_validators)

    def grouped(self) -> list[tuple[str, list[Field]]]:
        """[(title, fields)] of the steps; a field that no step names goes with the last."""
        named = {name for _, names in self.steps for name in names}
        groups = [(title, [self[name] for name in names if name in self])
                  for title, names in self.steps]
        groups[-1][1].extend(field for field in self if field.short_name not in named)
        return groups


class Condition:
    """«Only while that answer is this»: read by the page to hide the field, and by the server to decide."""

    def __init__(self, field, value, shuts):
        self.field, self.value, self.shuts = field, value, shuts

    def holds(self) -> bool:
        """Whether the field counts now: the other field has the value and is asked itself."""
        above = getattr(self.field, "condition", None)
        return self.field.data == self.value and (above is None or not above.shuts or above.holds())

    def words(self) -> str:
        """The condition for the help, for people who always see the field."""
        said = {True: "Sí", False: "No"}.get(self.value) or getattr(
            self.value, "label", None) or self.label_of_choice()
        only = "Se contesta solo" if self.shuts else "Es obligatorio"
        return f"{only} si «{self.field.label.text}» es «{said}»."

    def label_of_choice(self) -> str:
        """The label of the answer that the condition waits for."""
        choices = dict(getattr(self.field, "choices", None) or ())
        return choices.get(self.value, self.value)

    def sent_value(self) -> str:
        """The value as the other input sends it."""
        return str(getattr(self.value, "value", self.value))


def ignore(field: Field) -> None:
    """Empty a field that is not asked, so that its typed value has no effect."""
    field.data, field.raw_data, field.process_errors = None, [], []
    field.validators, field.pre_validate = [], lambda form: None
