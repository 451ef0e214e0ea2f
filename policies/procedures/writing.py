"""A procedure as the YAML text that people read, keep and load again: the same content, the same hash."""

import yaml

WIDE = 110      # letters a line, where a text allows it


class _Plain(yaml.SafeDumper):
    """YAML without anchors, lists set in under their field."""

    def ignore_aliases(self, data):
        return True

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


def as_text(definition):
    """The YAML of `definition`; reading it back gives the same content hash."""
    document = definition.as_document()
    for name in ("valid_from", "valid_to"):
        if name in document:
            document[name] = getattr(definition, name)      # a date, written without quotes
    return yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=WIDE)
