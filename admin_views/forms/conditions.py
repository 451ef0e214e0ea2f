"""Fields that depend on another's answer: shown, required or ignored; the server decides."""

from wtforms import Form

from admin_views.forms.inputs import required_text


class FormOfFacts(Form):
    """A form whose view, act or procedure says when a field is asked at all, or must be answered.

    `only_when` {field: (other, value)}: asked, and then required, while the other has that value;
    otherwise what was typed there is ignored. `needed_when`: always asked, then required.
    """

    only_when, needed_when = {}, {}
    may_be_blank = ()    # the conditional fields that are optional even when they are asked
    steps = ()           # ((title, (field, …)), …): one after another, with a last look before sending

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        for terms, shuts in ((self.only_when, True), (self.needed_when, False)):
            for name, (other, value) in terms.items():
                self[name].condition = Condition(self[other], value, shuts)

    def validate(self, extra_validators=None):
        for field in self:
            condition = getattr(field, "condition", None)
            if condition and condition.holds() and field.short_name not in self.may_be_blank:
                field.validators = [*required_text(True), *field.validators]
            elif condition and condition.shuts and not condition.holds():
                ignore(field)
        return super().validate(extra_validators)

    def grouped(self):
        """[(title, fields)] of the steps; what no step names goes with the last."""
        named = {name for _, names in self.steps for name in names}
        groups = [(title, [self[name] for name in names if name in self])
                  for title, names in self.steps]
        groups[-1][1].extend(field for field in self if field.short_name not in named)
        return groups


class Condition:
    """«Only while that answer is this»: what the page reads to hide, and the server to decide."""

    def __init__(self, field, value, shuts):
        self.field, self.value, self.shuts = field, value, shuts

    def holds(self):
        above = getattr(self.field, "condition", None)
        return self.field.data == self.value and (above is None or not above.shuts or above.holds())

    def words(self):
        """As the help says it, for who sees the field always."""
        said = {True: "Sí", False: "No"}.get(self.value) or getattr(
            self.value, "label", None) or self.label_of_choice()
        only = "Se contesta solo" if self.shuts else "Es obligatorio"
        return f"{only} si «{self.field.label.text}» es «{said}»."

    def label_of_choice(self):
        choices = dict(getattr(self.field, "choices", None) or ())
        return choices.get(self.value, self.value)

    def as_sent(self):
        """The value as the other input sends it."""
        return str(getattr(self.value, "value", self.value))


def ignore(field):
    """What was typed in a field that is not asked is nobody's answer."""
    field.data, field.raw_data, field.process_errors = None, [], []
    field.validators, field.pre_validate = [], lambda form: None
