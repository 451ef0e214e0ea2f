"""What is wrong with a page for somebody, by the rules of axe, asked of it as the browser shows it."""

from axe_playwright_python.sync_playwright import Axe

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Axe reads the words of a colour again for each element and each thing behind it, which took half of the time of its
# slowest rule; a page has few colours, so each is read once.
COLOURS_ONCE = """;(() => {
  const { prototype } = axe.commons.color.Color, read = prototype.parseString, known = new Map();
  prototype.parseString = function (words) {
    if (!known.has(words)) {
      read.call(this, words);
      known.set(words, { r: this.r, g: this.g, b: this.b, alpha: this.alpha });
    }
    return Object.assign(this, known.get(words));
  };
})()"""
SCRIPT = Axe().axe_script + COLOURS_ONCE
RUN = "(rules) => axe.run({ runOnly: rules, resultTypes: ['violations'] }).then((seen) => seen.violations)"


def violations(page, rules=RULES):
    """The rules that this page breaks, each with its elements."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(SCRIPT)
    return page.evaluate(RUN, rules)


def faults(page):
    """(rule, the first element that breaks it) of each."""
    return [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in violations(page)]
