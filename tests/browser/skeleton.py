"""A page as it was sent, without a browser: of what elements it is made, and what it says."""

from collections import Counter
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNREAD = {"script", "style", "template"}
SPOKEN = ("aria-label", "placeholder", "title", "alt")
KEPT = ("class", "role", "type", "scope", "lang", "aria-current", "aria-sort")   # whose value, not only whose name, counts
LEVELS = {f"h{number}" for number in range(1, 7)}


class Skeleton(HTMLParser):
    """`shapes`: each element by its tag, its attributes and what holds it, and the order of the headings; two pages of
    the same shapes differ in their words, their addresses and how many rows they show."""

    def __init__(self, html):
        super().__init__()
        self.open, self.elements, self.headings, self.ids, self.said = [], set(), [], Counter(), []
        self.feed(html)
        self.shapes = {*self.elements, " ".join(self.headings)}

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        parent = self.open[-1][0] if self.open else ""
        self.elements.add(f"{parent} > {tag} {sorted(said)} {[said.get(name) for name in KEPT]}")
        if tag in LEVELS and self.headings[-1:] != [tag]:
            self.headings.append(tag)
        if "id" in said:
            self.ids[said["id"]] += 1
        if self.is_read():
            self.said += [said[name] for name in SPOKEN if said.get(name)]
        if tag not in VOID:
            self.open.append((tag, tag in UNREAD or said.get("translate") == "no"))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.is_read():
            self.said.append(data)

    def is_read(self):
        return not any(unread for _, unread in self.open)
