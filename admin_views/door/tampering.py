"""What no page of the console would send: ignored, as always, and kept among the refused attempts.

A field that the form does not offer, a choice that its list does not have, a key that its picker does not
give. None of them has any effect; that somebody tried is what an auditor wants to know.
"""

import re

from flask import request
from wtforms import Field, Form

from admin_views.door.gate import record_refusal
from admin_views.forms.inputs import NOT_LISTED, ChoiceField
from admin_views.forms.pickers import PickedField

# What the pages of forms carry besides their fields.
CARRIED = {"csrf_token", "author", "once", "version", "base", "seen_hash", "password", "frozen", "submit"}
SHOWN = 5       # names that one entry says


def note(form: Form) -> None:
    """Look at what was sent against what the form offers, after it was judged; one entry for all of it."""
    odd = [*(f"el campo «{name}» no está en el formulario" for name in not_offered(form)),
           *(f"«{field.label.text}» no está en su lista" for field in form if out_of_list(field))]
    if odd:
        record_refusal(400, f"La solicitud traía lo que la pantalla no ofrece y no se usó: {'; '.join(odd[:SHOWN])}.")


def not_offered(form: Form) -> list[str]:
    """The names that were sent and that the form does not have."""
    names = {field.name for field in form}
    keys = {f"{field.name}-key" for field in form if isinstance(field, PickedField)}
    offered = CARRIED | names | keys | {f"keep-{name}" for name in names}
    return sorted(name[:60] for name in {*request.form, *request.files} - offered
                  if not ((cell := re.match(r"(.+)-\d{1,6}-", name)) and cell[1] in names))


def out_of_list(field: Field) -> bool:
    """Whether a list, or a picker's hidden key, came with what it never offered."""
    if isinstance(field, PickedField):
        return bool(field.sent_key) and field.data is None and not field.typed
    return isinstance(field, ChoiceField) and NOT_LISTED in [*field.errors]
