"""A procedure as YAML text that people read, keep and load again; the content hash stays the same."""

import yaml

from policies.procedures.definition import Definition

WIDE = 110      # characters in a line, where a text can be broken


class _Plain(yaml.SafeDumper):
    """YAML without anchors, lists set in under their field."""

    def ignore_aliases(self, data):
        return True

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


def as_text(definition: Definition) -> str:
    """The YAML of `definition`; reading it back gives the same content hash."""
    document = definition.as_document()
    for name in ("valid_from", "valid_to"):
        if name in document:
            document[name] = getattr(definition, name)      # a date, written without quotes
    return yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=WIDE)
