"""How the console reads what is posted to it."""

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.formparser import FormDataParser


class NamedParts(FormDataParser):
    """A part without a name answers no question; libraries that look names up would fall over it."""

    def parse(self, *arguments, **options):
        stream, form, files = super().parse(*arguments, **options)
        return stream, named(form), named(files)


def named(parts):
    return MultiDict(pair for pair in parts.items(multi=True) if pair[0] is not None)


class FormRequest(Request):
    form_data_parser_class = NamedParts
