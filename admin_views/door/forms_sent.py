"""How the console reads what is posted to it."""

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.formparser import FormDataParser


class NamedParts(FormDataParser):
    """A part without a name answers no question; libraries that look names up would fall over it."""

    def parse(self, *arguments: object, **options: object) -> tuple:
        """What was posted: (stream, fields, files), without nameless parts."""
        stream, form, files = super().parse(*arguments, **options)
        return stream, with_names(form), with_names(files)


def with_names(parts: MultiDict) -> MultiDict:
    """The parts of a form that have a name."""
    return MultiDict(pair for pair in parts.items(multi=True) if pair[0] is not None)


class FormRequest(Request):
    form_data_parser_class = NamedParts
